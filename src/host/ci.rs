//! Which CI system runs this command, by the variables it documents.

use std::path::Path;

use super::git;
use crate::console::Environment;

/// What runs the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// GitHub Actions sets `GITHUB_ACTIONS`.
    GithubActions,
    /// Azure Pipelines sets `TF_BUILD`.
    AzurePipelines,
    /// A person, or a system that is not known.
    Local,
}

impl Host {
    /// Reads it off the environment.
    #[must_use]
    pub fn detect(environment: &Environment) -> Self {
        if environment.is_on("GITHUB_ACTIONS") {
            Self::GithubActions
        } else if environment.is_on("TF_BUILD") {
            Self::AzurePipelines
        } else {
            Self::Local
        }
    }
}

/// What is checked out, who runs the command, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkout {
    /// The commit: what the CI system says, else what git says. Checkouts on CI systems are detached
    /// and shallow, so that the variable comes first.
    pub commit: Option<String>,
    /// Whether files that git knows differ from the commit.
    pub dirty: Option<bool>,
    /// Who started the run, as the CI system calls them.
    pub actor: Option<String>,
    /// The page of the run.
    pub run_url: Option<String>,
}

impl Checkout {
    /// Asks the environment and git about a folder.
    #[must_use]
    pub fn around(folder: &Path, environment: &Environment) -> Self {
        let get = |name| environment.get(name).map(str::to_owned);
        let (head, dirty) = git::status(folder);
        let (commit, actor, run_url) = match Host::detect(environment) {
            Host::GithubActions => (
                get("GITHUB_SHA"),
                get("GITHUB_ACTOR"),
                github_run(environment),
            ),
            Host::AzurePipelines => (
                get("BUILD_SOURCEVERSION"),
                get("BUILD_REQUESTEDFOR"),
                azure_run(environment),
            ),
            Host::Local => (None, None, None),
        };
        Self {
            commit: commit.or(head).filter(|commit| is_commit(commit)),
            dirty,
            actor,
            run_url,
        }
    }
}

/// <https://docs.github.com/actions/reference/workflows-and-actions/variables>
fn github_run(environment: &Environment) -> Option<String> {
    let server = environment.get("GITHUB_SERVER_URL")?;
    let repository = environment.get("GITHUB_REPOSITORY")?;
    let run = environment.get("GITHUB_RUN_ID")?;
    web_address(format!("{server}/{repository}/actions/runs/{run}"))
}

/// <https://learn.microsoft.com/azure/devops/pipelines/build/variables>
fn azure_run(environment: &Environment) -> Option<String> {
    let collection = environment.get("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI")?;
    let project = environment.get("SYSTEM_TEAMPROJECTID")?;
    let build = environment.get("BUILD_BUILDID")?;
    let collection = collection.trim_end_matches('/');
    web_address(format!(
        "{collection}/{project}/_build/results?buildId={build}"
    ))
}

/// An address that may stand in a report: no credentials, no spaces.
fn web_address(text: String) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '@');
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    Some(text).filter(|text| is_web && text.chars().all(is_plain))
}

fn is_commit(text: &str) -> bool {
    (40..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit())
}
