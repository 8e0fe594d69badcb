//! One sticky thread of comments on a pull request in Azure Repos.
//!
//! <https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads>
//!
//! The one decision here: the rules are those of the comment at GitHub. The thread is found again by
//! its first comment's marker; it is closed where nobody has to act, and active otherwise.

mod approval;
mod pull_request;
mod session;
mod sticky;

pub(super) use approval::approvals;
pub(super) use pull_request::PullRequest;
pub(super) use sticky::keep;
