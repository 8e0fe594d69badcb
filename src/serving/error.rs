//! Why an endpoint did not do, or did not say, what it was asked.

use std::fmt;

use crate::mlflow::Failure;

/// What went wrong with an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServingError {
    /// A setting from outside the spec cannot be used.
    Setting {
        /// The environment variable or file.
        name: String,
        /// What is wrong with it, without the value where it may be secret.
        reason: String,
    },
    /// There is no such endpoint.
    NotFound {
        /// Its name.
        endpoint: String,
    },
    /// It is busy with another change.
    Busy,
    /// It will not.
    Refused {
        /// Its reason.
        reason: String,
    },
    /// It did not answer, or not in a way that can be understood.
    Silent {
        /// What happened instead.
        reason: String,
    },
}

impl ServingError {
    pub(super) fn silent(reason: impl Into<String>) -> Self {
        Self::Silent {
            reason: reason.into(),
        }
    }

    /// What a failure of the client means.
    pub(super) fn of(failure: Failure) -> Self {
        match failure {
            Failure::Setting { name, reason } => Self::Setting { name, reason },
            Failure::Unreachable { reason } => Self::silent(format!("no connection: {reason}")),
            Failure::TimedOut { seconds } => Self::silent(format!("no answer within {seconds} s")),
            Failure::Unauthorized { status: 403 } => {
                Self::silent("the credentials may not do this (HTTP 403)")
            }
            Failure::Unauthorized { status } => {
                Self::silent(format!("the credentials were refused (HTTP {status})"))
            }
            Failure::Refused { status, message } => Self::of_status(status, &message),
            Failure::Redirected { target } => Self::silent(format!("it redirects to {target}")),
            Failure::Malformed { reason } => {
                Self::silent(format!("it did not answer as Databricks does: {reason}"))
            }
            Failure::TooLarge { reason } => Self::silent(reason),
        }
    }

    /// What an error that the workspace answers means: a 4xx is a no, all else may pass.
    pub(super) fn of_status(status: u16, message: &str) -> Self {
        match status {
            409 => Self::Busy,
            408 | 429 | 500.. => Self::silent(format!("HTTP {status}: {message}")),
            _ => Self::Refused {
                reason: format!("HTTP {status}: {message}"),
            },
        }
    }

    /// What to do next, in one sentence.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Setting { .. } => "correct the setting, or remove it",
            Self::NotFound { .. } => {
                "create the endpoint once, with the version that is live now; a rollout moves traffic from one version to the next"
            }
            Self::Busy => "wait until the other change is done and run the command again",
            Self::Refused { .. } => "look at the reason, and at the endpoint's own page",
            Self::Silent { .. } => {
                "check the network and the credentials, then run the command again: it goes on where it stopped"
            }
        }
    }
}

impl fmt::Display for ServingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting { name, reason } => write!(f, "cannot use {name}: {reason}"),
            Self::NotFound { endpoint } => write!(f, "there is no endpoint `{endpoint}`"),
            Self::Busy => f.write_str("it is busy with another change"),
            Self::Refused { reason } | Self::Silent { reason } => f.write_str(reason),
        }
    }
}

impl std::error::Error for ServingError {}
