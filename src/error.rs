//! Why a command could not answer: facts, each with its exit code and what to do next.

use std::fmt;
use std::io;
use std::path::Path;

use crate::exit::Exit;
use crate::gather::GatherError;
use crate::registry::RegistryError;
use crate::store::StoreError;
use crate::tree::TreeError;

/// Everything that ends a command before its answer.
///
/// `Display` is a lowercase fragment that fits `error: ...`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The question was wrong.
    Usage {
        /// What is wrong with it.
        message: String,
        /// What to do instead.
        help: String,
    },
    /// What there is to say was said already, as diagnostics.
    Reported(Exit),
    /// The evidence could not be had.
    Evidence {
        /// What is missing.
        message: String,
        /// What to do next.
        help: String,
    },
    /// A store could not answer.
    Store(StoreError),
    /// A change was not made, or may not have been.
    Registry(RegistryError),
    /// Generated files could not be compared or written.
    Tree(TreeError),
    /// An attestation is there, and is none of this decision by who was named.
    Attestation {
        /// What does not match.
        message: String,
        /// What to do next.
        help: String,
    },
    /// A file could not be written.
    Write {
        /// The file.
        path: String,
        /// The operating system's reason.
        reason: String,
    },
    /// A stream of the command itself broke.
    Stream(io::Error),
    /// Something that cannot happen did.
    Internal(String),
}

impl Error {
    /// A wrong question.
    #[must_use]
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            help: help.into(),
        }
    }

    /// Missing evidence.
    #[must_use]
    pub fn evidence(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Evidence {
            message: message.into(),
            help: help.into(),
        }
    }

    /// A file that could not be written.
    #[must_use]
    pub fn write(path: &Path, reason: &io::Error) -> Self {
        Self::Write {
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }

    /// How the process ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Reported(exit) => *exit,
            Self::Evidence { .. }
            | Self::Store(_)
            | Self::Registry(RegistryError::Store(_))
            | Self::Internal(_) => Exit::NoEvidence,
            Self::Registry(RegistryError::Unsupported { .. }) => Exit::Usage,
            Self::Registry(_) => Exit::Conflict,
            // What a person wrote is in the way: the answer is no.
            Self::Tree(TreeError::Refused { .. }) | Self::Attestation { .. } => Exit::No,
            Self::Usage { .. } | Self::Tree(_) | Self::Write { .. } | Self::Stream(_) => {
                Exit::Usage
            }
        }
    }

    /// What to do next, where there is something to say.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Usage { help, .. }
            | Self::Evidence { help, .. }
            | Self::Attestation { help, .. } => Some(help.clone()),
            Self::Store(error) => Some(error.help()),
            Self::Registry(error) => Some(error.help()),
            Self::Tree(error) => Some(error.help()),
            Self::Write { .. } => {
                Some("check that the folder exists and that you may write there".to_owned())
            }
            Self::Internal(_) => Some(format!(
                "this is a mistake in gatewright; please report it at {}/issues",
                env!("CARGO_PKG_REPOSITORY")
            )),
            Self::Reported(_) | Self::Stream(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { message, .. }
            | Self::Evidence { message, .. }
            | Self::Attestation { message, .. } => f.write_str(message),
            Self::Reported(_) => f.write_str("see above"),
            Self::Store(error) => error.fmt(f),
            Self::Registry(error) => error.fmt(f),
            Self::Tree(error) => error.fmt(f),
            Self::Write { path, reason } => write!(f, "cannot write `{path}`: {reason}"),
            Self::Stream(error) => write!(f, "cannot write the output: {error}"),
            Self::Internal(message) => write!(f, "internal error: {message}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<GatherError> for Error {
    fn from(error: GatherError) -> Self {
        match error {
            GatherError::Store(error) => Self::Store(error),
            other => Self::Evidence {
                help: other.help(),
                message: other.to_string(),
            },
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<RegistryError> for Error {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

impl From<TreeError> for Error {
    fn from(error: TreeError) -> Self {
        Self::Tree(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}
