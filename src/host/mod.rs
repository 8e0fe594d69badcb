//! The machine and the CI system around a command: the git checkout, what runs it, and the pull
//! request it runs for.

mod approval;
mod azure;
mod ci;
mod comment;
mod exchange;
mod failure;
mod gh;
mod git;
mod github;
mod limits;
mod pull_request;
mod sticky;

pub use approval::{Approval, approvals};
pub use ci::{Checkout, Host};
pub(crate) use comment::Comment;
pub(crate) use failure::CommentFailure;
pub(crate) use gh::{GhQuestion, gh_verify};
pub use git::{files, make_repository, repository_root};
pub(crate) use pull_request::{PullRequest, keep_comment};
pub(crate) use sticky::Change;
