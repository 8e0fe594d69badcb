//! Traces with their assessments: what judges said about the rows of an evaluation.

use std::collections::BTreeMap;

use serde_json::Value;

/// The answer of `traces/search` (version 3).
#[derive(Debug, serde::Deserialize)]
pub(crate) struct TracesAnswer {
    #[serde(default)]
    pub(crate) traces: Vec<Trace>,
    #[serde(default)]
    pub(crate) next_page_token: Option<String>,
}

/// A trace: one row of an evaluation.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Trace {
    #[serde(rename = "trace_id")]
    pub(crate) id: String,
    #[serde(rename = "trace_metadata", default)]
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) request_preview: Option<String>,
    #[serde(default)]
    pub(crate) assessments: Vec<Assessment>,
}

/// What a judge or a person said about a trace.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Assessment {
    #[serde(rename = "assessment_id")]
    pub(crate) id: String,
    #[serde(rename = "assessment_name")]
    pub(crate) name: String,
    pub(crate) trace_id: Option<String>,
    /// RFC 3339, in UTC.
    pub(crate) create_time: String,
    #[serde(default)]
    pub(crate) source: Source,
    /// Absent for expectations, which belong to the data.
    pub(crate) feedback: Option<Feedback>,
    #[serde(default)]
    pub(crate) metadata: BTreeMap<String, String>,
    /// Whether it still stands. Absent means yes (`optional bool valid`).
    pub(crate) valid: Option<bool>,
    /// The assessment that this one replaces.
    pub(crate) overrides: Option<String>,
}

/// Who said it.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Source {
    #[serde(default)]
    pub(crate) source_type: String,
    pub(crate) source_id: Option<String>,
}

/// What was said.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Feedback {
    #[serde(default)]
    pub(crate) value: Value,
    pub(crate) error: Option<Fault>,
}

/// Why a judge gave no answer.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Fault {
    pub(crate) error_code: Option<String>,
    pub(crate) error_message: Option<String>,
}
