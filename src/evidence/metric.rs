//! Metric values of runs, and the data sets they were computed on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Reading;

/// One logged value of a metric.
///
/// Where a store answers "the latest", that is the one at the highest step, then with the latest
/// timestamp, as MLflow has it (`sqlalchemy_store.py`, `_update_latest_metrics_if_necessary`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// The value.
    pub reading: Reading,
    /// The training step it was logged at.
    pub step: i64,
    /// When it was logged, in milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
}

/// The latest metrics of one run, by metric name.
pub type Metrics = BTreeMap<String, Metric>;

/// A data set as MLflow names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// The digest of its content, as MLflow computed it (8 hexadecimal digits by default).
    pub digest: String,
}

/// A data set that a run took in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetInput {
    /// The data set.
    pub dataset: Dataset,
    /// What it was used for (input tag `mlflow.data.context`): `training`, `evaluation`, ...
    pub context: Option<String>,
}

impl DatasetInput {
    /// Whether its context says that models are measured on it, not trained.
    #[must_use]
    pub fn is_for_evaluation(&self) -> bool {
        const CONTEXTS: [&str; 7] = [
            "eval",
            "evaluation",
            "test",
            "testing",
            "validation",
            "val",
            "holdout",
        ];
        self.context
            .as_ref()
            .is_some_and(|context| CONTEXTS.contains(&context.to_ascii_lowercase().as_str()))
    }
}
