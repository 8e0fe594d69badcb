//! Runs: folders of an experiment's folder.
//!
//! The one decision here: a folder is the run it is named after only if its `meta.yaml` says so
//! too. Artifacts are folders that anybody may fill.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::folder::{Folder, LARGE, MEDIUM, SMALL, is_plain};
use super::points;
use crate::evidence::{Dataset, DatasetInput, Metric, Metrics, Run, RunStatus};
use crate::store::{PARENT, StoreError};

/// The file that describes the folder it is in.
pub(super) const META: &str = "meta.yaml";

/// Where MLflow moves deleted experiments.
const TRASH: &str = ".trash";

/// The folder of the model registry in the root, and of logged models in an experiment.
pub(super) const MODELS: &str = "models";

/// A run's `meta.yaml`. Everything that is text is read as text: an id of digits is no number.
#[derive(Deserialize)]
struct Meta {
    run_id: Option<String>,
    /// What MLflow 1 and 2 call it.
    run_uuid: Option<String>,
    experiment_id: String,
    lifecycle_stage: String,
    status: i64,
    start_time: Option<i64>,
    end_time: Option<i64>,
    artifact_uri: Option<String>,
}

/// The `meta.yaml` of an input.
#[derive(Deserialize)]
struct Input {
    source_type: String,
    source_id: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// The `meta.yaml` of a data set.
#[derive(Deserialize)]
struct Data {
    name: String,
    digest: String,
}

impl Folder<'_> {
    /// The folders of all experiments, deleted ones too.
    pub(super) fn experiments(&self) -> Result<Vec<PathBuf>, StoreError> {
        let deleted = self.folders(Path::new(TRASH))?.into_iter();
        let deleted = deleted.map(|name| Path::new(TRASH).join(name));
        let folders = self.folders(Path::new(""))?.into_iter();
        Ok(folders
            .filter(|name| name != TRASH && name != MODELS)
            .map(PathBuf::from)
            .chain(deleted)
            .collect())
    }

    /// The folder of something below an experiment's folder; `inside` is the way from there.
    pub(super) fn find(&self, inside: &Path) -> Result<Option<PathBuf>, StoreError> {
        let mut found = None;
        for experiment in self.experiments()? {
            let place = experiment.join(inside);
            if self.text(&place.join(META), MEDIUM)?.is_some() {
                if found.is_some() {
                    let inside = inside.display();
                    return Err(self.damaged(format!("two experiments have `{inside}`")));
                }
                found = Some(place);
            }
        }
        Ok(found)
    }

    /// The folder of a run.
    ///
    /// # Errors
    /// [`StoreError::RunNotFound`] when there is none.
    pub(super) fn run_folder(&self, id: &str) -> Result<PathBuf, StoreError> {
        let is_id = is_plain(id)
            && id
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
        let found = if is_id {
            self.find(Path::new(id))?
        } else {
            None
        };
        found.ok_or_else(|| StoreError::RunNotFound { run: id.to_owned() })
    }

    /// The run in a folder.
    pub(super) fn run(&self, id: &str, place: &Path) -> Result<Run, StoreError> {
        let meta = self.run_meta(id, place)?;
        Ok(Run {
            deleted: self.is_deleted(&meta.lifecycle_stage, place)?,
            status: self.status(meta.status, id)?,
            start_ms: meta.start_time,
            end_ms: meta.end_time,
            artifact_uri: meta.artifact_uri.unwrap_or_default(),
            experiment_id: meta.experiment_id,
            metrics: self.latest_metrics(place)?,
            params: self.texts(&place.join("params"))?,
            tags: self.texts(&place.join("tags"))?,
            datasets: self.datasets(place)?,
            ..Run::empty(id)
        })
    }

    fn run_meta(&self, id: &str, place: &Path) -> Result<Meta, StoreError> {
        let meta: Option<Meta> = self.yaml(&place.join(META), SMALL)?;
        let meta = meta.ok_or_else(|| StoreError::RunNotFound { run: id.to_owned() })?;
        let named = meta.run_id.as_ref().or(meta.run_uuid.as_ref());
        let experiment = place.parent().and_then(Path::file_name);
        if named.is_none_or(|named| named != id)
            || experiment.is_none_or(|name| *name != *meta.experiment_id)
        {
            let place = place.display();
            return Err(self.damaged(format!("`{place}/{META}` is about another run")));
        }
        Ok(meta)
    }

    /// `mlflow/entities/run_status.py` by way of `service.proto`.
    fn status(&self, status: i64, run: &str) -> Result<RunStatus, StoreError> {
        Ok(match status {
            1 => RunStatus::Running,
            2 => RunStatus::Scheduled,
            3 => RunStatus::Finished,
            4 => RunStatus::Failed,
            5 => RunStatus::Killed,
            other => return Err(self.damaged(format!("run `{run}` has the status {other}"))),
        })
    }

    /// Active or deleted, as runs and logged models have it.
    pub(super) fn is_deleted(&self, stage: &str, place: &Path) -> Result<bool, StoreError> {
        match stage {
            "active" => Ok(false),
            "deleted" => Ok(true),
            _ => {
                let place = place.display();
                Err(self.damaged(format!("`{place}` is neither active nor deleted")))
            }
        }
    }

    fn latest_metrics(&self, place: &Path) -> Result<Metrics, StoreError> {
        let folder = place.join("metrics");
        let mut metrics = Metrics::new();
        for name in self.files_below(&folder)? {
            let Some(latest) = self.points(&folder, &name)?.pop() else {
                let place = folder.display();
                return Err(self.damaged(format!("`{place}/{name}` has no point")));
            };
            metrics.insert(name, latest);
        }
        Ok(metrics)
    }

    /// The points of the metric in a file, in order; none where there is no such file.
    fn points(&self, folder: &Path, name: &str) -> Result<Vec<Metric>, StoreError> {
        let Some(text) = self.text(&folder.join(name), LARGE)? else {
            return Ok(Vec::new());
        };
        let points = points::of_run(&text)
            .map_err(|reason| self.damaged(format!("`{}/{name}`: {reason}", folder.display())))?;
        Ok(points.into_iter().map(|point| point.metric).collect())
    }

    /// Every point of some metrics of the run in a folder, by name.
    pub(super) fn histories(
        &self,
        place: &Path,
        metrics: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<Metric>>, StoreError> {
        let folder = place.join("metrics");
        let names = self.files_below(&folder)?;
        metrics
            .iter()
            .map(|metric| {
                // A name that is no file here is a metric that was never logged, `../x` too.
                let points = if names.contains(metric) {
                    self.points(&folder, metric)?
                } else {
                    Vec::new()
                };
                Ok((metric.clone(), points))
            })
            .collect()
    }

    /// The data sets a run took in, in the order of their names.
    fn datasets(&self, place: &Path) -> Result<Vec<DatasetInput>, StoreError> {
        let inputs = place.join("inputs");
        let mut datasets = Vec::new();
        for name in self.folders(&inputs)? {
            let input: Option<Input> = self.yaml(&inputs.join(&name).join(META), SMALL)?;
            let Some(mut input) = input.filter(|input| input.source_type == "DATASET") else {
                continue;
            };
            datasets.push(DatasetInput {
                dataset: self.dataset(place, &input.source_id)?,
                context: input.tags.remove("mlflow.data.context"),
            });
        }
        datasets.sort_by(|one, other| {
            (&one.dataset, &one.context).cmp(&(&other.dataset, &other.context))
        });
        Ok(datasets)
    }

    fn dataset(&self, run: &Path, id: &str) -> Result<Dataset, StoreError> {
        let folder = run.parent().unwrap_or(Path::new("")).join("datasets");
        let found: Option<Data> = if is_plain(id) {
            self.yaml(&folder.join(id).join(META), MEDIUM)?
        } else {
            None
        };
        // A link that leads nowhere must not look like no data set.
        let Data { name, digest } = found.ok_or_else(|| {
            self.damaged(format!(
                "`{}` took in the data set `{id}`, which is not there",
                run.display()
            ))
        })?;
        Ok(Dataset { name, digest })
    }

    /// The runs of the same experiment that name this one as their parent and are not deleted, in
    /// the order of their ids.
    pub(super) fn children(&self, parent: &str, place: &Path) -> Result<Vec<Run>, StoreError> {
        let experiment = place.parent().unwrap_or(Path::new(""));
        let mut children = Vec::new();
        for name in self.folders(experiment)? {
            let place = experiment.join(&name);
            let tag = self.text(&place.join("tags").join(PARENT), MEDIUM)?;
            if tag.as_deref() == Some(parent) {
                let run = self.run(&name, &place)?;
                children.extend((!run.deleted).then_some(run));
            }
        }
        Ok(children)
    }
}
