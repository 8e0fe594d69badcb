//! Everything that was read about one side of a comparison.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Assessments, LoggedModel, Metric, ModelFiles, ModelVersion, Run};

/// A version (or a bare run) with the evidence that a gate wanted about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// How it was found: `alias challenger`, `version 7`, `run 0f3...`.
    pub found_by: String,
    /// The version; `None` where a bare run is compared.
    pub version: Option<ModelVersion>,
    /// The run that made the version, or the run that was named.
    pub run: Option<Run>,
    /// The logged model behind the version, in MLflow 3.
    pub logged_model: Option<LoggedModel>,
    /// Other runs that its evidence comes from, by id: those that checks name with
    /// `from: {run: ...}`, and those that evaluated its logged model later.
    #[serde(default)]
    pub other_runs: BTreeMap<String, Run>,
    /// Every logged value of the metrics whose history a check needs, by run id and metric name,
    /// in the order of step, then timestamp.
    #[serde(default)]
    pub histories: BTreeMap<String, BTreeMap<String, Vec<Metric>>>,
    /// The child runs of its run (seeds, folds), where a check needs them.
    pub children: Option<Vec<Run>>,
    /// What judges said about rows, by the id of the evaluation's run, where a check needs it.
    #[serde(default)]
    pub assessments: BTreeMap<String, Assessments>,
    /// Text files of its model or run that a check needs, by path: `MLmodel`, a logged table.
    #[serde(default)]
    pub files: BTreeMap<String, File>,
    /// Every file of its model by digest, where the gate was asked to look at them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_files: Option<ModelFiles>,
}

/// A file that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum File {
    /// It is not there.
    Absent,
    /// Its text.
    Text(String),
}

impl Subject {
    /// A bare run, for comparisons with `run(ID)` and for tests.
    #[must_use]
    pub fn of_run(run: Run) -> Self {
        Self {
            found_by: format!("run {}", run.id),
            run: Some(run),
            ..Self::default()
        }
    }

    /// The run with this id, among all that its evidence comes from.
    #[must_use]
    pub fn run_with_id(&self, id: &str) -> Option<&Run> {
        self.run
            .iter()
            .chain(self.other_runs.values())
            .find(|run| run.id == id)
    }

    /// What reports call it: `version 7`, or `run 0f3...`.
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.version, &self.run) {
            (Some(version), _) => format!("version {}", version.number),
            (None, Some(run)) => format!("run {}", run.id),
            (None, None) => "nothing".to_owned(),
        }
    }
}
