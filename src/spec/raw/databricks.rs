//! Compute on Databricks, as it is written: where stages run, and what a workspace needs to know.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// Where stages run, with settings.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComputeSettings {
    /// `runner` is the machine of the CI job; `databricks` is a Lakeflow job, deployed by a bundle.
    #[schemars(extend("default" = "databricks", "examples" = ["databricks"], "enum" = ["runner", "databricks"]))]
    pub kind: Option<String>,
    /// Whether Databricks chooses the machines. Default: true, unless there is a `cluster`.
    #[schemars(extend("default" = null, "examples" = [true]))]
    pub serverless: Option<bool>,
    /// The version of the serverless environment, which fixes its Python.
    #[schemars(regex(pattern = "^[1-9][0-9]?$"), extend("default" = "4", "examples" = ["4"]))]
    pub environment_version: Option<String>,
    /// Packages from PyPI for `python_file` and `wheel` stages. A notebook installs its own.
    #[serde(default)]
    #[schemars(inner(regex(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*(\\[[A-Za-z0-9,._-]+\\])?((==[A-Za-z0-9.+!_-]+(\\.\\*)?|(>=|<=|~=|!=|>|<)[A-Za-z0-9.+!_-]+)(,(==[A-Za-z0-9.+!_-]+(\\.\\*)?|(>=|<=|~=|!=|>|<)[A-Za-z0-9.+!_-]+))*)?$")), extend("default" = [], "examples" = [["scikit-learn==1.7.*"]]))]
    pub dependencies: Vec<String>,
    /// A cluster that lives as long as the job, instead of serverless.
    #[schemars(extend("default" = null, "examples" = [{"spark_version": "17.3.x-cpu-ml-scala2.13", "node_type_id": "Standard_D4ds_v5", "num_workers": 2}]))]
    pub cluster: Option<Cluster>,
}

/// The cluster of a job.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// The version of the Databricks runtime.
    #[schemars(required, length(min = 1), extend("examples" = ["17.3.x-cpu-ml-scala2.13"]))]
    pub spark_version: Option<String>,
    /// The machine type of driver and workers.
    #[schemars(required, length(min = 1), extend("examples" = ["Standard_D4ds_v5"]))]
    pub node_type_id: Option<String>,
    /// How many workers there are.
    #[schemars(with = "Option<u32>", extend("default" = null, "examples" = [2]))]
    pub num_workers: Option<serde_json::Number>,
    /// Between how many and how many workers, instead of `num_workers`.
    #[schemars(extend("default" = null, "examples" = [{"min_workers": 1, "max_workers": 4}]))]
    pub autoscale: Option<Autoscale>,
    /// The cluster policy that it has to keep to.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["60A1B2C3D4E5F607"]))]
    pub policy_id: Option<String>,
    /// Settings of Spark.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"spark.sql.shuffle.partitions": "64"}]))]
    pub spark_conf: IndexMap<String, String>,
    /// Tags that the bill shows.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"team": "ml"}]))]
    pub custom_tags: IndexMap<String, String>,
}

/// A range of workers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Autoscale {
    /// The fewest.
    #[schemars(required, with = "u32", extend("examples" = [1]))]
    pub min_workers: Option<serde_json::Number>,
    /// The most.
    #[schemars(required, with = "u32", extend("examples" = [4]))]
    pub max_workers: Option<serde_json::Number>,
}

/// A function in a wheel.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wheel {
    /// The package's name.
    #[schemars(required, regex(pattern = "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"), extend("examples" = ["taxi_fare"]))]
    pub package: Option<String>,
    /// The entry point, as the package's metadata names it.
    #[schemars(required, regex(pattern = "^[A-Za-z_][A-Za-z0-9._-]*$"), extend("examples" = ["train"]))]
    pub entry_point: Option<String>,
}

/// When a job runs by itself.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuartzSchedule {
    /// A Quartz cron line: second, minute, hour, day of the month, month, day of the week, and perhaps year. One of the two days is `?`.
    #[schemars(required, length(min = 1), extend("examples" = ["0 0 9 * * ?"]))]
    pub cron: Option<String>,
    /// The time zone, by its IANA name.
    #[schemars(regex(pattern = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"), extend("default" = "UTC", "examples" = ["Europe/Berlin"]))]
    pub timezone: Option<String>,
}

/// The workspace of an environment, and who may do what there.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Databricks {
    /// The workspace's address.
    #[schemars(required, regex(pattern = "^https://[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]$"), extend("examples" = ["https://adb-1234567890123456.7.azuredatabricks.net"]))]
    pub host: Option<String>,
    /// The catalog of the model, its tables and its features.
    #[schemars(required, regex(pattern = "^[A-Za-z0-9_-]{1,255}$"), extend("examples" = ["prod"]))]
    pub catalog: Option<String>,
    /// The schema in the catalog. Default: the project's name, with `_` for `-`.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,255}$"), extend("default" = null, "examples" = ["taxi_fare"]))]
    pub schema: Option<String>,
    /// The application id of the service principal that jobs run as. Production needs one.
    #[schemars(regex(pattern = "^[A-Za-z0-9-]{1,64}$"), extend("default" = null, "examples" = ["0f3a5c7e-9b1d-4f60-81a2-c3e4f5061728"]))]
    pub service_principal: Option<String>,
    /// `development` gives each person a copy of their own with its schedules paused; `production` is there once. Default: `production` where `deploy` says what deploys it.
    #[schemars(extend("default" = null, "examples" = ["production"], "enum" = ["development", "production"]))]
    pub mode: Option<String>,
    /// The folder in the workspace that the bundle is deployed to. Default: in the home of the service principal, or of the person.
    #[schemars(regex(pattern = "^(~|/Workspace)(/[A-Za-z0-9._@{}$ -]+)+$"), extend("default" = null, "examples" = ["/Workspace/Users/0f3a5c7e-9b1d-4f60-81a2-c3e4f5061728/.bundle/taxi-fare"]))]
    pub workspace_path: Option<String>,
    /// Who may see, run and manage what is deployed.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [[{"group": "ml-team", "level": "CAN_VIEW"}]]))]
    pub permissions: Vec<Permission>,
    /// What Unity Catalog lets others do with the model.
    #[serde(default)]
    #[schemars(extend("default" = [], "examples" = [[{"principal": "scoring", "privileges": ["EXECUTE"]}]]))]
    pub grants: Vec<Grant>,
    /// Who is told.
    #[schemars(extend("default" = {}, "examples" = [{"on_failure": ["ml@example.com"]}]))]
    pub notifications: Option<Notifications>,
    /// When the job of the stages, gates and promotion runs by itself: the retraining. Paused in development.
    #[schemars(extend("default" = null, "examples" = [{"cron": "0 0 9 * * ?", "timezone": "Europe/Berlin"}]))]
    pub schedule: Option<QuartzSchedule>,
}

/// What one group, person or service principal may do.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"group": "ml-team", "level": "CAN_VIEW"}]))]
pub struct Permission {
    /// A group's name.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["ml-team"]))]
    pub group: Option<String>,
    /// A person's e-mail address.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["ann@example.com"]))]
    pub user: Option<String>,
    /// A service principal's application id.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["0f3a5c7e-9b1d-4f60-81a2-c3e4f5061728"]))]
    pub service_principal: Option<String>,
    /// The level.
    #[schemars(required, extend("examples" = ["CAN_VIEW"], "enum" = ["CAN_VIEW", "CAN_RUN", "CAN_MANAGE"]))]
    pub level: Option<String>,
}

/// What a principal may do with the model.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"principal": "scoring", "privileges": ["EXECUTE"]}]))]
pub struct Grant {
    /// A user, group or service principal.
    #[schemars(required, length(min = 1), extend("examples" = ["scoring"]))]
    pub principal: Option<String>,
    /// The privileges.
    #[schemars(required, length(min = 1), inner(regex(pattern = "^(ALL_PRIVILEGES|APPLY_TAG|CREATE_MODEL_VERSION|EXECUTE|MANAGE)$")), extend("examples" = [["EXECUTE"]]))]
    pub privileges: Option<Vec<String>>,
}

/// Who is told by e-mail.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notifications {
    /// When a job fails, and that is when a gate blocks as well.
    #[serde(default)]
    #[schemars(inner(regex(pattern = "^[^\\s@]+@[^\\s@]+$")), extend("default" = [], "examples" = [["ml@example.com"]]))]
    pub on_failure: Vec<String>,
}

/// A table of predictions that Databricks profiles, on its schedule.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"table": "predictions", "problem": "regression", "prediction_column": "prediction", "timestamp_column": "timestamp", "model_column": "model_version"}]))]
pub struct QualityMonitor {
    /// The table, in the environment's catalog and schema.
    #[schemars(required, regex(pattern = "^[A-Za-z0-9_]{1,255}$"), extend("examples" = ["predictions"]))]
    pub table: Option<String>,
    /// What the model predicts: a number or a class.
    #[schemars(required, extend("examples" = ["regression"], "enum" = ["regression", "classification"]))]
    pub problem: Option<String>,
    /// The column with the prediction.
    #[schemars(required, regex(pattern = "^[A-Za-z0-9_]{1,255}$"), extend("examples" = ["prediction"]))]
    pub prediction_column: Option<String>,
    /// The column with the time of the prediction.
    #[schemars(required, regex(pattern = "^[A-Za-z0-9_]{1,255}$"), extend("examples" = ["timestamp"]))]
    pub timestamp_column: Option<String>,
    /// The column with the version of the model.
    #[schemars(required, regex(pattern = "^[A-Za-z0-9_]{1,255}$"), extend("examples" = ["model_version"]))]
    pub model_column: Option<String>,
    /// The column with the truth, where it becomes known.
    #[schemars(regex(pattern = "^[A-Za-z0-9_]{1,255}$"), extend("default" = null, "examples" = ["fare"]))]
    pub label_column: Option<String>,
    /// The lengths of the windows that are compared.
    #[serde(default)]
    #[schemars(inner(regex(pattern = "^(5 minutes|30 minutes|1 hour|1 day|[1-9][0-9]? weeks?|1 month|1 year)$")), extend("default" = ["1 day"], "examples" = [["1 day"]]))]
    pub granularities: Vec<String>,
    /// When the profile is made anew.
    #[schemars(required, extend("examples" = [{"cron": "0 0 8 * * ?"}]))]
    pub schedule: Option<QuartzSchedule>,
    /// When a job asks the monitor, and retrains where it finds a violation. Default: never.
    #[schemars(extend("default" = null, "examples" = [{"cron": "0 0 18 * * ?"}]))]
    pub retrain: Option<QuartzSchedule>,
}
