//! The pull request that a build is for, wherever it is.

use std::fmt;
use std::path::Path;

use super::comment::Comment;
use super::failure::{CommentFailure, Failure, Service};
use super::sticky::Change;
use super::{Host, azure, github};
use crate::console::Environment;

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PullRequest {
    /// At GitHub.
    Github(github::PullRequest),
    /// In Azure Repos.
    Azure(azure::PullRequest),
}

impl PullRequest {
    /// Finds it; `None` where the build is for something else, such as a push.
    ///
    /// # Errors
    /// When there is one, and what the environment says about it is of no use.
    pub(crate) fn find(
        environment: &Environment,
        folder: &Path,
    ) -> Result<Option<Self>, CommentFailure> {
        match Host::detect(environment) {
            Host::AzurePipelines => azure::PullRequest::find(environment)
                .map(|found| found.map(Self::Azure))
                .map_err(|failure| on(Service::AzureDevOps, failure)),
            Host::GithubActions | Host::Local => github::PullRequest::find(environment, folder)
                .map(|found| found.map(Self::Github))
                .map_err(|failure| on(Service::Github, failure)),
        }
    }
}

impl fmt::Display for PullRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Github(pull_request) => pull_request.fmt(f),
            Self::Azure(pull_request) => pull_request.fmt(f),
        }
    }
}

/// Sees to it that a pull request has this comment, once; `resolved` says whether anyone has to act
/// on it. It takes 30 seconds at most.
///
/// # Errors
/// Whatever leaves the comment as it was, or in doubt.
pub(crate) fn keep_comment(
    comment: &Comment,
    resolved: bool,
    pull_request: &PullRequest,
    environment: &Environment,
) -> Result<Change, CommentFailure> {
    match pull_request {
        PullRequest::Github(pull_request) => github::keep(comment, pull_request, environment)
            .map_err(|failure| on(Service::Github, failure)),
        PullRequest::Azure(pull_request) => {
            azure::keep(comment, resolved, pull_request, environment)
                .map_err(|failure| on(Service::AzureDevOps, failure))
        }
    }
}

fn on(service: Service, failure: Failure) -> CommentFailure {
    CommentFailure { service, failure }
}
