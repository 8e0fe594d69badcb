//! The types of a pipeline, in the order in which the keys are printed.
//!
//! Serialising is for templates, which see the field names; deserialising is for YAML, which has
//! Azure's. `None` and what is empty are not printed, except where absence means something else.
//! Counts and booleans are strings where Azure's schema says so.

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize};

use crate::plan::{Comment, Mapping};

/// A pipeline file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Pipeline {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// The pushes that start it.
    pub trigger: Trigger,
    /// The pull requests that start it.
    pub pr: PullRequests,
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

/// Which pushes start a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Branches.
    pub branches: Filter,
    /// Tags.
    pub tags: Option<Filter>,
}

/// Names and patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// These.
    #[serde(default)]
    pub include: Vec<String>,
    /// Not these.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// Which pull requests start a pipeline: `none`, or those into some branches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PullRequests {
    /// The branches they go into; `None` for no pull request.
    pub branches: Option<Filter>,
}

impl<'de> Deserialize<'de> for PullRequests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PullRequestsVisitor)
    }
}

struct PullRequestsVisitor;

impl<'de> Visitor<'de> for PullRequestsVisitor {
    type Value = PullRequests;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`none` or a mapping with `branches`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<PullRequests, E> {
        match text {
            "none" => Ok(PullRequests { branches: None }),
            _ => Err(E::unknown_variant(text, &["none"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PullRequests, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Into {
            branches: Filter,
        }
        let into = Into::deserialize(MapAccessDeserializer::new(map))?;
        Ok(PullRequests {
            branches: Some(into.branches),
        })
    }
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Pool {
    /// The image of a Microsoft-hosted agent.
    pub vm_image: String,
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

/// A step: the first four keys say of which kind it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Step {
    /// Why it is there, where that is not plain.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// `none`: do not fetch the artifacts of the run.
    pub download: Option<String>,
    /// `self`: fetch the repository.
    pub checkout: Option<String>,
    /// A built-in task.
    pub task: Option<String>,
    /// A script.
    pub bash: Option<String>,
    /// What people see in the log.
    pub display_name: Option<String>,
    /// What other steps and jobs call it.
    pub name: Option<String>,
    /// The condition.
    pub condition: Option<String>,
    /// Whether the job goes on, with a warning, when it fails.
    pub continue_on_error: Option<String>,
    /// How long it may take.
    pub timeout_in_minutes: Option<String>,
    /// Of a checkout: how many commits.
    pub fetch_depth: Option<String>,
    /// Of a checkout: whether the token stays in `.git/config`.
    pub persist_credentials: Option<String>,
    /// What the task is told.
    pub inputs: Option<Inputs>,
    /// Of a script: the folder.
    pub working_directory: Option<String>,
    /// Its variables.
    #[serde(default)]
    pub env: Mapping<String>,
}

/// The inputs of every task that is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Inputs {
    /// `UsePythonVersion`: the interpreter's version.
    pub version_spec: Option<String>,
    /// `PublishTestResults`: `JUnit`.
    pub test_results_format: Option<String>,
    /// `PublishTestResults`: the reports.
    pub test_results_files: Option<String>,
    /// `PublishTestResults`: where they are.
    pub search_folder: Option<String>,
    /// `PublishTestResults`: what people see.
    pub test_run_title: Option<String>,
    /// `PublishTestResults`: whether no report is a failure.
    pub fail_task_on_missing_results_file: Option<bool>,
    /// `DownloadPipelineArtifact`: of which run.
    pub build_type: Option<String>,
    /// `DownloadPipelineArtifact`: the name.
    pub artifact_name: Option<String>,
    /// `PublishPipelineArtifact`: the name.
    pub artifact: Option<String>,
    /// Artifacts: the file or folder to read, or the folder to write to.
    pub target_path: Option<String>,
}
