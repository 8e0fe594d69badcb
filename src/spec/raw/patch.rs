//! Patches of the generated pipelines, as they are written.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// One change of a planned pipeline: of a job, or of one of its steps. Exactly one of `set`, `insert_before`, `insert_after` and `remove` says which.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// The pipeline, where jobs of several have this id.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["ci"]))]
    pub pipeline: Option<String>,
    /// The job's id, as it stands in the GitHub workflow.
    #[schemars(required, length(min = 1), extend("examples" = ["test"]))]
    pub job: Option<String>,
    /// The step's id: its name in lower case, with `-` for everything but letters and digits. Without it the patch is of the job, and steps are inserted at its beginning or end.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["lint"]))]
    pub step: Option<String>,
    /// What is different about it.
    #[schemars(extend("default" = null, "examples" = [{"timeout": "45m"}]))]
    pub set: Option<PatchSettings>,
    /// A step to insert before it.
    #[schemars(extend("default" = null, "examples" = [{"name": "Fetch data", "run": "make data"}]))]
    pub insert_before: Option<PatchStep>,
    /// A step to insert after it.
    #[schemars(extend("default" = null, "examples" = [{"name": "Check types", "run": "mypy ."}]))]
    pub insert_after: Option<PatchStep>,
    /// Whether it is left out.
    #[schemars(extend("default" = false, "examples" = [true]))]
    pub remove: Option<bool>,
}

/// What is different about a job or a step.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchSettings {
    /// What people see.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["Lint everything"]))]
    pub name: Option<String>,
    /// The shell command of a step.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["ruff check . --output-format github"]))]
    pub run: Option<String>,
    /// How long it may take: minutes or hours.
    #[schemars(regex(pattern = "^[1-9][0-9]*(m|h)$"), extend("default" = null, "examples" = ["45m"]))]
    pub timeout: Option<String>,
    /// More environment variables, literal values only.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"REGION": "eu"}]))]
    pub env: IndexMap<String, String>,
}

/// A step of the user's own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchStep {
    /// What people see in the log.
    #[schemars(required, length(min = 1), extend("examples" = ["Check types"]))]
    pub name: Option<String>,
    /// The shell command, run in the spec's folder.
    #[schemars(required, length(min = 1), extend("examples" = ["mypy ."]))]
    pub run: Option<String>,
    /// How long it may take: minutes or hours. Default: as long as the job.
    #[schemars(regex(pattern = "^[1-9][0-9]*(m|h)$"), extend("default" = null, "examples" = ["10m"]))]
    pub timeout: Option<String>,
    /// Its environment variables, literal values only.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"MYPY_CACHE_DIR": "/tmp/mypy"}]))]
    pub env: IndexMap<String, String>,
}
