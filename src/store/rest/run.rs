//! Runs as the server tells them.

use super::server::{RestStore, is_absent};
use crate::evidence::{Dataset, DatasetInput, Metric, Metrics, Reading, Run, RunStatus};
use crate::mlflow::{self, Answer, RunAnswer};
use crate::store::StoreError;

/// The tag of an input that says what a data set was used for.
const CONTEXT: &str = "mlflow.data.context";

impl RestStore {
    /// The run that was asked for.
    pub(super) fn run(&self, id: &str, answer: Answer) -> Result<Run, StoreError> {
        if is_absent(&answer) {
            return Err(StoreError::RunNotFound { run: id.to_owned() });
        }
        let RunAnswer { run } = self.parse(answer)?;
        if run.info.run_id != id {
            return Err(self.malformed("it answered about another run"));
        }
        self.any_run(run)
    }

    /// A run, whichever it is.
    pub(super) fn any_run(&self, run: mlflow::Run) -> Result<Run, StoreError> {
        let (info, data) = (run.info, run.data);
        let id = info.run_id;
        let deleted = match info.lifecycle_stage.as_str() {
            "active" => false,
            "deleted" => true,
            _ => return Err(self.malformed(format!("run `{id}` is neither active nor deleted"))),
        };
        let status = RunStatus::parse(&info.status).ok_or_else(|| {
            self.malformed(format!("run `{id}` has the status `{}`", info.status))
        })?;
        let mut metrics = Metrics::new();
        for metric in data.metrics {
            let value = point(&metric);
            if metrics.insert(metric.key, value).is_some() {
                return Err(self.malformed(format!("run `{id}` has two values of one metric")));
            }
        }
        Ok(Run {
            experiment_id: info.experiment_id,
            deleted,
            status,
            start_ms: info.start_time.map(|time| time.0),
            end_ms: info.end_time.map(|time| time.0),
            artifact_uri: info.artifact_uri.unwrap_or_default(),
            metrics,
            params: self.pairs(data.params, &format!("run `{id}`"))?,
            tags: self.pairs(data.tags, &format!("run `{id}`"))?,
            datasets: datasets(run.inputs.dataset_inputs),
            id,
        })
    }
}

/// One value of a metric.
pub(super) fn point(metric: &mlflow::Metric) -> Metric {
    Metric {
        reading: Reading::from_stored(metric.value.0),
        step: metric.step.0,
        timestamp_ms: metric.timestamp.0,
    }
}

/// In the order of their names, as every store has them.
fn datasets(inputs: Vec<mlflow::DatasetInput>) -> Vec<DatasetInput> {
    let mut datasets: Vec<_> = inputs
        .into_iter()
        .map(|input| {
            let mut tags = input.tags.into_iter();
            DatasetInput {
                dataset: Dataset {
                    name: input.dataset.name,
                    digest: input.dataset.digest,
                },
                context: tags.find(|tag| tag.key == CONTEXT).map(|tag| tag.value),
            }
        })
        .collect();
    datasets
        .sort_by(|one, other| (&one.dataset, &one.context).cmp(&(&other.dataset, &other.context)));
    datasets
}
