//! A logged model of MLflow 3: where a later evaluation lands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Dataset, Metric};

/// A logged model as a store holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedModel {
    /// `m-` and 32 hexadecimal digits.
    pub id: String,
    /// Whether a person deleted it.
    pub deleted: bool,
    /// Whether its files are complete (`READY`).
    pub ready: bool,
    /// The run that made it.
    pub source_run_id: Option<String>,
    /// Where its files are.
    pub artifact_location: String,
    /// Every value logged on it, in the store's order; one metric may have several.
    pub metrics: Vec<ModelMetric>,
    /// Its parameters.
    pub params: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A metric value of a logged model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelMetric {
    /// The metric's name.
    pub name: String,
    /// The value. A NaN that the store keeps as 0 is recovered from the run's metric.
    pub metric: Metric,
    /// The data set it was computed on, where it was said.
    pub dataset: Option<Dataset>,
    /// The run that logged it.
    pub run_id: Option<String>,
}
