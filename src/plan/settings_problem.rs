//! What a setting of a CI system can be wrong about.

use std::fmt;

use crate::diagnostic::nearest;

/// A setting that names or asks for what there is not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsProblem {
    /// A pipeline that the project does not have.
    Pipeline {
        /// The name.
        name: String,
        /// Those it has, or of them those for which the setting has a meaning.
        known: Vec<String>,
    },
    /// A job that the pipeline does not have.
    Job {
        /// The pipeline.
        pipeline: String,
        /// The name.
        name: String,
        /// Those it has.
        known: Vec<String>,
    },
    /// A limit for a reusable workflow, which has its own.
    HookTimeout {
        /// The job that calls it.
        job: String,
    },
    /// A permission that GitHub does not know.
    Permission {
        /// What it is about.
        scope: String,
        /// How much of it.
        access: String,
    },
    /// A permission to change something, for a job that runs what anyone proposes.
    WritesInCi {
        /// The job.
        job: String,
    },
    /// A time for a delivery where nothing is deployed by a branch.
    NothingDue,
    /// A copy for each pull request where no environment is on Databricks.
    NothingToPreview,
    /// An attestation on a GitHub Enterprise Server.
    ServerAttests,
    /// A service connection for an environment that signs nothing in.
    Connection {
        /// The environment.
        name: String,
        /// Those that do.
        known: Vec<String>,
    },
    /// A service connection, and nothing that signs in.
    NothingSignsIn,
    /// An environment that signs in on Azure DevOps, and by what is not said.
    NoConnection {
        /// The environment.
        environment: String,
    },
    /// Newer artifacts than a GitHub Enterprise Server takes.
    ServerArtifacts {
        /// The action.
        action: &'static str,
    },
}

impl SettingsProblem {
    pub(super) fn help(&self) -> String {
        match self {
            Self::Pipeline { name, known } => suggestion("pipelines are", name, known),
            Self::Job { name, known, .. } => suggestion("its jobs are", name, known),
            Self::HookTimeout { .. } => {
                "write `timeout-minutes` in the workflow that the hook calls".to_owned()
            }
            Self::Permission { .. } => format!(
                "write a scope and `read` or `write`; scopes are {}",
                SCOPES.join(", ")
            ),
            Self::WritesInCi { .. } => {
                "write `read`; or do it in `deliver`, which runs what was merged".to_owned()
            }
            Self::NothingDue => "a time has no tag: deploy an environment by a branch".to_owned(),
            Self::NothingToPreview => "give an environment `databricks`, or remove this".to_owned(),
            Self::ServerAttests => {
                "remove `promotion.attest`, or sign with a key: `gatewright attest sign`".to_owned()
            }
            Self::NothingSignsIn => {
                "write `auth: azure` in an environment that is deployed, or remove this".to_owned()
            }
            Self::Connection { name, known } => suggestion("environments are", name, known),
            Self::NoConnection { .. } => {
                "name it under `ci.azure.service_connection`; its kind is workload identity \
                 federation"
                    .to_owned()
            }
            Self::ServerArtifacts { action } => {
                format!("pin version 3 of `{action}` under `ci.github.pins`")
            }
        }
    }
}

fn suggestion(what: &str, name: &str, known: &[String]) -> String {
    nearest(name, known.iter().map(String::as_str)).map_or_else(
        || format!("{what} {}", known.join(", ")),
        |near| format!("did you mean `{near}`?"),
    )
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pipeline { name, .. } => {
                write!(f, "there is no pipeline `{}` for this", name.escape_debug())
            }
            Self::Job { pipeline, name, .. } => {
                let name = name.escape_debug();
                write!(f, "the pipeline `{pipeline}` has no job `{name}`")
            }
            Self::HookTimeout { job } => {
                write!(
                    f,
                    "the job `{job}` is a hook, and GitHub takes no time for it here"
                )
            }
            Self::Permission { scope, access } => {
                let (scope, access) = (scope.escape_debug(), access.escape_debug());
                write!(f, "`{scope}: {access}` is no permission")
            }
            Self::WritesInCi { job } => {
                write!(
                    f,
                    "`{job}` runs proposed changes, and would get a token that writes"
                )
            }
            Self::NothingDue => f.write_str("no branch deploys an environment at that time"),
            Self::NothingToPreview => {
                f.write_str("there is no environment on Databricks to copy for a pull request")
            }
            Self::ServerAttests => f.write_str("a GitHub Enterprise Server has no attestations"),
            Self::Connection { name, .. } => {
                let name = name.escape_debug();
                write!(f, "nothing in the environment `{name}` signs in to Azure")
            }
            Self::NothingSignsIn => f.write_str("no pipeline signs in to Azure"),
            Self::NoConnection { environment } => {
                write!(
                    f,
                    "no service connection signs in to Azure for `{environment}`"
                )
            }
            Self::ServerArtifacts { action } => {
                write!(
                    f,
                    "a GitHub Enterprise Server does not take this version of `{action}`"
                )
            }
        }
    }
}

/// What a token's permissions are about:
/// <https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#permissions>.
pub(super) const SCOPES: [&str; 13] = [
    "actions",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
];
