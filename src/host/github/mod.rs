//! One sticky comment on a pull request at GitHub, on github.com and on GitHub Enterprise Server.
//!
//! The one decision here: nothing is written without having looked right before. A comment is found
//! again by a marker that readers do not see; a write that may have arrived is never repeated until
//! another look says that it did not.

mod approval;
mod pull_request;
mod session;
mod settings;
mod sticky;

pub(super) use approval::approvals;
pub(super) use pull_request::PullRequest;
pub(super) use sticky::keep;
