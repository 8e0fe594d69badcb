//! Which pull request this build is for, by the variables that Azure Pipelines documents.
//!
//! <https://learn.microsoft.com/azure/devops/pipelines/build/variables>

use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use crate::console::Environment;
use crate::host::failure::Failure;
use crate::host::limits;

/// The version of the API that is spoken.
const VERSION: &str = "api-version=7.1";

/// The address of the organisation, or of the collection on a server.
const COLLECTION: &str = "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI";

/// The one kind of repository whose pull requests are in Azure Repos.
const AZURE_REPOS: &str = "TfsGit";

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PullRequest {
    collection: Url,
    project: String,
    repository: String,
    number: u64,
}

impl PullRequest {
    /// Finds it. `None` where the build is for something else, such as a push.
    ///
    /// # Errors
    /// [`Failure::Setting`] when there is a number, and no place in Azure Repos that it belongs to.
    pub(in crate::host) fn find(environment: &Environment) -> Result<Option<Self>, Failure> {
        let Some(number) = environment
            .get("SYSTEM_PULLREQUEST_PULLREQUESTID")
            .and_then(|number| number.parse().ok())
        else {
            return Ok(None);
        };
        let provider = environment.get("BUILD_REPOSITORY_PROVIDER");
        if provider.is_some_and(|provider| provider != AZURE_REPOS) {
            return Err(Failure::Setting {
                name: "BUILD_REPOSITORY_PROVIDER",
                reason: "the repository is not in Azure Repos, and neither is the pull request"
                    .to_owned(),
            });
        }
        let require = |name| {
            environment.get(name).ok_or_else(|| Failure::Setting {
                name,
                reason: "it is not set".to_owned(),
            })
        };
        Ok(Some(Self {
            collection: limits::server(COLLECTION, require(COLLECTION)?)?,
            project: require("SYSTEM_TEAMPROJECTID")?.to_owned(),
            repository: require("BUILD_REPOSITORY_ID")?.to_owned(),
            number,
        }))
    }

    /// The server it is on.
    pub(super) fn server(&self) -> &Url {
        &self.collection
    }

    /// The address of its threads, of one of them, or of a comment of one.
    pub(super) fn address(&self, below: &str) -> String {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        format!(
            "{}/{}/_apis/git/repositories/{}/pullRequests/{}/threads{below}?{VERSION}",
            self.collection.as_str().trim_end_matches('/'),
            encode(&self.project),
            encode(&self.repository),
            self.number
        )
    }
}

impl fmt::Display for PullRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pull request {}", self.number)
    }
}
