//! Runs and the histories of their metrics.

use super::{Double, Integer};

/// The answer of `runs/get`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RunAnswer {
    pub(crate) run: Run,
}

/// The answer of `runs/search`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RunsAnswer {
    #[serde(default)]
    pub(crate) runs: Vec<Run>,
    #[serde(default)]
    pub(crate) next_page_token: Option<String>,
}

/// A run.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Run {
    pub(crate) info: RunInfo,
    pub(crate) data: RunData,
    #[serde(default)]
    pub(crate) inputs: RunInputs,
}

/// What MLflow knows about a run.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RunInfo {
    pub(crate) run_id: String,
    pub(crate) experiment_id: String,
    pub(crate) status: String,
    pub(crate) start_time: Option<Integer>,
    pub(crate) end_time: Option<Integer>,
    pub(crate) artifact_uri: Option<String>,
    pub(crate) lifecycle_stage: String,
}

/// What a run logged.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RunData {
    #[serde(default)]
    pub(crate) metrics: Vec<Metric>,
    #[serde(default)]
    pub(crate) params: Vec<Tag>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

/// What a run took in.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct RunInputs {
    #[serde(default)]
    pub(crate) dataset_inputs: Vec<DatasetInput>,
}

/// A data set that a run took in.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct DatasetInput {
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    pub(crate) dataset: Dataset,
}

/// A data set.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Dataset {
    pub(crate) name: String,
    pub(crate) digest: String,
}

/// The answer of `metrics/get-history`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct HistoryAnswer {
    #[serde(default)]
    pub(crate) metrics: Vec<Metric>,
    #[serde(default)]
    pub(crate) next_page_token: Option<String>,
}

/// One value of a metric.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Metric {
    pub(crate) key: String,
    pub(crate) value: Double,
    pub(crate) timestamp: Integer,
    /// The protocol's default is 0 (`optional int64 step = 4 [default = 0]`).
    #[serde(default)]
    pub(crate) step: Integer,
}

/// A tag, or a parameter: both are a name and a text.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Tag {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: String,
}
