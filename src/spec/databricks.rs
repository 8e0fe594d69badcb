//! Compute on Databricks, validated: where stages run, and what an environment's workspace is.
//!
//! The one decision here: serverless and a cluster are two cases of one type, so that no later room
//! meets a stage that has both or neither.

use indexmap::IndexMap;

use super::quartz::Quartz;

/// Where stages run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compute {
    /// On the machine of a CI job.
    Runner,
    /// As tasks of a job on Databricks.
    Databricks(Machines),
}

impl Compute {
    /// The machines, on Databricks.
    #[must_use]
    pub fn machines(&self) -> Option<&Machines> {
        match self {
            Self::Runner => None,
            Self::Databricks(machines) => Some(machines),
        }
    }
}

/// The machines of a task, and what is installed on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machines {
    /// Who chooses them.
    pub kind: Kind,
    /// Packages from PyPI.
    pub dependencies: Vec<String>,
}

/// Who chooses the machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Databricks does; the text is the version of the environment, such as `4`.
    Serverless(String),
    /// The spec does.
    Cluster(Box<Cluster>),
}

/// A cluster that lives as long as its job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The Databricks runtime.
    pub spark_version: String,
    /// The machine type.
    pub node_type_id: String,
    /// How many workers there are.
    pub workers: Workers,
    /// The policy it keeps to.
    pub policy_id: Option<String>,
    /// Settings of Spark.
    pub spark_conf: IndexMap<String, String>,
    /// Tags that the bill shows.
    pub custom_tags: IndexMap<String, String>,
}

/// How many workers a cluster has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workers {
    /// This many.
    Fixed(u32),
    /// As many as the work needs.
    Between {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
}

/// The workspace of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its address, with `https://` and no path.
    pub host: String,
    /// The catalog of the model and its tables.
    pub catalog: String,
    /// The schema in the catalog.
    pub schema: String,
    /// Who jobs run as; always there in production.
    pub service_principal: Option<String>,
    /// Whether it is there once or once per person.
    pub mode: Mode,
    /// The folder that the bundle is deployed to, where it is not the usual one.
    pub path: Option<String>,
    /// Who may see, run and manage what is deployed.
    pub permissions: Vec<Permission>,
    /// What Unity Catalog lets others do with the model.
    pub grants: Vec<Grant>,
    /// The addresses that are told of failures.
    pub on_failure: Vec<String>,
    /// When the stages run by themselves: the retraining.
    pub schedule: Option<Schedule>,
}

/// Whether a deployment is there once or once per person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A copy for each person, with its schedules paused.
    Development,
    /// One for all.
    Production,
}

/// What someone may do with what is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Who.
    pub principal: Principal,
    /// `CAN_VIEW`, `CAN_RUN` or `CAN_MANAGE`.
    pub level: String,
}

/// Somebody in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A group, by its name.
    Group(String),
    /// A person, by the e-mail address.
    User(String),
    /// A service principal, by its application id.
    ServicePrincipal(String),
}

/// What someone may do with the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who: a user, a group or a service principal.
    pub principal: String,
    /// What, in the words of Unity Catalog.
    pub privileges: Vec<String>,
}

/// When a job runs by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The line that says when.
    pub cron: Quartz,
    /// The time zone it is meant in, by its IANA name.
    pub timezone: String,
}

/// A table of predictions that is profiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualityMonitor {
    /// Its name, unique in the spec.
    pub name: String,
    /// The table, in the environment's catalog and schema.
    pub table: String,
    /// What the model predicts.
    pub problem: MlProblem,
    /// The column with the prediction.
    pub prediction_column: String,
    /// The column with its time.
    pub timestamp_column: String,
    /// The column with the model's version.
    pub model_column: String,
    /// The column with the truth, where there is one.
    pub label_column: Option<String>,
    /// The lengths of the windows that are compared; at least one.
    pub granularities: Vec<String>,
    /// When the profile is made anew.
    pub schedule: Schedule,
    /// When a job asks the monitor and retrains; `None` for never.
    pub retrain: Option<Schedule>,
}

/// What a model predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MlProblem {
    /// A number.
    Regression,
    /// A class.
    Classification,
}

/// The variables of a bundle: what `${var.NAME}` may name.
pub const VARIABLES: [&str; 5] = [
    "environment",
    "catalog",
    "schema",
    "experiment",
    "pull_request",
];

/// What every job is told, besides the variables of the environment: what
/// `{{job.parameters.NAME}}` may name.
pub const JOB_PARAMETERS: [&str; 6] = [
    "environment",
    "catalog",
    "schema",
    "model_name",
    "experiment_name",
    "git_commit",
];
