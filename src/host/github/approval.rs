//! Who approved the deployments of a workflow run.
//!
//! <https://docs.github.com/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run>

use serde::Deserialize;

use super::pull_request::is_repository;
use super::session::Session;
use super::settings::Settings;
use crate::console::Environment;
use crate::host::approval::Approval;
use crate::host::failure::Failure;
use crate::host::sticky::within;

/// A review of one or several environments. GitHub does not say when it was given.
#[derive(Deserialize)]
struct Review {
    state: String,
    #[serde(default)]
    environments: Vec<Named>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

/// The approvals of the workflow run that this command is part of.
///
/// # Errors
/// When GitHub cannot be asked.
pub(in crate::host) fn approvals(environment: &Environment) -> Result<Vec<Approval>, Failure> {
    let path = path(environment)?;
    let settings = Settings::read(environment)?;
    let reviews = within(settings.deadline, async {
        let session = Session::start(settings)?;
        session.list::<Review>(&path).await
    })?;
    Ok(reviews.items.into_iter().flat_map(approvals_of).collect())
}

fn path(environment: &Environment) -> Result<String, Failure> {
    let unusable = |name, reason: &str| Failure::Setting {
        name,
        reason: reason.to_owned(),
    };
    let repository = environment.get("GITHUB_REPOSITORY").unwrap_or_default();
    if !is_repository(repository) {
        return Err(unusable("GITHUB_REPOSITORY", "it is not OWNER/NAME"));
    }
    let run: u64 = environment
        .get("GITHUB_RUN_ID")
        .and_then(|run| run.parse().ok())
        .ok_or_else(|| unusable("GITHUB_RUN_ID", "it is not a number"))?;
    Ok(format!("/repos/{repository}/actions/runs/{run}/approvals"))
}

fn approvals_of(review: Review) -> Vec<Approval> {
    if review.state != "approved" {
        return Vec::new();
    }
    let by = review.user.map(|user| user.login);
    let environments = review.environments.into_iter();
    environments
        .map(|environment| Approval {
            kind: "github",
            about: environment.name,
            by: by.clone(),
            at: None,
        })
        .collect()
}
