//! Why an artifact could not be read, or not be written. Every variant of reading means that nobody
//! knows what it holds.

use std::fmt;

use crate::mlflow::Failure;

/// Everything that keeps a file from being read or written.
///
/// `Display` is a lowercase fragment that fits "failed to read the artifact: ...";
/// [`ArtifactError::help`] is what to do next. No variant holds credentials or a query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArtifactError {
    /// The location cannot be read as one.
    Location {
        /// The URI, without credentials.
        uri: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A kind of location that cannot be read.
    Unsupported {
        /// The URI, without credentials.
        uri: String,
        /// What to do instead.
        help: String,
    },
    /// The path below the location may lead out of it.
    UnsafePath {
        /// The path as it was asked for, or where it led.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder that should hold the artifacts is not on this machine.
    NoFolder {
        /// The folder.
        path: String,
    },
    /// Something is there and could not be read.
    Unreadable {
        /// The path.
        path: String,
        /// The operating system's reason, or what it is instead of a file.
        reason: String,
    },
    /// The file could not be written; nothing of it is there.
    Unwritable {
        /// The path or URI.
        place: String,
        /// What was said, or what is in the way.
        reason: String,
    },
    /// The file is larger than may be read or written.
    TooLarge {
        /// The path or URI.
        place: String,
        /// The bound, in bytes.
        limit: u64,
    },
    /// The location names a server that is not the tracking server.
    OtherServer {
        /// The location.
        uri: String,
    },
    /// A setting from outside the spec cannot be used.
    Setting {
        /// The environment variable or file that holds it.
        name: String,
        /// What is wrong with it, without the value.
        reason: String,
    },
    /// The server could not be reached, or the connection broke.
    Unreachable {
        /// The URI that was asked for.
        place: String,
        /// What went wrong.
        reason: String,
    },
    /// No answer in time.
    TimedOut {
        /// The URI that was asked for.
        place: String,
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// The credentials were refused, or are missing.
    Unauthorized {
        /// The URI that was asked for.
        place: String,
        /// What was said: an HTTP status, an error code.
        reason: String,
    },
    /// The list of a model's files can be read in two ways, or has no end.
    Unclear {
        /// The path or URI of the model.
        place: String,
        /// What is wrong with the list.
        reason: String,
    },
    /// A model changed while it was read.
    Changed {
        /// The path or URI.
        place: String,
        /// What changed.
        reason: String,
    },
    /// The server answered with an error, or with what is no answer.
    Refused {
        /// The URI that was asked for.
        place: String,
        /// The HTTP status and the start of what was said.
        reason: String,
    },
}

impl fmt::Display for ArtifactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Location { uri, reason } => {
                write!(f, "`{uri}` is not a location of artifacts: {reason}")
            }
            Self::Unsupported { uri, .. } => write!(f, "cannot read artifacts at `{uri}`"),
            Self::UnsafePath { path, reason } => write!(f, "will not read `{path}`: {reason}"),
            Self::NoFolder { path } => write!(f, "there is no folder `{path}` on this machine"),
            Self::Unreadable { path, reason } => write!(f, "cannot read `{path}`: {reason}"),
            Self::Unwritable { place, reason } => write!(f, "cannot write {place}: {reason}"),
            Self::TooLarge { place, limit } => {
                write!(f, "`{place}` is larger than {limit} bytes")
            }
            Self::OtherServer { uri } => {
                write!(f, "`{uri}` is on a server that is not the tracking server")
            }
            Self::Setting { name, reason } => write!(f, "cannot use {name}: {reason}"),
            Self::Unreachable { place, reason } => write!(f, "cannot reach {place}: {reason}"),
            Self::TimedOut { place, seconds } => {
                write!(f, "{place} was not there within {seconds} s")
            }
            Self::Unauthorized { place, reason } => {
                write!(f, "may not read {place}: {reason}")
            }
            Self::Unclear { place, reason } => {
                write!(
                    f,
                    "cannot say which files the model at {place} has: {reason}"
                )
            }
            Self::Changed { place, reason } => {
                write!(f, "{place} changed while it was read: {reason}")
            }
            Self::Refused { place, reason } => write!(f, "cannot read {place}: {reason}"),
        }
    }
}

impl std::error::Error for ArtifactError {}

impl ArtifactError {
    /// What to do next, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        let help = match self {
            Self::Unsupported { help, .. } => return help.clone(),
            Self::Location { .. } => "look at the artifact URI of the run or model in MLflow",
            Self::UnsafePath { .. } => "name a file below the artifacts of the run or model",
            Self::NoFolder { .. } => {
                "either nothing was logged there, or the folder is on another machine: serve artifacts through `mlflow server --artifacts-destination`, or keep them in an object store"
            }
            Self::Unreadable { .. } => "check that it is a file and that you may read it",
            Self::Unwritable { .. } => {
                "check that you may write to the artifacts of the run, and that there is room"
            }
            Self::TooLarge { .. } => "check that this is the file you mean; log a smaller one",
            Self::OtherServer { .. } => {
                "set `mlflow.tracking_uri` to the server that holds the artifacts; credentials are never sent to another one"
            }
            Self::Setting { .. } => "correct the setting, or remove it",
            Self::Unreachable { .. } | Self::TimedOut { .. } => {
                "check the address, the network and the proxy settings, then try again"
            }
            Self::Unauthorized { .. } => {
                "check the credentials of this step, and that they may read (and list) the artifacts"
            }
            Self::Unclear { .. } => {
                "look at the model's artifacts in MLflow; log the model again, into a folder of its own"
            }
            Self::Changed { .. } => {
                "a model that was registered must not change: find out who writes there, then try again"
            }
            Self::Refused { .. } => {
                "check the address of the artifacts, and the server's log for the cause"
            }
        };
        help.to_owned()
    }

    /// The same of a write, where the words are those of reading.
    pub(super) fn writing(self) -> Self {
        match self {
            Self::Unreadable {
                path: place,
                reason,
            }
            | Self::Unauthorized { place, reason }
            | Self::Refused { place, reason } => Self::Unwritable { place, reason },
            other => other,
        }
    }

    /// What a failure of the tracking server means for the artifact at `place`.
    pub(super) fn from_failure(place: &str, limit: u64, failure: Failure) -> Self {
        let place = place.to_owned();
        match failure {
            Failure::Setting { name, reason } => Self::Setting { name, reason },
            Failure::Unreachable { reason } => Self::Unreachable { place, reason },
            Failure::TimedOut { seconds } => Self::TimedOut { place, seconds },
            Failure::Unauthorized { status } => Self::Unauthorized {
                place,
                reason: format!("HTTP {status}"),
            },
            Failure::Refused { status, message } => Self::Refused {
                place,
                reason: format!("HTTP {status}: {message}"),
            },
            Failure::Redirected { target } => Self::Refused {
                place,
                reason: format!("it redirects to {target}, which is not followed"),
            },
            Failure::Malformed { reason } => Self::Refused {
                place,
                reason: format!("the answer is not MLflow's: {reason}"),
            },
            Failure::TooLarge { .. } => Self::TooLarge { place, limit },
        }
    }
}
