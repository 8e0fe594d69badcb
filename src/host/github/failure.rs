//! Why there is no comment. None of this is a verdict, and none of it changes one.

use std::fmt;

use crate::http;

/// Everything that can come between a comment and its pull request. `Display` is a lowercase
/// fragment; [`Failure::help`] is what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A variable of the environment cannot be used.
    Setting {
        /// The variable.
        name: &'static str,
        /// What is wrong with it, without the value where it may be secret.
        reason: String,
    },
    /// There is no token to sign in with.
    NoToken,
    /// No connection, or it broke.
    Unreachable {
        /// The innermost cause.
        reason: String,
    },
    /// No answer in time.
    TimedOut {
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// An error status.
    Refused {
        /// The HTTP status.
        status: u16,
        /// GitHub's message, or the start of the body, fit to be shown.
        message: String,
    },
    /// A redirect, which is never followed.
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// Not what GitHub sends.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// More than is read.
    TooLarge {
        /// What is too large.
        reason: String,
    },
    /// So many comments that ours could be any.
    TooMany {
        /// How many were looked at.
        seen: usize,
    },
}

impl Failure {
    /// Whether a request that ended like this may have been carried out all the same.
    pub(super) fn may_have_arrived(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::TooLarge { .. } => true,
            Self::Refused { status, .. } => {
                reqwest::StatusCode::from_u16(*status).is_ok_and(http::is_transient)
            }
            _ => false,
        }
    }

    /// What to do next, in one sentence.
    #[must_use]
    pub(crate) fn help(&self) -> String {
        let help = match self {
            Self::Setting { .. } => {
                "GitHub Actions sets it; elsewhere, correct it or leave `--comment` out"
            }
            Self::NoToken => "give the step `env: GITHUB_TOKEN: ${{ github.token }}`",
            Self::Refused { status: 401, .. } => {
                "GITHUB_TOKEN is not, or no longer, a token of this GitHub"
            }
            Self::Refused { status: 403, .. } => {
                "give the job `permissions: pull-requests: write`; a pull request from a fork gets a read-only token whatever the workflow says"
            }
            Self::Refused { status: 404, .. } => {
                "GitHub hides what a token may not see: give the job `permissions: pull-requests: write`"
            }
            Self::Refused { .. } | Self::Unreachable { .. } | Self::TimedOut { .. } => {
                "the next run makes up for it; check GITHUB_API_URL, the network and the proxy settings if it does not"
            }
            Self::Redirected { .. } | Self::Malformed { .. } | Self::TooLarge { .. } => {
                "check that GITHUB_API_URL is GitHub's API and not a login page or a proxy, and that the repository was not renamed"
            }
            Self::TooMany { .. } => "delete old comments, or leave `--comment` out",
        };
        help.to_owned()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting { name, reason } => write!(f, "cannot use {name}: {reason}"),
            Self::NoToken => f.write_str("neither GITHUB_TOKEN nor GH_TOKEN is set"),
            Self::Unreachable { reason } => write!(f, "cannot reach GitHub: {reason}"),
            Self::TimedOut { seconds } => write!(f, "GitHub did not answer within {seconds} s"),
            Self::Refused { status, message } if message.is_empty() => {
                write!(f, "GitHub answered HTTP {status}")
            }
            Self::Refused { status, message } => {
                write!(f, "GitHub answered HTTP {status}: {message}")
            }
            Self::Redirected { status } => {
                write!(
                    f,
                    "GitHub redirects (HTTP {status}), and that is not followed"
                )
            }
            Self::Malformed { reason } => write!(f, "the answer is not GitHub's: {reason}"),
            Self::TooLarge { reason } => write!(f, "GitHub sent {reason}"),
            Self::TooMany { seen } => {
                write!(
                    f,
                    "the comment was not among the first {seen}, and there are more"
                )
            }
        }
    }
}
