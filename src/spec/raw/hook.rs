//! Hooks of the generated pipelines, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

/// A file of your own that the pipelines call before or after a stage, a job or a step. It gets the plan of that place as JSON.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// The pipeline. Without it a stage has its hook in every one, and a job is looked for in all.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["deliver"]))]
    pub pipeline: Option<String>,
    /// The stage, wherever the machine of a CI job runs it.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["train"]))]
    pub stage: Option<String>,
    /// Instead of a stage: the job's id, as it stands in the GitHub workflow. The hook is then a job of its own.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["prod"]))]
    pub job: Option<String>,
    /// With `job`: one of its steps, by its name in lower case, with `-` for everything but letters and digits.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["gate-promote"]))]
    pub step: Option<String>,
    /// What is called before it. Where that fails, it does not run.
    #[schemars(extend("default" = null, "examples" = [{"github": ".github/actions/fetch-data", "azure": "ci/fetch-data.yml"}]))]
    pub before: Option<HookFiles>,
    /// What is called after it, when all went well.
    #[schemars(extend("default" = null, "examples" = [{"github": ".github/workflows/announce.yml"}]))]
    pub after: Option<HookFiles>,
    /// The names of the secrets that it gets on GitHub. None in `ci`, which runs what anyone proposes.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [["CHAT_WEBHOOK"]]))]
    pub secrets: Vec<String>,
}

/// The files of a hook. On a provider without one nothing is called.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HookFiles {
    /// What GitHub calls, from the repository root: beside a job a reusable workflow in `.github/workflows/`, beside a stage or a step the folder of an action.
    #[schemars(length(min = 1), extend("default" = null, "examples" = [".github/actions/fetch-data", ".github/workflows/announce.yml"]))]
    pub github: Option<String>,
    /// The steps template that Azure calls, from the repository root.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["ci/fetch-data.yml"]))]
    pub azure: Option<String>,
}
