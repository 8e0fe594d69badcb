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

    /// What a server that speaks MLflow's protocol said with an error status.
    pub(crate) fn refused(status: u16, code: &str, message: &str) -> Self {
        let message = format!("{code}: {message}");
        Self::Refused { status, message }
    }

    /// The same with everything in it that the server said passed through `tell`.
    pub(super) fn quoting(self, tell: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Refused { status, message } => Self::Refused {
                status,
                message: tell(message),
            },
            Self::Malformed { reason } => Self::Malformed {
                reason: tell(reason),
            },
            Self::Redirected { target } => Self::Redirected {
                target: tell(target),
            },
            other => other,
        }
    }
}

/// A text without secrets, which a careless server repeats.
pub(super) fn without(mut text: String, secrets: &[&str]) -> String {
    for secret in secrets {
        text = text.replace(secret, "[redacted]");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_a_server_says_can_hold_a_secret_and_is_looked_through() {
        let said = || "so hush it is".to_owned();
        for failure in [
            Failure::Refused {
                status: 500,
                message: said(),
            },
            Failure::Malformed { reason: said() },
            Failure::Redirected { target: said() },
        ] {
            let told = failure.quoting(|said| without(said, &["hush"]));
            assert!(format!("{told:?}").contains("so [redacted] it is"));
        }
    }
}
