//! The types of a step, in the order in which the keys are printed.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

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
    pub timeout_in_minutes: Option<Count>,
    /// How often it is tried again after a failure.
    pub retry_count_on_task_failure: Option<Count>,
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

/// How many. Azure's schema takes a number of a task, and text of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Count {
    /// Of a task.
    Number(u32),
    /// Of a script.
    Text(String),
}

impl Count {
    /// The same as a number, where it is one.
    #[must_use]
    pub fn as_number(self) -> Self {
        match &self {
            Self::Text(text) => text.parse().map_or(self, Self::Number),
            Self::Number(_) => self,
        }
    }
}

impl From<u32> for Count {
    fn from(count: u32) -> Self {
        Self::Text(count.to_string())
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u32(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Count;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number or text")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Count, E> {
        let number = u32::try_from(number).map_err(E::custom)?;
        Ok(Count::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Count, E> {
        Ok(Count::Text(text.to_owned()))
    }
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
    /// `AzureCLI`: the service connection.
    pub azure_subscription: Option<String>,
    /// `AzureCLI`: the shell.
    pub script_type: Option<String>,
    /// `AzureCLI`: that the script stands here.
    pub script_location: Option<String>,
    /// `AzureCLI`: the script.
    pub inline_script: Option<String>,
    /// `AzureCLI`: the script's folder.
    pub working_directory: Option<String>,
    /// `AzureCLI`: whether the session outlives its first token, which a workload identity's can.
    pub keep_az_session_active: Option<bool>,
}
