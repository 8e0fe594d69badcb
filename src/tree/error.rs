//! Why files were not written, or not even looked at.

use std::fmt;
use std::io;

/// What stands between the text and the disk. Unless it says otherwise, no file has changed.
#[derive(Debug)]
#[non_exhaustive]
pub enum TreeError {
    /// The path leads out of the root.
    Outside {
        /// The path, from the root.
        path: String,
    },
    /// A folder or file on the way is a symbolic link.
    Link {
        /// The link, from the root.
        path: String,
    },
    /// Something else than a file, or on the way than a folder, is there.
    Blocked {
        /// What is there, from the root.
        path: String,
    },
    /// A file is no text, or too much, or one of too many.
    NoText {
        /// The file, from the root.
        path: String,
    },
    /// A file that is the project's own from now on is not there.
    Detached {
        /// The file, from the root.
        path: String,
    },
    /// Someone's work would be lost.
    Refused {
        /// The files, each with what is to be said of it, in the order of their paths.
        files: Vec<String>,
    },
    /// The operating system said no. Files before this one, in the order of their paths, may have
    /// been written.
    Io {
        /// The file or folder, from the root.
        path: String,
        /// What was to be done, such as `read`.
        action: &'static str,
        /// What it said.
        cause: io::Error,
    },
}

impl TreeError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Outside { .. } => "generated files stay in the repository".to_owned(),
            Self::Link { path } => format!("replace `{path}` by what it points to"),
            Self::Blocked { path } => format!("move `{path}` away"),
            Self::NoText { path } => format!("save `{path}` as UTF-8 text, or move it away"),
            Self::Detached { path } => {
                format!("remove `{path}` from `ci.detach`, generate it, and then detach it")
            }
            Self::Refused { .. } => {
                "nothing was written: put the change into the spec, or move the \
                                     file away; `--force` replaces it"
                    .to_owned()
            }
            Self::Io { path, .. } => format!("check who may read and write `{path}`, and the disk"),
        }
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside { path } => write!(f, "`{}` leads out of the root", path.escape_debug()),
            Self::Link { path } => write!(f, "`{path}` is a symbolic link"),
            Self::Blocked { path } => write!(f, "`{path}` is in the way"),
            Self::NoText { path } => write!(f, "`{path}` is no text of reasonable size"),
            Self::Detached { path } => write!(f, "`{path}` is detached, and not there"),
            Self::Refused { files } => f.write_str(&files.join("; ")),
            Self::Io {
                path,
                action,
                cause,
            } => write!(f, "cannot {action} `{path}`: {cause}"),
        }
    }
}

impl std::error::Error for TreeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { cause, .. } => Some(cause),
            _ => None,
        }
    }
}
