//! What a bundle deploys besides jobs.

use serde::{Deserialize, Serialize};

use super::Job;
use crate::plan::{Comment, Mapping};

/// A file of `resources/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceFile {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// What it holds.
    pub resources: Resources,
    /// What is different in a target, or only there.
    #[serde(default)]
    pub targets: Mapping<Overrides>,
}

/// What is different in a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// The differences, merged into what the file says above.
    pub resources: Resources,
}

/// Resources by kind and key, or what a target changes of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Jobs.
    #[serde(default)]
    pub jobs: Mapping<Job>,
    /// MLflow experiments.
    #[serde(default)]
    pub experiments: Mapping<Experiment>,
    /// Models in Unity Catalog.
    #[serde(default)]
    pub registered_models: Mapping<RegisteredModel>,
    /// Profiles of tables.
    #[serde(default)]
    pub quality_monitors: Mapping<Monitor>,
    /// Serving endpoints.
    #[serde(default)]
    pub model_serving_endpoints: Mapping<Endpoint>,
}

/// What may not be deleted by a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// It may not.
    pub prevent_destroy: bool,
}

/// An MLflow experiment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// Its path in the workspace.
    pub name: Option<String>,
    /// Whether it is kept.
    pub lifecycle: Option<Lifecycle>,
}

/// A model in Unity Catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredModel {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub why: Comment,
    /// The last part of its name.
    pub name: Option<String>,
    /// The first part.
    pub catalog_name: Option<String>,
    /// The second part.
    pub schema_name: Option<String>,
    /// What people read about it.
    #[serde(rename(deserialize = "comment"))]
    pub description: Option<String>,
    /// Who may do what with it.
    #[serde(default)]
    pub grants: Vec<Grant>,
    /// Whether it is kept.
    pub lifecycle: Option<Lifecycle>,
}

/// What someone may do with a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Who.
    pub principal: String,
    /// What.
    pub privileges: Vec<String>,
}

/// A profile of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// The table.
    pub table_name: String,
    /// The schema that the profile is written to.
    pub output_schema_name: String,
    /// The folder of its dashboard.
    pub assets_dir: String,
    /// Which columns mean what.
    pub inference_log: InferenceLog,
    /// When it is made anew.
    pub schedule: MonitorSchedule,
}

/// Which columns of a table of predictions mean what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InferenceLog {
    /// What is predicted.
    pub problem_type: MlProblem,
    /// The prediction.
    pub prediction_col: String,
    /// Its time.
    pub timestamp_col: String,
    /// The model's version.
    pub model_id_col: String,
    /// The truth.
    pub label_col: Option<String>,
    /// The windows that are compared.
    pub granularities: Vec<String>,
}

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MlProblem {
    /// A class.
    #[serde(rename = "PROBLEM_TYPE_CLASSIFICATION")]
    Classification,
    /// A number.
    #[serde(rename = "PROBLEM_TYPE_REGRESSION")]
    Regression,
}

/// When a profile is made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitorSchedule {
    /// The line of Quartz.
    pub quartz_cron_expression: String,
    /// The time zone of the line.
    pub timezone_id: String,
}

/// A serving endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// What the reader needs to know.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// Its name.
    pub name: String,
    /// What it serves.
    pub config: EndpointConfig,
    /// What keeps it.
    pub lifecycle: Option<Lifecycle>,
}

/// What an endpoint serves, and no share of any: traffic is the rollout's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointConfig {
    /// The versions.
    pub served_entities: Vec<ServedEntity>,
}

/// A version that is served. Databricks names it `<model>-<version>`, as a rollout does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServedEntity {
    /// The model.
    pub entity_name: String,
    /// The version.
    pub entity_version: String,
    /// The size.
    pub workload_size: String,
    /// Whether it may sleep.
    pub scale_to_zero_enabled: bool,
}
