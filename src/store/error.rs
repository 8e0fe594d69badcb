//! Why a store could not answer. Every variant is exit code 3; none is a verdict.

use std::fmt;

use crate::mlflow::Failure;

/// Everything that keeps a store from answering.
///
/// `Display` is a lowercase fragment that fits "failed to read the store: ..."; [`StoreError::help`]
/// is what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// The tracking URI names a kind of store that cannot be read.
    Unsupported {
        /// The URI, without credentials.
        uri: String,
        /// What to use instead.
        help: String,
    },
    /// The file of a SQLite store does not exist.
    Missing {
        /// The path as it was resolved.
        path: String,
    },
    /// The file exists and could not be opened or read.
    Unreadable {
        /// The path as it was resolved.
        path: String,
        /// The operating system's or SQLite's reason.
        reason: String,
    },
    /// The file can be read and not be written.
    NotWritable {
        /// The path as it was resolved.
        path: String,
        /// The operating system's or SQLite's reason.
        reason: String,
    },
    /// The file is not an intact SQLite database.
    NotADatabase {
        /// The path as it was resolved.
        path: String,
        /// What SQLite said.
        reason: String,
    },
    /// A SQLite database, but not one whose tables hold what the gate needs.
    UnknownSchema {
        /// The path as it was resolved.
        path: String,
        /// The tables or columns that are missing.
        missing: String,
        /// The database's alembic revision, when it has one.
        revision: Option<String>,
    },
    /// The file holds what MLflow never writes.
    Damaged {
        /// The path as it was resolved.
        path: String,
        /// The row or value, and what is wrong with it.
        reason: String,
    },
    /// Reading on would take more time or memory than a gate may use.
    TooLarge {
        /// The path as it was resolved, or the server's base URL.
        place: String,
        /// What is too large.
        reason: String,
    },
    /// A setting from outside the spec cannot be used.
    Setting {
        /// The environment variable or file that holds it.
        name: String,
        /// What is wrong with it, without the value where it may be secret.
        reason: String,
    },
    /// Another process holds the database for longer than we wait.
    Locked {
        /// The path as it was resolved.
        path: String,
    },
    /// No registered model of this name.
    ModelNotFound {
        /// The name asked for.
        model: String,
    },
    /// No run of this id.
    RunNotFound {
        /// The id asked for.
        run: String,
    },
    /// The server could not be reached, or the connection broke.
    Unreachable {
        /// The server's base URL.
        url: String,
        /// What went wrong, without the URL's query.
        reason: String,
    },
    /// The server did not answer in time.
    TimedOut {
        /// The server's base URL.
        url: String,
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// The server refused the credentials, or wants some.
    Unauthorized {
        /// The server's base URL.
        url: String,
        /// 401 or 403.
        status: u16,
    },
    /// The server answered with an error.
    Refused {
        /// The server's base URL.
        url: String,
        /// The HTTP status.
        status: u16,
        /// MLflow's error code and message, or the start of the body.
        message: String,
    },
    /// The server points somewhere else. Redirects are not followed: credentials stay home.
    Redirected {
        /// The server's base URL.
        url: String,
        /// The scheme and host it points to.
        target: String,
    },
    /// The server's answer is not what MLflow sends.
    Malformed {
        /// The server's base URL.
        url: String,
        /// What is wrong with the answer.
        reason: String,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported { uri, .. } => write!(f, "cannot read a store at `{uri}`"),
            Self::Missing { path } => write!(f, "there is no MLflow store at `{path}`"),
            Self::Unreadable { path, reason } => write!(f, "cannot open `{path}`: {reason}"),
            Self::NotWritable { path, reason } => write!(f, "cannot write `{path}`: {reason}"),
            Self::NotADatabase { path, reason } => {
                write!(f, "`{path}` is not an intact SQLite database: {reason}")
            }
            Self::UnknownSchema {
                path,
                missing,
                revision,
            } => {
                write!(
                    f,
                    "`{path}` is not an MLflow store that can be read: {missing}"
                )?;
                match revision {
                    Some(revision) => write!(f, " (schema revision {revision})"),
                    None => Ok(()),
                }
            }
            Self::Damaged { path, reason } => {
                write!(f, "`{path}` holds what MLflow never writes: {reason}")
            }
            Self::TooLarge { place, reason } => {
                write!(f, "{place} holds more than can be read: {reason}")
            }
            Self::Setting { name, reason } => write!(f, "cannot use {name}: {reason}"),
            Self::Locked { path } => write!(f, "`{path}` is locked by another process"),
            Self::ModelNotFound { model } => write!(f, "no registered model `{model}`"),
            Self::RunNotFound { run } => write!(f, "no run `{run}`"),
            Self::Unreachable { url, reason } => write!(f, "cannot reach {url}: {reason}"),
            Self::TimedOut { url, seconds } => {
                write!(f, "{url} did not answer within {seconds} s")
            }
            Self::Unauthorized { url, status } => {
                write!(f, "{url} refused the credentials (HTTP {status})")
            }
            Self::Refused {
                url,
                status,
                message,
            } => {
                write!(f, "{url} answered HTTP {status}: {message}")
            }
            Self::Redirected { url, target } => write!(f, "{url} redirects to {target}"),
            Self::Malformed { url, reason } => {
                write!(f, "{url} did not answer as MLflow does: {reason}")
            }
        }
    }
}

impl std::error::Error for StoreError {}

impl StoreError {
    /// What a failure of the server at `url` means for its store.
    pub(super) fn from_failure(url: &str, failure: Failure) -> Self {
        let url = url.to_owned();
        match failure {
            Failure::Setting { name, reason } => Self::Setting { name, reason },
            Failure::Unreachable { reason } => Self::Unreachable { url, reason },
            Failure::TimedOut { seconds } => Self::TimedOut { url, seconds },
            Failure::Unauthorized { status } => Self::Unauthorized { url, status },
            Failure::Refused { status, message } => Self::Refused {
                url,
                status,
                message,
            },
            Failure::Redirected { target } => Self::Redirected { url, target },
            Failure::Malformed { reason } => Self::Malformed { url, reason },
            Failure::TooLarge { reason } => Self::TooLarge { place: url, reason },
        }
    }

    /// What to do next, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unsupported { help, .. } => help.clone(),
            Self::Missing { .. } => {
                "run the stages first, or set `mlflow.tracking_uri` in the spec".to_owned()
            }
            Self::Unreadable { .. } => {
                "check that this is the store you mean, that you may read it, and that a folder has no links in it".to_owned()
            }
            Self::NotWritable { .. } => {
                "a promotion writes to the store: ask for write access to the file and to its folder".to_owned()
            }
            Self::NotADatabase { .. } => {
                "restore the file from a backup, or point `mlflow.tracking_uri` at the right one"
                    .to_owned()
            }
            Self::UnknownSchema { .. } => {
                "the gate reads stores of MLflow 2.3 and later; `mlflow db upgrade` migrates older ones, and a newer gatewright may know newer ones".to_owned()
            }
            Self::Damaged { .. } => {
                "restore the file from a backup, and look for what else writes to it".to_owned()
            }
            Self::TooLarge { .. } => {
                "check that this is the store you mean; a gate needs a few rows of it".to_owned()
            }
            Self::Setting { .. } => "correct the setting, or remove it".to_owned(),
            Self::Locked { .. } => "wait until the other process is done and try again".to_owned(),
            Self::ModelNotFound { .. } => {
                "check `model.name` in the spec, and that training registered a version".to_owned()
            }
            Self::RunNotFound { .. } => {
                "the version points to a run that this store does not hold: check `mlflow.tracking_uri`"
                    .to_owned()
            }
            Self::Unreachable { .. } | Self::TimedOut { .. } => {
                "check `mlflow.tracking_uri`, the network and the proxy settings, then try again"
                    .to_owned()
            }
            Self::Unauthorized { status: 403, .. } => {
                "the credentials are known but may not read this; ask for read access".to_owned()
            }
            Self::Unauthorized { .. } => {
                "set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; for Databricks DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET"
                    .to_owned()
            }
            Self::Refused { .. } => "look at the server's log for the cause, then try again".to_owned(),
            Self::Redirected { .. } => {
                "set `mlflow.tracking_uri` to the server's own address; credentials are never sent to another host".to_owned()
            }
            Self::Malformed { .. } => {
                "check that `mlflow.tracking_uri` is an MLflow server and not a login page or a proxy"
                    .to_owned()
            }
        }
    }
}
