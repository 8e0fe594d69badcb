//! The types of a workflow, in the order in which the keys are printed.
//!
//! Serialising is for templates, which see the field names; deserialising is for YAML, which has
//! GitHub's. `None` and what is empty are not printed.

use serde::de::{Deserializer, Error, IgnoredAny};
use serde::{Deserialize, Serialize};

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

/// The events that start a workflow. A key without value is `true` here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// A pull request is opened or gets new commits.
    #[serde(default, deserialize_with = "present")]
    pub pull_request: bool,
    /// The merge queue asks for checks.
    #[serde(default, deserialize_with = "present")]
    pub merge_group: bool,
    /// Pushes.
    pub push: Option<Push>,
    /// A person, by hand.
    #[serde(default, deserialize_with = "present")]
    pub workflow_dispatch: bool,
}

/// Reads a key that has no value.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Option::<IgnoredAny>::deserialize(deserializer)? {
        None => Ok(true),
        Some(_) => Err(D::Error::custom("expected no value")),
    }
}

/// Which pushes start a workflow. Without branches no push of a branch does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// Names of branches.
    #[serde(default)]
    pub branches: Vec<String>,
    /// Patterns of tags.
    #[serde(default)]
    pub tags: Vec<String>,
}

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

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The runner's label.
    pub runs_on: String,
    /// How long it may take.
    pub timeout_minutes: u32,
    /// The environment that holds its secrets and approvals.
    pub environment: Option<String>,
    /// What its token may do, where that is anything.
    pub permissions: Option<Permissions>,
    /// Variables of every step.
    #[serde(default)]
    pub env: Mapping<String>,
    /// How `run` lines are run, where it differs from the workflow's.
    pub defaults: Option<Defaults>,
    /// What it hands to later jobs.
    #[serde(default)]
    pub outputs: Mapping<String>,
    /// What it does.
    pub steps: Vec<Step>,
}

/// What a job's token may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permissions {
    /// To the repository's files.
    pub contents: Access,
    /// What for.
    #[serde(skip_deserializing)]
    pub contents_comment: Comment,
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

/// A step: an action (`uses`) or a shell script (`run`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "kebab-case"))]
pub struct Step {
    /// Why it is there, where that is not plain.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// What people see in the log.
    pub name: String,
    /// What other steps call it.
    pub id: Option<String>,
    /// The condition.
    #[serde(rename(deserialize = "if"))]
    pub condition: Option<String>,
    /// Whether the job goes on as if nothing had happened when it fails.
    pub continue_on_error: Option<bool>,
    /// How long it may take.
    pub timeout_minutes: Option<u32>,
    /// `owner/name@<commit>`.
    pub uses: Option<String>,
    /// The version that the commit was released as.
    #[serde(skip_deserializing)]
    pub uses_comment: Comment,
    /// What the action is told.
    #[serde(rename(deserialize = "with"))]
    pub inputs: Option<Inputs>,
    /// Its variables.
    #[serde(default)]
    pub env: Mapping<String>,
    /// The script.
    pub run: Option<String>,
}

/// The inputs of every action that is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "kebab-case"))]
pub struct Inputs {
    /// Why so, where that is not plain.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// `actions/checkout`: whether the token stays in `.git/config`.
    pub persist_credentials: Option<bool>,
    /// `actions/setup-python`: the interpreter's version.
    pub python_version: Option<String>,
    /// `astral-sh/setup-uv`: whether packages are kept from run to run.
    pub enable_cache: Option<bool>,
    /// Artifacts: the name.
    pub name: Option<String>,
    /// Artifacts: the file or folder.
    pub path: Option<String>,
    /// `actions/upload-artifact`: what to do when there is nothing.
    pub if_no_files_found: Option<String>,
}
