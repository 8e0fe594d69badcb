//! What is written about the CI systems.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Hook, Patch};

/// Which pipelines are generated. A provider that is absent gets none.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ci {
    /// GitHub Actions workflows, in `.github/workflows/`.
    #[schemars(extend("default" = null, "examples" = [{}, {"runner": "ubuntu-24.04-arm"}]))]
    pub github: Option<Github>,
    /// Azure DevOps pipelines, in `.azure/pipelines/`.
    #[schemars(extend("default" = null, "examples" = [{}, {"vm_image": "ubuntu-24.04"}]))]
    pub azure: Option<Azure>,
    /// A folder of templates that are used in place of the built-in ones, from the repository root. `gatewright templates eject` puts one there.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["ci/templates"]))]
    pub templates: Option<String>,
    /// Generated files that are the project's own from now on, by their paths from the repository root: they are neither written nor compared.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [[".github/workflows/taxi-fare-ci.yml"]]))]
    pub detach: Vec<String>,
    /// Files of your own that the pipelines call before or after a stage, a job or a step, in this order.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [[{"stage": "train", "before": {"github": ".github/actions/fetch-data"}}]]))]
    pub hooks: Vec<Hook>,
    /// Files outside the project's folder whose change is a change of the project, such as code that projects share: paths and patterns from the repository root, where `*` stands for anything but `/`, and `**` for any folders. Of a project at the root every change counts.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [["libs/features/**", "uv.lock"]]))]
    pub paths: Vec<String>,
    /// Changes of the planned pipelines, by the ids of jobs and steps, in this order.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [[{"job": "test", "step": "lint", "insert_after": {"name": "Check types", "run": "mypy ."}}]]))]
    pub patches: Vec<Patch>,
    /// What pipelines do on Databricks for a proposed change.
    #[schemars(extend("default" = {}, "examples" = [{"preview": true}]))]
    pub databricks: Option<CiDatabricks>,
    /// How a pipeline gets gatewright.
    #[schemars(extend("default" = {"from": "pypi"}, "examples" = [{"from": "pypi"}, {"from": "path", "path": "/opt/gatewright/bin"}]))]
    pub install: Option<Install>,
}

/// GitHub Actions settings.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Github {
    /// The runner of every job: a label, all of several labels, or a group of runners. Name the image: `ubuntu-latest` moves under you.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::runner", extend("default" = "ubuntu-24.04", "examples" = ["ubuntu-24.04", ["self-hosted", "linux"], {"group": "models"}]))]
    pub runner: Option<Value>,
    /// Environment variables of every job, as literal text.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"UV_INDEX_URL": "https://pypi.example.com/simple"}]))]
    pub env: IndexMap<String, String>,
    /// More times at which `ci` or `deliver` runs, on the main branch and in UTC.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"ci": ["0 3 * * 1"]}]))]
    pub schedules: IndexMap<String, Vec<String>>,
    /// The image that every job runs in, by its digest: a tag can be moved to other code.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["ghcr.io/example/ml@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]))]
    pub container: Option<String>,
    /// How long jobs may take, by pipeline and job.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"ci": {"train": "30m"}}]))]
    pub timeouts: IndexMap<String, IndexMap<String, String>>,
    /// What the tokens of jobs may do besides what gatewright needs, by pipeline, job and scope. Jobs that run a proposed change may only read.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"deliver": {"prod": {"packages": "read"}}}]))]
    pub permissions: IndexMap<String, IndexMap<String, IndexMap<String, String>>>,
    /// Whether `ci` keeps downloaded packages from run to run.
    #[schemars(extend("default" = false, "examples" = [true]))]
    pub caches: Option<bool>,
    /// What runs at the same time.
    #[schemars(extend("default" = {}, "examples" = [{"cancel_outdated": false}]))]
    pub concurrency: Option<Concurrency>,
    /// Whether the workflows run on a GitHub Enterprise Server, which has neither attestations nor the newer artifacts.
    #[schemars(extend("default" = false, "examples" = [true]))]
    pub enterprise_server: Option<bool>,
    /// Action pins that replace the built-in ones: `owner/name` to `<40 hexadecimal digits> # <version>`.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"actions/checkout": "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"}]))]
    pub pins: IndexMap<String, String>,
}

/// Azure DevOps settings.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Azure {
    /// The Microsoft-hosted image of every job.
    #[schemars(length(min = 1), extend("default" = "ubuntu-24.04", "examples" = ["ubuntu-24.04"]))]
    pub vm_image: Option<String>,
    /// A pool of your own agents, instead of `vm_image`.
    #[schemars(extend("default" = null, "examples" = [{"name": "models", "demands": ["docker"]}]))]
    pub pool: Option<Pool>,
    /// Environment variables of every job, as literal text.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"UV_INDEX_URL": "https://pypi.example.com/simple"}]))]
    pub env: IndexMap<String, String>,
    /// More times at which `ci` or `deliver` runs, on the main branch and in UTC.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"ci": ["0 3 * * 1"]}]))]
    pub schedules: IndexMap<String, Vec<String>>,
    /// The image that every job runs in, by its digest: a tag can be moved to other code.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["example.azurecr.io/ml@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]))]
    pub container: Option<String>,
    /// How long jobs may take, by pipeline and job.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"ci": {"train": "30m"}}]))]
    pub timeouts: IndexMap<String, IndexMap<String, String>>,
    /// The service connection to Azure that signs in the commands of environments with `auth: azure`. Its kind is workload identity federation.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["taxi-fare-azure"]))]
    pub service_connection: Option<String>,
    /// Other service connections, by the environment on Azure DevOps: `prod`, or `prod-promotion` for what follows the approval.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"prod": "taxi-fare-azure-prod"}]))]
    pub service_connections: IndexMap<String, String>,
}

/// A group of runners, and the labels a runner of it must have.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"group": "models", "labels": ["gpu"]}]))]
pub struct RunnerGroup {
    /// The group's name.
    #[schemars(required, length(min = 1), extend("examples" = ["models"]))]
    pub group: Option<String>,
    /// The labels.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [["gpu"]]))]
    pub labels: Vec<String>,
}

/// What runs at the same time.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Concurrency {
    /// Whether a new push to a pull request stops the run of the one before. Deliveries are never stopped.
    #[schemars(extend("default" = true, "examples" = [false]))]
    pub cancel_outdated: Option<bool>,
}

/// What pipelines do on Databricks for a proposed change. Never for a fork.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CiDatabricks {
    /// Whether `ci` says what the change would do to each environment in production, signed in as a principal that may only read.
    #[schemars(extend("default" = true, "examples" = [false]))]
    pub plan: Option<bool>,
    /// Whether each pull request is deployed and trained once, in a copy that is removed afterwards. It runs the author's code with an identity of its own.
    #[schemars(extend("default" = false, "examples" = [true]))]
    pub preview: Option<bool>,
}

/// A pool of agents.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"name": "models"}]))]
pub struct Pool {
    /// Its name.
    #[schemars(required, length(min = 1), extend("examples" = ["models"]))]
    pub name: Option<String>,
    /// What an agent of it must have.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [["docker"]]))]
    pub demands: Vec<String>,
}

/// How a pipeline gets gatewright.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Install {
    /// `pypi` installs the wheel that carries the binary, `cargo` compiles it, `path` takes the one on the runner.
    #[schemars(extend("default" = "pypi", "examples" = ["pypi"], "enum" = ["pypi", "cargo", "path"]))]
    pub from: Option<String>,
    /// With `from: path`: the folder on the runner that holds the binary.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["/opt/gatewright/bin"]))]
    pub path: Option<String>,
}
