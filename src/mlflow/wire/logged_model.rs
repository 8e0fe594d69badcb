//! Logged models of MLflow 3.

use super::{Double, Integer, Tag};

/// The answer of `logged-models/{id}`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct LoggedModelAnswer {
    pub(crate) model: LoggedModel,
}

/// A logged model.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct LoggedModel {
    pub(crate) info: LoggedModelInfo,
    #[serde(default)]
    pub(crate) data: LoggedModelData,
}

/// What MLflow knows about a logged model.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct LoggedModelInfo {
    pub(crate) model_id: String,
    /// `LOGGED_MODEL_READY`, `LOGGED_MODEL_PENDING`, `LOGGED_MODEL_UPLOAD_FAILED`.
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) artifact_uri: String,
    pub(crate) source_run_id: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

/// What was logged on a model.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct LoggedModelData {
    #[serde(default)]
    pub(crate) params: Vec<Tag>,
    #[serde(default)]
    pub(crate) metrics: Vec<ModelMetric>,
}

/// One value of a metric of a logged model.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct ModelMetric {
    pub(crate) key: String,
    pub(crate) value: Double,
    pub(crate) timestamp: Integer,
    #[serde(default)]
    pub(crate) step: Integer,
    pub(crate) dataset_name: Option<String>,
    pub(crate) dataset_digest: Option<String>,
    pub(crate) run_id: Option<String>,
}
