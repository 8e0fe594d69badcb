//! Logged models: folders in `<experiment>/models`, since MLflow 3.
//!
//! The one decision here: nothing has to be recovered. Unlike the SQL stores, this one keeps NaN
//! and the infinities as they are.

use std::path::Path;

use serde::Deserialize;

use super::folder::{Folder, LARGE, SMALL, is_plain};
use super::points;
use super::runs::{META, MODELS};
use crate::evidence::LoggedModel;
use crate::store::StoreError;

/// A logged model's `meta.yaml`. The stage is written only once it was deleted.
#[derive(Deserialize)]
struct Meta {
    model_id: String,
    status: i64,
    lifecycle_stage: Option<String>,
    source_run_id: Option<String>,
    artifact_location: Option<String>,
}

impl Folder<'_> {
    /// The logged model with this id, if there is one.
    pub(super) fn logged_model(&self, id: &str) -> Result<Option<LoggedModel>, StoreError> {
        if !is_plain(id) {
            return Ok(None);
        }
        let Some(place) = self.find(&Path::new(MODELS).join(id))? else {
            return Ok(None);
        };
        let Some(meta) = self.yaml::<Meta>(&place.join(META), SMALL)? else {
            return Ok(None);
        };
        if meta.model_id != id {
            let place = place.display();
            return Err(self.damaged(format!("`{place}/{META}` is about another model")));
        }
        let stage = meta.lifecycle_stage.as_deref().unwrap_or("active");
        let folder = place.join("metrics");
        let mut metrics = Vec::new();
        for name in self.files_below(&folder)? {
            let text = self.text(&folder.join(&name), LARGE)?.unwrap_or_default();
            let values = points::of_model(&name, &text).map_err(|reason| {
                self.damaged(format!("`{}/{name}`: {reason}", folder.display()))
            })?;
            metrics.extend(values);
        }
        Ok(Some(LoggedModel {
            id: id.to_owned(),
            deleted: self.is_deleted(stage, &place)?,
            ready: self.is_ready(meta.status, id)?,
            source_run_id: meta.source_run_id.filter(|id| !id.is_empty()),
            artifact_location: meta.artifact_location.unwrap_or_default(),
            metrics,
            params: self.texts(&place.join("params"))?,
            tags: self.texts(&place.join("tags"))?,
        }))
    }

    /// `mlflow/entities/logged_model_status.py`: 1 pending, 2 ready, 3 failed to upload.
    fn is_ready(&self, status: i64, id: &str) -> Result<bool, StoreError> {
        match status {
            2 => Ok(true),
            0 | 1 | 3 => Ok(false),
            other => Err(self.damaged(format!("logged model `{id}` has the status {other}"))),
        }
    }
}
