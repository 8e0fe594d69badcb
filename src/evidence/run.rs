//! A run: one execution of training or evaluation, with what it logged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{DatasetInput, Metrics};

/// The tag that holds the commit a run was made from.
const COMMIT: &str = "mlflow.source.git.commit";

/// A run as a store holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The 32 hexadecimal digits MLflow gave it.
    pub id: String,
    /// The experiment it belongs to.
    pub experiment_id: String,
    /// Whether a person deleted it. Deleted runs can still be read by id, and are no evidence.
    pub deleted: bool,
    /// How it ended, if it did.
    pub status: RunStatus,
    /// When it began, in milliseconds since the Unix epoch.
    pub start_ms: Option<i64>,
    /// When it ended, in milliseconds since the Unix epoch.
    pub end_ms: Option<i64>,
    /// Where its artifacts are.
    pub artifact_uri: String,
    /// The latest value of every metric.
    pub metrics: Metrics,
    /// Its parameters. Values are text, as MLflow keeps them.
    pub params: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The data sets it took in.
    pub datasets: Vec<DatasetInput>,
}

impl Run {
    /// A finished run that logged nothing.
    #[must_use]
    pub fn empty(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            experiment_id: "0".to_owned(),
            deleted: false,
            status: RunStatus::Finished,
            start_ms: None,
            end_ms: None,
            artifact_uri: String::new(),
            metrics: Metrics::new(),
            params: BTreeMap::new(),
            tags: BTreeMap::new(),
            datasets: Vec::new(),
        }
    }

    /// The commit it was made from, when MLflow knew it.
    #[must_use]
    pub fn commit(&self) -> Option<&str> {
        self.tags
            .get(COMMIT)
            .map(String::as_str)
            .filter(|commit| !commit.is_empty())
    }
}

/// How a run stands, in MLflow's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RunStatus {
    /// Going on.
    Running,
    /// Not begun.
    Scheduled,
    /// Ended well.
    Finished,
    /// Ended with an error.
    Failed,
    /// Ended from outside.
    Killed,
}

impl RunStatus {
    /// As MLflow spells it in SQL and over REST.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "RUNNING" => Self::Running,
            "SCHEDULED" => Self::Scheduled,
            "FINISHED" => Self::Finished,
            "FAILED" => Self::Failed,
            "KILLED" => Self::Killed,
            _ => return None,
        })
    }
}
