//! The types of a workflow, in the order in which the keys are printed.
//!
//! Serialising is for templates, which see the field names; deserialising is for YAML, which has
//! GitHub's. `None` and what is empty are not printed.

use serde::{Deserialize, Serialize};

use super::events::Triggers;
use super::parts::{Inputs, Step};
use super::runner::RunsOn;
use crate::plan::{Comment, Mapping};

/// A workflow file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// What people see in the list of workflows.
    pub name: String,
    /// What starts it.
    pub on: Triggers,
    /// What every job may do that does not say so itself: nothing.
    pub permissions: Nothing,
    /// What runs at the same time.
    pub concurrency: Concurrency,
    /// Variables of every job.
    #[serde(default)]
    pub env: Mapping<String>,
    /// How `run` lines are run.
    pub defaults: Defaults,
    /// The jobs by id.
    pub jobs: Mapping<Job>,
}

/// `{}`: no permission at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Runs of one group come one after the other; of those that wait, only the newest is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "kebab-case"))]
pub struct Concurrency {
    /// Why so.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// The group's name.
    pub group: String,
    /// Whether a new run stops the running one.
    pub cancel_in_progress: bool,
}

/// How `run` lines are run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// Of `run` steps.
    pub run: Run,
}

/// How `run` lines are run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "kebab-case"))]
pub struct Run {
    /// `bash`: stops at the first failure, in a pipe too.
    pub shell: String,
    /// The folder, where it is not the repository's root.
    pub working_directory: Option<String>,
}

/// A job: steps on a machine, or a call of a reusable workflow (`uses`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "kebab-case"))]
pub struct Job {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// What people see, and what branch protection requires.
    pub name: String,
    /// The condition.
    #[serde(rename(deserialize = "if"))]
    pub condition: Option<String>,
    /// The ids of the jobs before it.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The machine.
    pub runs_on: Option<RunsOn>,
    /// The image that it runs in.
    pub container: Option<String>,
    /// How long it may take.
    pub timeout_minutes: Option<u32>,
    /// The environment that holds its secrets and approvals.
    pub environment: Option<String>,
    /// What its token may do, by what it may do it to.
    #[serde(default)]
    pub permissions: Mapping<Permission>,
    /// Variables of every step.
    #[serde(default)]
    pub env: Mapping<String>,
    /// How `run` lines are run, where it differs from the workflow's.
    pub defaults: Option<Defaults>,
    /// What it hands to later jobs.
    #[serde(default)]
    pub outputs: Mapping<String>,
    /// The reusable workflow that it calls.
    pub uses: Option<String>,
    /// What that is told.
    #[serde(rename(deserialize = "with"))]
    pub inputs: Option<Inputs>,
    /// The secrets that it gets, by name.
    #[serde(default)]
    pub secrets: Mapping<String>,
    /// What it does.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// What a job's token may do to something, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Access")]
pub struct Permission {
    /// How much.
    pub access: Access,
    /// What for.
    pub comment: Comment,
}

impl From<Access> for Permission {
    fn from(access: Access) -> Self {
        Self {
            access,
            comment: Comment::default(),
        }
    }
}

/// A degree of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// To look.
    Read,
    /// To change.
    Write,
}
