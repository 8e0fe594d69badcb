//! Why the server gave no usable answer.

/// Everything that can go wrong between a question and its answer. The address is not repeated
/// here: whoever asked knows it. What the server said is raw until `Client::conceal` has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A setting of the client cannot be used.
    Setting {
        /// The environment variable or file.
        name: String,
        /// What is wrong, without the value where it may be secret.
        reason: String,
    },
    /// No connection, or it broke.
    Unreachable {
        /// The innermost cause, without any URL.
        reason: String,
    },
    /// No answer in time.
    TimedOut {
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// 401 or 403.
    Unauthorized {
        /// The HTTP status.
        status: u16,
    },
    /// Any other error status.
    Refused {
        /// The HTTP status.
        status: u16,
        /// MLflow's error code and message, or the start of the body.
        message: String,
    },
    /// A redirect, which is never followed.
    Redirected {
        /// Scheme and host of where it points.
        target: String,
    },
    /// Not what MLflow sends.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// More than is read.
    TooLarge {
        /// What is too large.
        reason: String,
    },
}

impl Failure {
    /// A setting that cannot be used. The reason must not hold a secret.
    pub(crate) fn setting(name: &str, reason: impl Into<String>) -> Self {
        Self::Setting {
            name: name.to_owned(),
            reason: reason.into(),
        }
    }
}
