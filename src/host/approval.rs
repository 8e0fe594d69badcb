//! Who approved what runs here, as the CI system tells.
//!
//! The one decision here: this is evidence for the record, and never the permission itself. The CI
//! system lets no job begin that was not approved; what it does not tell stays unknown.

use super::failure::{CommentFailure, Failure, Service};
use super::{Host, azure, github};
use crate::console::Environment;

/// An approval, as the CI system tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The CI system: `github` or `azure`.
    pub kind: &'static str,
    /// The environment, or the stage, that it is about.
    pub about: String,
    /// Who approved.
    pub by: Option<String>,
    /// When, in UTC (RFC 3339), where the CI system says so.
    pub at: Option<String>,
}

/// The approvals of the run that this command is part of. It takes 30 seconds at most.
///
/// # Errors
/// Why they cannot be told, as a lowercase fragment.
pub fn approvals(environment: &Environment) -> Result<Vec<Approval>, String> {
    let told =
        |service: Service| move |failure: Failure| CommentFailure { service, failure }.to_string();
    match Host::detect(environment) {
        Host::Local => Err("this is not a run of a CI system".to_owned()),
        Host::GithubActions => github::approvals(environment).map_err(told(Service::Github)),
        Host::AzurePipelines => azure::approvals(environment).map_err(told(Service::AzureDevOps)),
    }
}
