//! The tables of runs: metrics, params, tags, data sets, children.
//!
//! The one decision here: a run that does not exist is an error, also where only its history was
//! asked for. "No points" is an answer about a run that is there.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::families::HISTORIES;
use super::rows::{MOST_ROWS, Rows};
use crate::evidence::{Dataset, DatasetInput, Metric, Metrics, Run, RunStatus};
use crate::store::{PARENT, StoreError};

/// The most points that are read of one metric.
const MOST_POINTS: usize = 1_000_000;

/// The most child runs that are read of one run.
const MOST_CHILDREN: usize = 10_000;

/// The index that leads to one metric of one run, from MLflow 3.12 on.
const INDEX_OF_POINTS: &str = "index_metrics_run_uuid_key_step";

impl Rows<'_> {
    /// A run with its latest metrics and everything else it logged.
    pub(super) fn run(&self, id: &str) -> Result<Run, StoreError> {
        let found = self.one(
            "SELECT lifecycle_stage, status, start_time, end_time, artifact_uri, experiment_id \
             FROM runs WHERE run_uuid = ?1",
            &[&id],
            |row| {
                let status = self.text(row, 1, "status")?.unwrap_or_default();
                Ok(Run {
                    deleted: self.is_deleted(row, 0, &format!("run `{id}`"))?,
                    status: RunStatus::parse(&status).ok_or_else(|| {
                        self.damaged(format!("run `{id}` has the status `{status}`"))
                    })?,
                    start_ms: self.whole(row, 2, "start_time")?,
                    end_ms: self.whole(row, 3, "end_time")?,
                    artifact_uri: self.text(row, 4, "artifact_uri")?.unwrap_or_default(),
                    experiment_id: self.integer(row, 5, "experiment_id")?.to_string(),
                    ..Run::empty(id)
                })
            },
        )?;
        let mut run = found.ok_or_else(|| not_found(id))?;
        run.metrics = self.latest_metrics(id)?;
        let params = "SELECT key, value FROM params WHERE run_uuid = ?1";
        run.params = self.pairs(params, &[&id], "params of a run")?;
        let tags = "SELECT key, value FROM tags WHERE run_uuid = ?1";
        run.tags = self.pairs(tags, &[&id], "tags of a run")?;
        run.datasets = self.datasets(id)?;
        Ok(run)
    }

    /// That there is such a run.
    ///
    /// # Errors
    /// [`StoreError::RunNotFound`] when there is none.
    pub(super) fn require_run(&self, id: &str) -> Result<(), StoreError> {
        let query = "SELECT 1 FROM runs WHERE run_uuid = ?1";
        let found = self.one(query, &[&id], |_| Ok(()))?;
        found.ok_or_else(|| not_found(id))
    }

    fn latest_metrics(&self, run: &str) -> Result<Metrics, StoreError> {
        let query =
            "SELECT key, value, is_nan, step, timestamp FROM latest_metrics WHERE run_uuid = ?1";
        let mut metrics = Metrics::new();
        self.each(query, &[&run], (MOST_ROWS, "metrics of one run"), |row| {
            let name = self.name(row, 0, "metrics of a run")?;
            let metric = Metric {
                reading: self.reading(row, (1, 2), &name)?,
                step: self.integer(row, 3, "step")?,
                timestamp_ms: self.integer(row, 4, "timestamp")?,
            };
            match metrics.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(metric);
                    Ok(())
                }
                Entry::Occupied(entry) => {
                    let name = entry.key();
                    Err(self.damaged(format!("run `{run}` has two latest `{name}`")))
                }
            }
        })?;
        Ok(metrics)
    }

    /// The data sets a run took in, in the order of their names.
    fn datasets(&self, run: &str) -> Result<Vec<DatasetInput>, StoreError> {
        if !self.has_datasets()? {
            return Ok(Vec::new());
        }
        // Left joins: a link that leads nowhere must not look like no data set.
        let query = "SELECT d.name, d.digest, t.value FROM inputs i \
             LEFT JOIN datasets d ON d.dataset_uuid = i.source_id \
             LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context' \
             WHERE i.destination_id = ?1 AND i.destination_type = 'RUN' AND i.source_type = 'DATASET' \
             ORDER BY d.name, d.digest, t.value";
        let mut datasets = Vec::new();
        self.each(query, &[&run], (MOST_ROWS, "data sets of one run"), |row| {
            datasets.push(DatasetInput {
                dataset: Dataset {
                    name: self.name(row, 0, "data sets of a run")?,
                    digest: self.name(row, 1, "digests of a run's data sets")?,
                },
                context: self.text(row, 2, "context")?,
            });
            Ok(())
        })?;
        Ok(datasets)
    }

    /// Every point of a metric, in the order of step, then timestamp, then value.
    pub(super) fn history(&self, run: &str, metric: &str) -> Result<Vec<Metric>, StoreError> {
        // The primary key begins with the metric's name. Without statistics SQLite prefers it,
        // and walks through that metric of every run; the plus keeps it from that.
        let key = if self.has_index(INDEX_OF_POINTS)? {
            "key"
        } else {
            "+key"
        };
        let query = format!(
            "SELECT value, is_nan, step, timestamp FROM metrics \
             WHERE run_uuid = ?1 AND {key} = ?2 ORDER BY step, timestamp, value"
        );
        let mut points = Vec::new();
        let bound = (MOST_POINTS, "points of one metric");
        self.each(&query, &[&run, &metric], bound, |row| {
            points.push(Metric {
                reading: self.reading(row, (0, 1), metric)?,
                step: self.integer(row, 2, "step")?,
                timestamp_ms: self.integer(row, 3, "timestamp")?,
            });
            Ok(())
        })?;
        Ok(points)
    }

    fn has_index(&self, name: &str) -> Result<bool, StoreError> {
        let query = "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1";
        Ok(self.one(query, &[&name], |_| Ok(()))?.is_some())
    }

    /// The runs of the same experiment that name this one as their parent and are not deleted, in
    /// the order of their ids.
    pub(super) fn children(&self, parent: &str) -> Result<Vec<Run>, StoreError> {
        let query = "SELECT r.run_uuid FROM tags t JOIN runs r ON r.run_uuid = t.run_uuid \
             WHERE t.key = ?1 AND t.value = ?2 AND r.lifecycle_stage = 'active' \
             AND r.experiment_id = (SELECT experiment_id FROM runs WHERE run_uuid = ?2) \
             ORDER BY r.run_uuid";
        let mut ids = Vec::new();
        let bound = (MOST_CHILDREN, "child runs of one run");
        self.each(query, &[&PARENT, &parent], bound, |row| {
            ids.push(self.name(row, 0, "child runs")?);
            Ok(())
        })?;
        ids.iter().map(|id| self.run(id)).collect()
    }

    /// Every point of some metrics, by name.
    pub(super) fn histories<'m>(
        &self,
        run: &str,
        metrics: impl IntoIterator<Item = &'m String>,
    ) -> Result<BTreeMap<String, Vec<Metric>>, StoreError> {
        self.has(&HISTORIES)?;
        metrics
            .into_iter()
            .map(|metric| Ok((metric.clone(), self.history(run, metric)?)))
            .collect()
    }
}

fn not_found(run: &str) -> StoreError {
    StoreError::RunNotFound {
        run: run.to_owned(),
    }
}
