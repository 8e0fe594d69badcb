//! The types of a pipeline, in the order in which the keys are printed.
//!
//! Serialising is for templates, which see the field names; deserialising is for YAML, which has
//! Azure's. `None` and what is empty are not printed, except where absence means something else.
//! Counts and booleans are strings where Azure's schema says so.

use serde::{Deserialize, Serialize};

use super::events::{Parameter, PullRequests, Schedule, Trigger};
use super::parts::Step;
use crate::plan::Comment;

/// A pipeline file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Pipeline {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// What a person is asked for who starts it.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// The pushes that start it.
    pub trigger: Trigger,
    /// The pull requests that start it.
    pub pr: PullRequests,
    /// The times that start it.
    #[serde(default)]
    pub schedules: Vec<Schedule>,
    /// How runs that want the same environment wait for each other.
    pub lock_behavior: Option<String>,
    /// The machine of every job.
    pub pool: Pool,
    /// Variables of every job.
    #[serde(default)]
    pub variables: Vec<Variable>,
    /// The stages.
    pub stages: Vec<Stage>,
}

/// A machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Pool {
    /// The image of a Microsoft-hosted agent.
    pub vm_image: Option<String>,
    /// The name of a pool of other agents.
    pub name: Option<String>,
    /// What an agent of it must have.
    #[serde(default)]
    pub demands: Vec<String>,
}

/// A variable, or a group of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Why it is there, where that is not plain.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// A group in the project's library.
    pub group: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its value.
    pub value: Option<String>,
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Stage {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// Its id.
    pub stage: String,
    /// What people see.
    pub display_name: String,
    /// The stages before it. Always printed: without it a stage waits for the one above.
    pub depends_on: Vec<String>,
    /// The condition.
    pub condition: Option<String>,
    /// The jobs.
    pub jobs: Vec<Job>,
}

/// A job (`job`), or one that deploys into an environment (`deployment`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Job {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// The id of a job.
    pub job: Option<String>,
    /// The id of a job that deploys.
    pub deployment: Option<String>,
    /// What people see.
    pub display_name: String,
    /// The jobs before it.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// The condition.
    pub condition: Option<String>,
    /// The image that it runs in.
    pub container: Option<String>,
    /// How long it may take.
    pub timeout_in_minutes: String,
    /// The environment that holds its approvals.
    pub environment: Option<String>,
    /// Variables of every step.
    #[serde(default)]
    pub variables: Vec<Variable>,
    /// What a job does.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What a job that deploys does.
    pub strategy: Option<Strategy>,
}

/// How a job deploys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Strategy {
    /// All at once.
    pub run_once: RunOnce,
}

/// All at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOnce {
    /// The hook that deploys.
    pub deploy: Deploy,
}

/// The hook that deploys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deploy {
    /// What it does.
    pub steps: Vec<Step>,
}
