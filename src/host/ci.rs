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

/// The commit that is checked out: what the CI system says, else what git says. Checkouts on CI
/// systems are detached and shallow, so that the variable comes first.
#[must_use]
pub fn commit(environment: &Environment, folder: &Path) -> Option<String> {
    let named = match Host::detect(environment) {
        Host::GithubActions => environment.get("GITHUB_SHA"),
        Host::AzurePipelines => environment.get("BUILD_SOURCEVERSION"),
        Host::Local => None,
    };
    named
        .map(str::to_owned)
        .or_else(|| git::head(folder))
        .filter(|commit| is_commit(commit))
}

fn is_commit(text: &str) -> bool {
    (40..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit())
}
