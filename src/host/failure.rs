//! Why there is no comment. None of this is a verdict, and none of it changes one.

use std::fmt;

use crate::http;

/// Where pull requests are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// github.com, or GitHub Enterprise Server.
    Github,
    /// Azure DevOps Services, or a server of one's own.
    AzureDevOps,
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::Github => "GitHub",
            Self::AzureDevOps => "Azure DevOps",
        }
    }
}

/// Why there is no comment, and where it should have been. `Display` is a lowercase fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommentFailure {
    pub(super) service: Service,
    pub(super) failure: Failure,
}

impl CommentFailure {
    /// What to do next, in one sentence.
    #[must_use]
    pub(crate) fn help(&self) -> String {
        match self.service {
            Service::Github => self.failure.help_on_github(),
            Service::AzureDevOps => self.failure.help_on_azure(),
        }
        .to_owned()
    }
}

/// Everything that can come between a comment and its pull request.
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
        /// The service's message, or the start of the body, fit to be shown.
        message: String,
    },
    /// A redirect, which is never followed.
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// Not what the service sends.
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

    fn help_on_github(&self) -> &'static str {
        match self {
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
        }
    }

    fn help_on_azure(&self) -> &'static str {
        match self {
            Self::Setting { .. } => {
                "Azure Pipelines sets it; elsewhere, correct it or leave `--comment` out"
            }
            Self::NoToken
            | Self::Refused {
                status: 203 | 401, ..
            } => "give the step `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`",
            Self::Refused {
                status: 403 | 404, ..
            } => "let the project's build service contribute to pull requests of this repository",
            Self::Refused { .. } | Self::Unreachable { .. } | Self::TimedOut { .. } => {
                "the next run makes up for it; check the network and the proxy settings if it does not"
            }
            Self::Redirected { .. } | Self::Malformed { .. } | Self::TooLarge { .. } => {
                "check that SYSTEM_TEAMFOUNDATIONCOLLECTIONURI is Azure DevOps and not a login page or a proxy"
            }
            Self::TooMany { .. } => "delete old comments, or leave `--comment` out",
        }
    }
}

impl fmt::Display for CommentFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.service.name();
        match &self.failure {
            Failure::Setting { name, reason } => write!(f, "cannot use {name}: {reason}"),
            Failure::NoToken => f.write_str(match self.service {
                Service::Github => "neither GITHUB_TOKEN nor GH_TOKEN is set",
                Service::AzureDevOps => "SYSTEM_ACCESSTOKEN is not set",
            }),
            Failure::Unreachable { reason } => write!(f, "cannot reach {name}: {reason}"),
            Failure::TimedOut { seconds } => write!(f, "{name} did not answer within {seconds} s"),
            Failure::Refused { status, message } if message.is_empty() => {
                write!(f, "{name} answered HTTP {status}")
            }
            Failure::Refused { status, message } => {
                write!(f, "{name} answered HTTP {status}: {message}")
            }
            Failure::Redirected { status } => write!(
                f,
                "{name} redirects (HTTP {status}), and that is not followed"
            ),
            Failure::Malformed { reason } => {
                write!(f, "the answer is not from {name}: {reason}")
            }
            Failure::TooLarge { reason } => write!(f, "{name} sent {reason}"),
            Failure::TooMany { seen } => write!(
                f,
                "the comment was not among the first {seen}, and there are more"
            ),
        }
    }
}
