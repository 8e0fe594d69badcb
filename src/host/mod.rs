//! The machine and the CI system around a command: the git checkout, what runs it, and the pull
//! request it runs for.

mod ci;
mod git;
mod github;

pub use ci::{Host, commit};
pub use git::{make_repository, repository_root};
pub(crate) use github::{
    Change, Comment, Failure as CommentFailure, PullRequest, keep as keep_comment,
};
