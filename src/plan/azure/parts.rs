//! The types of a step, in the order in which the keys are printed.

use serde::{Deserialize, Serialize};

use crate::plan::{Comment, Mapping};

/// A step: the first five keys say of which kind it is.
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
    /// A file of steps.
    pub template: Option<String>,
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
    /// How often it is tried again after a failure.
    pub retry_count_on_task_failure: Option<String>,
    /// Of a checkout: how many commits.
    pub fetch_depth: Option<String>,
    /// Of a checkout: whether the token stays in `.git/config`.
    pub persist_credentials: Option<String>,
    /// What the task is told.
    pub inputs: Option<Inputs>,
    /// What the file of steps is told.
    pub parameters: Option<Parameters>,
    /// Of a script: the folder.
    pub working_directory: Option<String>,
    /// Its variables.
    #[serde(default)]
    pub env: Mapping<String>,
}

/// The parameters of a hook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The plan of its place, as JSON.
    pub plan: String,
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
