//! The spec from the top, but for its gates.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Number, Value};

use super::{Ci, Databricks, Gate, QualityMonitor, QuartzSchedule, Serving, ServingHere, Wheel};

/// How a model is made: its stages, where they are deployed, and the gates before it goes live.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "gatewright.yaml")]
pub struct Spec {
    /// The version of the spec format. This gatewright reads version 1.
    #[schemars(required, with = "u64", range(min = 1), extend("examples" = [1]))]
    pub version: Option<Number>,
    /// The project's name. It names the generated files, jobs and artifacts.
    #[schemars(required, regex(pattern = "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"), extend("examples" = ["taxi-fare"]))]
    pub project: Option<String>,
    /// The minor version of gatewright that the project uses. Pipelines install it, and other minor versions refuse to generate. Default: the version that runs.
    #[schemars(regex(pattern = "^[0-9]+\\.[0-9]+$"), extend("default" = null, "examples" = ["0.1"]))]
    pub gatewright: Option<String>,
    /// The model in the MLflow registry.
    #[schemars(extend("default" = {}, "examples" = [{"name": "taxi-fare"}]))]
    pub model: Option<Model>,
    /// Where MLflow keeps runs and models.
    #[schemars(extend("default" = {}, "examples" = [{"tracking_uri": "${MLFLOW_TRACKING_URI}"}]))]
    pub mlflow: Option<Mlflow>,
    /// How the Python project is installed, linted and tested.
    #[schemars(extend("default" = {}, "examples" = [{"version": "3.12", "test": "pytest"}]))]
    pub python: Option<Python>,
    /// Where stages run: on the machine of the CI job (`runner`), or as tasks of a job on Databricks.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::compute", extend("default" = "runner", "examples" = ["databricks", {"cluster": {"spark_version": "17.3.x-cpu-ml-scala2.13", "node_type_id": "Standard_D4ds_v5", "num_workers": 2}}]))]
    pub compute: Option<Value>,
    /// The steps of making the model, by name. They run in the order that `needs` asks for.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"train": {"run": "python -m taxi_fare.train"}}]))]
    pub stages: IndexMap<String, Stage>,
    /// Where the process is deployed, in promotion order.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"dev": {}, "prod": {"deploy": {"tag": "v*"}}}]))]
    pub environments: IndexMap<String, Environment>,
    /// The gates: named lists of checks that a candidate must pass.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"promote": {"checks": ["rmse <= 5.0"]}}]))]
    pub gates: IndexMap<String, Gate>,
    /// What a promotion takes.
    #[schemars(extend("default" = {}, "examples" = [{"gates": {"prod": ["promote"]}}]))]
    pub promotion: Option<Promotion>,
    /// What looks after the live model, by name: when, and in which environment.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"drift": {"schedule": "0 6 * * *", "environment": "prod"}}]))]
    pub monitors: IndexMap<String, Monitor>,
    /// How the live model is served, and how a new version gets its traffic.
    #[schemars(extend("default" = {}, "examples" = [{"online": {"endpoint": "taxi-fare"}}]))]
    pub serving: Option<Serving>,
    /// On Databricks: the tables of predictions that are profiled, by name.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"predictions": {"table": "predictions", "problem": "regression", "prediction_column": "prediction", "timestamp_column": "timestamp", "model_column": "model_version", "schedule": {"cron": "0 0 8 * * ?"}}}]))]
    pub quality_monitors: IndexMap<String, QualityMonitor>,
    /// Which pipelines are generated, and how.
    #[schemars(extend("default" = {}, "examples" = [{"github": {}, "azure": {}}]))]
    pub ci: Option<Ci>,
}

/// The model in the MLflow registry, and the aliases that give its versions their roles.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The registered model's name. Default: the project's name.
    #[schemars(length(min = 1, max = 256), extend("default" = null, "examples" = ["taxi-fare"]))]
    pub name: Option<String>,
    /// The aliases of the version under judgement and of the live one.
    #[schemars(extend("default" = {}, "examples" = [{"candidate": "challenger", "live": "champion"}]))]
    pub aliases: Option<Aliases>,
}

/// MLflow aliases. They are case-sensitive; `latest` and `v1`-like names are reserved by MLflow.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aliases {
    /// The alias of the version under judgement.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]+$"), length(max = 255), extend("default" = "challenger", "examples" = ["challenger"]))]
    pub candidate: Option<String>,
    /// The alias of the version that is live.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]+$"), length(max = 255), extend("default" = "champion", "examples" = ["champion"]))]
    pub live: Option<String>,
}

/// Where MLflow keeps runs and models. Values may hold `${NAME}` references to environment variables.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mlflow {
    /// The tracking store: `sqlite:///file.db` beside the spec, a server's URL, `databricks` (or `databricks://profile`), or the folder of a legacy file store, such as `./mlruns`. Default: the variable `MLFLOW_TRACKING_URI` where it is set, else `sqlite:///mlflow.db`.
    #[schemars(length(min = 1), extend("default" = "sqlite:///mlflow.db", "examples" = ["${MLFLOW_TRACKING_URI}", "https://mlflow.example.com", "databricks"]))]
    pub tracking_uri: Option<String>,
    /// The model registry, where it is not the tracking store: any store that `tracking_uri` takes, and `databricks-uc` for Unity Catalog. Default: the variable `MLFLOW_REGISTRY_URI` where it is set, else the tracking store; with `databricks` that is Unity Catalog. The older registry of a workspace, `registry_uri: databricks`, has no aliases.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["https://registry.example.com", "databricks-uc"]))]
    pub registry_uri: Option<String>,
    /// The experiment that training runs belong to. Default: the project's name.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["taxi-fare"]))]
    pub experiment: Option<String>,
}

/// How the Python project is prepared on a fresh machine. `uv` is there already.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Python {
    /// The interpreter's version. Quote it: without quotes 3.10 is the number 3.1.
    #[schemars(regex(pattern = "^3\\.[0-9]{1,2}(\\.[0-9]{1,3})?$"), extend("default" = "3.12", "examples" = ["3.12"]))]
    pub version: Option<String>,
    /// Shell command that installs the project.
    #[schemars(length(min = 1), extend("default" = "uv sync", "examples" = ["uv sync --locked"]))]
    pub install: Option<String>,
    /// Shell command that checks style. An empty string leaves it out.
    #[schemars(extend("default" = "ruff check .", "examples" = ["ruff check . && ruff format --check ."]))]
    pub lint: Option<String>,
    /// Shell command that runs the tests and writes `test_report`. An empty string leaves it out.
    #[schemars(extend("default" = "pytest --junitxml=test-results.xml", "examples" = ["pytest --junitxml=test-results.xml"]))]
    pub test: Option<String>,
    /// The JUnit report that `test` writes, relative to the spec.
    #[schemars(length(min = 1), extend("default" = "test-results.xml", "examples" = ["test-results.xml"]))]
    pub test_report: Option<String>,
}

/// One step of making the model.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"run": "python -m taxi_fare.train"}]))]
pub struct Stage {
    /// The shell command (bash), run in the spec's folder with the project's virtual environment. A stage on Databricks has a `notebook`, a `python_file` or a `wheel` instead.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["python -m taxi_fare.train"]))]
    pub run: Option<String>,
    /// On Databricks: the notebook, relative to the spec.
    #[schemars(regex(pattern = "\\.(py|ipynb|sql|r|R|scala)$"), extend("default" = null, "examples" = ["notebooks/train.py"]))]
    pub notebook: Option<String>,
    /// On Databricks: the Python file, relative to the spec.
    #[schemars(regex(pattern = "\\.py$"), extend("default" = null, "examples" = ["src/train.py"]))]
    pub python_file: Option<String>,
    /// On Databricks: a function in the project's wheel, which is built when it is deployed.
    #[schemars(extend("default" = null, "examples" = [{"package": "taxi_fare", "entry_point": "train"}]))]
    pub wheel: Option<Wheel>,
    /// On Databricks: what the task is told: the widgets of a notebook, `--name=value` of the others. `${var.catalog}` and `{{job.parameters.model_name}}` are filled in.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"rows": "10000", "model": "{{job.parameters.model_name}}"}]))]
    pub parameters: IndexMap<String, String>,
    /// On Databricks: the compute of this stage, where it is not the environment's.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::compute", extend("default" = null, "examples" = [{"serverless": true}]))]
    pub compute: Option<Value>,
    /// On Databricks: a stage with a schedule is a job of its own, outside of training: writing features, scoring.
    #[schemars(extend("default" = null, "examples" = [{"cron": "0 0 11 * * ?", "timezone": "UTC"}]))]
    pub schedule: Option<QuartzSchedule>,
    /// The stages that must have succeeded before.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [["train"]]))]
    pub needs: Vec<String>,
    /// Extra environment variables, as literal text. Secrets belong under `environments`.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"TAXI_MAX_ITER": "400"}]))]
    pub env: IndexMap<String, String>,
    /// How long it may take: minutes or hours, such as `45m` or `2h`.
    #[schemars(regex(pattern = "^[1-9][0-9]*(m|h)$"), extend("default" = "60m", "examples" = ["45m", "2h"]))]
    pub timeout: Option<String>,
    /// How often it is tried again after a failure.
    #[serde(default)]
    #[schemars(with = "u64", range(min = 0, max = 5), extend("default" = 0, "examples" = [2]))]
    pub retries: Option<Number>,
}

/// One place where the process is deployed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"deploy": {"branch": "main"}}]))]
pub struct Environment {
    /// What deploys it. Without it no pipeline does.
    #[schemars(extend("default" = null, "examples" = [{"branch": "main"}, {"tag": "v*"}]))]
    pub deploy: Option<Deploy>,
    /// Who must approve, after the gate passed, before a model may go live there.
    #[schemars(extend("default" = null, "examples" = [{"reviewers": ["ml-leads"]}]))]
    pub approval: Option<Approval>,
    /// Its MLflow stores, where they differ from the spec's.
    #[schemars(extend("default" = {}, "examples" = [{"tracking_uri": "${MLFLOW_TRACKING_URI}"}]))]
    pub mlflow: Option<Mlflow>,
    /// Its registered model, where that differs from the spec's.
    #[schemars(extend("default" = {}, "examples" = [{"name": "prod.ml.taxi_fare", "copy_from": "staging"}, {"aliases": {"live": "champion-prod"}}]))]
    pub model: Option<EnvironmentModel>,
    /// Plain settings, handed to every stage as environment variables.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"REGION": "eu"}]))]
    pub variables: IndexMap<String, String>,
    /// Where stages run here, where it is not the spec's `compute`.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::compute", extend("default" = null, "examples" = [{"serverless": true}]))]
    pub compute: Option<Value>,
    /// Its workspace on Databricks.
    #[schemars(extend("default" = null, "examples" = [{"host": "https://adb-1234567890123456.7.azuredatabricks.net", "catalog": "prod"}]))]
    pub databricks: Option<Databricks>,
    /// Names of secrets, handed to every stage and gate as environment variables. Never their values.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [["MLFLOW_TRACKING_TOKEN"]]))]
    pub secrets: Vec<String>,
    /// Shell command (bash) that looks at what is live after a promotion, run like a stage. Where it fails, the version that was live before is put back.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["python -m taxi_fare.smoke"]))]
    pub verify: Option<String>,
    /// What is served elsewhere here.
    #[schemars(extend("default" = {}, "examples" = [{"endpoint": "taxi-fare-prod"}]))]
    pub serving: Option<ServingHere>,
    /// How it signs in. To Databricks: `oidc` with the identity of the job, `token` with the secret `DATABRICKS_TOKEN`. Default: `oidc` where there is `databricks`, or the store is Databricks. The CI system keeps the variables `DATABRICKS_CLIENT_ID`, for `oidc`, and `DATABRICKS_HOST`, where there is no `databricks`. `azure` signs the commands of its stages in to Azure, with the identity of the job: on GitHub by the variables `AZURE_CLIENT_ID`, `AZURE_TENANT_ID` and `AZURE_SUBSCRIPTION_ID`, on Azure DevOps by `ci.azure.service_connection`. Databricks is then signed in to as by default.
    #[schemars(extend("default" = null, "examples" = ["oidc", "azure"], "enum" = ["oidc", "token", "azure"]))]
    pub auth: Option<String>,
}

/// The registered model of one environment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentModel {
    /// The registered model's name; in Unity Catalog `catalog.schema.name`. Default: the spec's.
    #[schemars(length(min = 1, max = 256), extend("default" = null, "examples" = ["prod.ml.taxi_fare"]))]
    pub name: Option<String>,
    /// The aliases of the version under judgement and of the live one. Default: the spec's.
    #[schemars(extend("default" = {}, "examples" = [{"candidate": "challenger-prod", "live": "champion-prod"}]))]
    pub aliases: Option<Aliases>,
    /// An earlier environment whose live version is the candidate here: a promotion copies it from that environment's model to this one's.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["staging"]))]
    pub copy_from: Option<String>,
}

/// The event that deploys an environment: a branch or a tag, not both.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deploy {
    /// A push to this branch.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["main"]))]
    pub branch: Option<String>,
    /// A push of a tag that matches this pattern; `*` stands for anything.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["v*"]))]
    pub tag: Option<String>,
}

/// A person's word. The reviewers are set on the CI system's environment; this says who they should be.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Users or teams, as the CI system knows them.
    #[schemars(required, length(min = 1), extend("examples" = [["ml-leads"]]))]
    pub reviewers: Option<Vec<String>>,
    /// Whether who started the run may approve it.
    #[schemars(extend("default" = false, "examples" = [false]))]
    pub self_review: Option<bool>,
    /// The tag of the model version that the approval task of a Databricks deployment job sets. A promotion asks that its value is `Approved`.
    #[schemars(length(min = 1, max = 250), extend("default" = null, "examples" = ["approval_check"]))]
    pub tag: Option<String>,
}

/// What a promotion takes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The gates that each environment needs, by environment. Default: every environment needs every gate.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"prod": ["promote"]}]))]
    pub gates: IndexMap<String, Vec<String>>,
    /// How old a decision may be when it is acted on: minutes, hours or days, such as `30m`, `24h` or `2d`.
    #[schemars(regex(pattern = "^[1-9][0-9]{0,4}(m|h|d)$"), extend("default" = "24h", "examples" = ["24h", "30m"]))]
    pub max_decision_age: Option<String>,
    /// Whether a promotion needs a signed attestation of its decision.
    #[schemars(extend("default" = false, "examples" = [true]))]
    pub require_attestation: Option<bool>,
    /// Whose attestations count: a key's, or a GitHub repository's.
    #[schemars(extend("default" = {}, "examples" = [{"key": "keys/attestation.pem"}, {"repository": "acme/taxi-fare"}]))]
    pub attestation: Option<Attestation>,
    /// Whether the GitHub pipeline signs each decision as an attestation. Private repositories need GitHub Enterprise Cloud for that. On Azure DevOps the statement is kept, unsigned, with the decisions.
    #[schemars(extend("default" = false, "examples" = [true]))]
    pub attest: Option<bool>,
}

/// What looks after the live model.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"schedule": "0 6 * * *", "environment": "prod"}]))]
pub struct Monitor {
    /// When it looks, in UTC: minute, hour, day of the month, month, day of the week.
    #[schemars(required, length(min = 1), extend("examples" = ["0 6 * * *"]))]
    pub schedule: Option<String>,
    /// The environment whose model it looks after.
    #[schemars(required, length(min = 1), extend("examples" = ["prod"]))]
    pub environment: Option<String>,
}

/// Whose attestations count. With a key and a repository, either one's do.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The PEM file of a public key, Ed25519 or ECDSA P-256, relative to the spec. Its private half signs with `gatewright attest sign`.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["keys/attestation.pem"]))]
    pub key: Option<String>,
    /// The GitHub repository whose workflows sign, as `owner/name`. `gh attestation verify` is asked.
    #[schemars(regex(pattern = "^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$"), length(max = 140), extend("default" = null, "examples" = ["acme/taxi-fare"]))]
    pub repository: Option<String>,
    /// With `repository`: the one workflow that may sign, by its path. Default: any workflow of the repository.
    #[schemars(regex(pattern = "^\\.github/workflows/[A-Za-z0-9._-]+\\.ya?ml$"), extend("default" = null, "examples" = [".github/workflows/taxi-fare-deliver.yml"]))]
    pub workflow: Option<String>,
}
