//! What judges said about single rows.

use serde::{Deserialize, Serialize};

use super::Finite;

/// What all judges of one evaluation run said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessments {
    /// The rows (traces) of the evaluation, answered or not, each once: its id, and what pairs it
    /// with the same row of another run (a digest of the request), where there is such a thing.
    pub rows: Vec<(String, Option<String>)>,
    /// Every answer and every failure, at most one for each judge and row.
    pub given: Vec<Assessment>,
}

/// What one judge said about one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The judge's (scorer's) name.
    pub judge: String,
    /// The row's id.
    pub row: String,
    /// What it said.
    pub answer: Answer,
    /// What identifies the judge: the digest of its definition (`sha256:...`) where MLflow wrote
    /// one (3.17 and later), else its kind and name, which do not say what it does.
    pub scorer: String,
}

/// An answer of a judge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// A number.
    Number(Finite),
    /// A yes or no: `true`, `false`, `"yes"`, `"no"`.
    YesNo(bool),
    /// Anything else it said.
    Text(String),
    /// It failed, or said nothing: the reason.
    Failed(String),
}
