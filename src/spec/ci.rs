//! What the spec says to the CI systems.
//!
//! The one decision here: what both providers take has one type, so that a setting means the same
//! to both or belongs to one of them alone.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::hook::Hook;
use super::patch::Patch;

/// Which pipelines are generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ci {
    /// GitHub Actions workflows, when wanted.
    pub github: Option<Github>,
    /// Azure DevOps pipelines, when wanted.
    pub azure: Option<Azure>,
    /// A folder of templates in place of built-in ones, from the repository root.
    pub templates: Option<String>,
    /// Generated files that are the project's own, by their paths from the repository root.
    pub detach: Vec<String>,
    /// Files of the user's own that the pipelines call, in order.
    pub hooks: Vec<Hook>,
    /// Patterns of files outside the project's folder whose change is one of the project, from the
    /// repository root.
    pub paths: Vec<String>,
    /// Changes of the planned pipelines, in order.
    pub patches: Vec<Patch>,
    /// What pipelines do on Databricks for a proposed change.
    pub databricks: CiDatabricks,
    /// How a pipeline gets gatewright.
    pub install: Install,
}

/// GitHub Actions settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Github {
    /// The runner of every job.
    pub runner: Runner,
    /// Action pins that replace the built-in ones, `owner/name` to `<sha> # <version>`.
    pub pins: BTreeMap<String, String>,
    /// What both providers take.
    pub settings: CiSettings,
    /// What tokens may do besides what gatewright needs: pipeline, job, scope, `read` or `write`.
    pub permissions: Vec<(String, String, String, String)>,
    /// Whether `ci` keeps downloaded packages from run to run.
    pub caches: bool,
    /// Whether a new push to a pull request stops the run of the one before.
    pub cancel_outdated: bool,
    /// Whether this is a GitHub Enterprise Server.
    pub enterprise_server: bool,
}

/// What pipelines do on Databricks for a proposed change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CiDatabricks {
    /// Whether `ci` says what the change would do to each environment in production.
    pub plan: bool,
    /// Whether each pull request is tried in a copy of its own.
    pub preview: bool,
}

/// A runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runner {
    /// By a label.
    Label(String),
    /// By labels, all of which it must have.
    Labels(Vec<String>),
    /// By its group, and labels.
    Group {
        /// The group.
        group: String,
        /// The labels, maybe none.
        labels: Vec<String>,
    },
}

/// Azure DevOps settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Azure {
    /// The machine of every job.
    pub machine: Machine,
    /// What both providers take.
    pub settings: CiSettings,
    /// The service connection to Azure.
    pub service_connection: Option<String>,
    /// Other ones, by the environment on Azure DevOps.
    pub service_connections: IndexMap<String, String>,
}

impl Azure {
    /// The service connection of an environment on Azure DevOps.
    #[must_use]
    pub fn connection(&self, environment: &str) -> Option<&str> {
        let own = self.service_connections.get(environment);
        own.or(self.service_connection.as_ref()).map(String::as_str)
    }
}

/// A machine of Azure DevOps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Machine {
    /// This Microsoft-hosted image.
    Hosted(String),
    /// An agent of a pool.
    Pool {
        /// The pool.
        name: String,
        /// What the agent must have.
        demands: Vec<String>,
    },
}

/// Settings that both providers take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CiSettings {
    /// Variables of every job.
    pub env: IndexMap<String, String>,
    /// More times at which a pipeline runs: its name, and cron lines.
    pub schedules: IndexMap<String, Vec<String>>,
    /// The image that every job runs in.
    pub container: Option<String>,
    /// How long jobs may take, in whole minutes: pipeline, job, minutes.
    pub timeouts: Vec<(String, String, u32)>,
}

impl CiSettings {
    /// How long a job of a pipeline may take; `planned` where the spec says nothing.
    #[must_use]
    pub fn timeout(&self, pipeline: &str, job: &str, planned: u32) -> u32 {
        let mut timeouts = self.timeouts.iter();
        timeouts
            .find(|(kind, id, _)| kind == pipeline && id == job)
            .map_or(planned, |(_, _, minutes)| *minutes)
    }

    /// The times of a pipeline.
    pub fn schedules(&self, pipeline: &str) -> impl Iterator<Item = &String> {
        self.schedules.get(pipeline).into_iter().flatten()
    }
}

/// Where a pipeline installs gatewright from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Install {
    /// From PyPI, as a wheel that carries the binary.
    Pypi,
    /// From crates.io, compiled on the runner.
    Cargo,
    /// Not at all: it is on the runner at this path.
    Path(String),
}
