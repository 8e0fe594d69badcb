//! The tables of logged models, which came with MLflow 3.
//!
//! The one decision here: a zero has to be proven. MLflow keeps a NaN of a logged model as `0.0`
//! without a flag; only the same point of the run, which has the flag, tells the two apart.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::families::LOGGED_MODELS;
use super::rows::{MOST_ROWS, Rows};
use crate::evidence::{Dataset, LoggedModel, Metric, ModelMetric, Reading};
use crate::store::StoreError;

/// Each value, and for a zero whether the run's point says NaN, and whether there is one at all.
const METRICS: &str = "SELECT l.metric_name, l.metric_value, l.metric_step, l.metric_timestamp_ms, \
     l.run_id, l.dataset_name, l.dataset_digest, \
     CASE WHEN l.metric_value = 0.0 THEN (SELECT max(m.is_nan) FROM metrics m \
         WHERE m.run_uuid = l.run_id AND m.key = l.metric_name \
         AND m.timestamp = l.metric_timestamp_ms AND m.step = l.metric_step) ELSE 0 END \
     FROM logged_model_metrics l WHERE l.model_id = ?1 \
     ORDER BY l.metric_name, l.metric_step, l.metric_timestamp_ms, l.run_id";

impl Rows<'_> {
    /// The logged model with this id, if there is one.
    pub(super) fn logged_model(&self, id: &str) -> Result<Option<LoggedModel>, StoreError> {
        if !self.has(&LOGGED_MODELS)? {
            return Ok(None);
        }
        let query = "SELECT status, lifecycle_stage, source_run_id, artifact_location \
             FROM logged_models WHERE model_id = ?1";
        let found = self.one(query, &[&id], |row| {
            Ok(LoggedModel {
                id: id.to_owned(),
                ready: self.is_ready(self.integer(row, 0, "status")?)?,
                deleted: self.is_deleted(row, 1, &format!("logged model `{id}`"))?,
                source_run_id: self
                    .text(row, 2, "source_run_id")?
                    .filter(|id| !id.is_empty()),
                artifact_location: self.text(row, 3, "artifact_location")?.unwrap_or_default(),
                metrics: Vec::new(),
                params: [].into(),
                tags: [].into(),
            })
        })?;
        let Some(mut model) = found else {
            return Ok(None);
        };
        let bound = (MOST_ROWS, "metrics of one logged model");
        self.each(METRICS, &[&id], bound, |row| {
            model.metrics.push(self.model_metric(row)?);
            Ok(())
        })?;
        let params = "SELECT param_key, param_value FROM logged_model_params WHERE model_id = ?1";
        model.params = self.pairs(params, &[&id], "params of a logged model")?;
        let tags = "SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = ?1";
        model.tags = self.pairs(tags, &[&id], "tags of a logged model")?;
        Ok(Some(model))
    }

    /// `mlflow/entities/logged_model_status.py`: 1 pending, 2 ready, 3 failed to upload.
    fn is_ready(&self, status: i64) -> Result<bool, StoreError> {
        match status {
            2 => Ok(true),
            0 | 1 | 3 => Ok(false),
            other => Err(self.damaged(format!("a logged model has the status {other}"))),
        }
    }

    fn model_metric(&self, row: &Row<'_>) -> Result<ModelMetric, StoreError> {
        let name = self.name(row, 0, "metrics of a logged model")?;
        let reading = match self.value(row, 1)? {
            // SQLite's own way to keep a NaN.
            ValueRef::Null => Reading::NaN,
            ValueRef::Real(value) => match self.whole(row, 7, "is_nan")? {
                Some(0) => Reading::from_stored(value),
                Some(1) | None => Reading::NaN,
                Some(other) => {
                    return Err(self.damaged(format!("metric `{name}` has `is_nan` {other}")));
                }
            },
            other => {
                let kind = other.data_type();
                return Err(self.damaged(format!("metric `{name}` is {kind}, not a number")));
            }
        };
        let dataset = match (
            self.text(row, 5, "dataset_name")?,
            self.text(row, 6, "dataset_digest")?,
        ) {
            (Some(name), Some(digest)) => Some(Dataset { name, digest }),
            (None, None) => None,
            _ => {
                return Err(self.damaged(format!("metric `{name}` names half a data set")));
            }
        };
        Ok(ModelMetric {
            name,
            metric: Metric {
                reading,
                step: self.integer(row, 2, "metric_step")?,
                timestamp_ms: self.integer(row, 3, "metric_timestamp_ms")?,
            },
            dataset,
            run_id: self.text(row, 4, "run_id")?.filter(|id| !id.is_empty()),
        })
    }
}
