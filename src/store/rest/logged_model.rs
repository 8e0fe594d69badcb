//! Logged models as the server tells them.
//!
//! The one decision here: a zero has to be proven. MLflow keeps a NaN of a logged model as `0.0`,
//! and the server repeats that; only the same point of the run, which is told as `"NaN"`, tells the
//! two apart.

use std::collections::{BTreeMap, BTreeSet};

use super::server::RestStore;
use crate::evidence::{Dataset, LoggedModel, Metric, ModelMetric, Reading, Run};
use crate::mlflow::{self, Answer, LoggedModelAnswer};
use crate::store::StoreError;

/// Points of runs, by run and metric.
pub(super) type Points = BTreeMap<(String, String), Vec<Metric>>;

/// Runs, by id.
type Runs = BTreeMap<String, Run>;

impl RestStore {
    /// The logged model that was asked for.
    pub(super) fn logged_model(
        &self,
        id: &str,
        deleted: bool,
        answer: Answer,
    ) -> Result<LoggedModel, StoreError> {
        let LoggedModelAnswer { model } = self.parse(answer)?;
        let mlflow::LoggedModel { info, data } = model;
        if info.model_id != id {
            return Err(self.malformed("it answered about another logged model"));
        }
        let mut metrics = Vec::with_capacity(data.metrics.len());
        for metric in data.metrics {
            metrics.push(self.model_metric(metric)?);
        }
        metrics.sort_by(|one, other| order(one).cmp(&order(other)));
        Ok(LoggedModel {
            deleted,
            ready: info.status == "LOGGED_MODEL_READY",
            source_run_id: info.source_run_id.filter(|id| !id.is_empty()),
            artifact_location: info.artifact_uri,
            metrics,
            params: self.pairs(data.params, &format!("logged model `{id}`"))?,
            tags: self.pairs(info.tags, &format!("logged model `{id}`"))?,
            id: info.model_id,
        })
    }

    fn model_metric(&self, metric: mlflow::ModelMetric) -> Result<ModelMetric, StoreError> {
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let dataset = match (said(metric.dataset_name), said(metric.dataset_digest)) {
            (Some(name), Some(digest)) => Some(Dataset { name, digest }),
            (None, None) => None,
            _ => {
                let reason = format!("the metric `{}` names half a data set", metric.key);
                return Err(self.malformed(reason));
            }
        };
        Ok(ModelMetric {
            name: metric.key,
            metric: Metric {
                reading: Reading::from_stored(metric.value.0),
                step: metric.step.0,
                timestamp_ms: metric.timestamp.0,
            },
            dataset,
            run_id: said(metric.run_id),
        })
    }
}

fn order(metric: &ModelMetric) -> (&str, i64, i64, Option<&str>) {
    let Metric {
        step, timestamp_ms, ..
    } = metric.metric;
    (&metric.name, step, timestamp_ms, metric.run_id.as_deref())
}

/// The histories that are needed to tell the zeros of these models from NaN, by run and metric.
pub(super) fn unproven<'m>(
    models: impl IntoIterator<Item = &'m LoggedModel>,
    runs: &Runs,
) -> BTreeSet<(String, String)> {
    let metrics = models.into_iter().flat_map(|model| &model.metrics);
    metrics
        .filter(|metric| is_zero(metric) && latest(metric, runs).is_none())
        .filter_map(key)
        .collect()
}

/// Puts NaN in the place of every zero that was one, and of every zero that cannot be proven.
pub(super) fn recover(model: &mut LoggedModel, runs: &Runs, points: &Points) {
    for metric in model.metrics.iter_mut().filter(|metric| is_zero(metric)) {
        let history = key(metric).and_then(|key| points.get(&key));
        let of_history = history.into_iter().flatten();
        let mut same = of_history
            .chain(latest(metric, runs))
            .filter(|point| is_same_point(metric, point))
            .peekable();
        let is_proven = same.peek().is_some() && same.all(|point| point.reading != Reading::NaN);
        if !is_proven {
            metric.metric.reading = Reading::NaN;
        }
    }
}

fn is_zero(metric: &ModelMetric) -> bool {
    let finite = metric.metric.reading.finite();
    finite.is_some_and(|value| value.get() == 0.0)
}

fn key(metric: &ModelMetric) -> Option<(String, String)> {
    Some((metric.run_id.clone()?, metric.name.clone()))
}

/// The run's latest point, when that is the same point.
fn latest<'r>(metric: &ModelMetric, runs: &'r Runs) -> Option<&'r Metric> {
    let run = runs.get(metric.run_id.as_ref()?)?;
    let latest = run.metrics.get(&metric.name)?;
    is_same_point(metric, latest).then_some(latest)
}

fn is_same_point(metric: &ModelMetric, point: &Metric) -> bool {
    (metric.metric.step, metric.metric.timestamp_ms) == (point.step, point.timestamp_ms)
}
