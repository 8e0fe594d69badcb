//! The tables of traces and of what judges said about them, which came with MLflow 3.
//!
//! The one decision here: a trace belongs to a run by its metadata or by an association, and both
//! are asked. Where existing traces are evaluated there is only the second.

use std::collections::BTreeMap;

use rusqlite::Row;
use serde_json::Value;

use super::families::{ASSESSMENTS, ASSOCIATIONS};
use super::rows::{MOST_ROWS, Rows};
use crate::evidence::{Answer, Assessments};
use crate::store::StoreError;
use crate::store::judged::{self, Feedback};

/// The most assessments that are read of one run.
const MOST_ASSESSMENTS: usize = 1_000_000;

/// The traces of a run by their metadata.
const BY_METADATA: &str =
    "SELECT request_id FROM trace_request_metadata WHERE key = 'mlflow.sourceRun' AND value = ?1";

/// The traces of a run by association.
const BY_ASSOCIATION: &str = "SELECT source_id FROM entity_associations \
     WHERE destination_type = 'run' AND destination_id = ?1 AND source_type = 'trace'";

impl Rows<'_> {
    /// What judges said in one evaluation run.
    pub(super) fn assessments(&self, run: &str) -> Result<Assessments, StoreError> {
        if !self.has(&ASSESSMENTS)? {
            return Ok(Assessments::default());
        }
        let traces = if self.has(&ASSOCIATIONS)? {
            format!("{BY_METADATA} UNION {BY_ASSOCIATION}")
        } else {
            BY_METADATA.to_owned()
        };
        let rows = self.traces(run, &traces)?;
        let feedback = self.feedback(run, &traces)?;
        Ok(judged::settle(run, rows, &feedback))
    }

    /// The rows of the evaluation: each trace, and what pairs it.
    fn traces(
        &self,
        run: &str,
        traces: &str,
    ) -> Result<BTreeMap<String, Option<String>>, StoreError> {
        let query = format!(
            "SELECT i.request_id, m.value, i.request_preview FROM trace_info i \
             LEFT JOIN trace_request_metadata m ON m.request_id = i.request_id AND m.key = ?2 \
             WHERE i.request_id IN ({traces})"
        );
        let mut rows = BTreeMap::new();
        let bound = (MOST_ROWS, "traces of one run");
        self.each(&query, &[&run, &judged::INPUTS], bound, |row| {
            let id = self.name(row, 0, "traces of a run")?;
            let inputs = self.text(row, 1, judged::INPUTS)?;
            let preview = self.text(row, 2, "request_preview")?;
            let key = judged::pairing_key(inputs.as_deref(), preview.as_deref());
            match rows.insert(id, key) {
                Some(_) => Err(self.damaged("two traces with one id".to_owned())),
                None => Ok(()),
            }
        })?;
        Ok(rows)
    }

    fn feedback(&self, run: &str, traces: &str) -> Result<Vec<Feedback>, StoreError> {
        let query = format!(
            "SELECT assessment_id, trace_id, name, value, error, valid, overrides, \
                 assessment_metadata, source_type, source_id, created_timestamp \
             FROM assessments \
             WHERE +assessment_type = 'feedback' AND trace_id IN ({traces})"
        );
        let mut found = Vec::new();
        let bound = (MOST_ASSESSMENTS, "assessments of one run");
        self.each(&query, &[&run], bound, |row| {
            found.push(self.one_feedback(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    fn one_feedback(&self, row: &Row<'_>) -> Result<Feedback, StoreError> {
        let metadata = self.json(row, 7, "assessment_metadata")?;
        let noted = |key: &str| metadata.as_ref()?.get(key)?.as_str();
        let source_type = self.text(row, 8, "source_type")?.unwrap_or_default();
        let source_id = self.text(row, 9, "source_id")?;
        Ok(Feedback {
            id: self.name(row, 0, "assessments")?,
            row: self.name(row, 1, "traces of assessments")?,
            judge: self.name(row, 2, "names of assessments")?,
            answer: self.answer(row)?,
            valid: self.flag(row, 5, "valid")?,
            overrides: self.text(row, 6, "overrides")?,
            run: noted(judged::ASSESSED_IN).map(str::to_owned),
            scorer: judged::scorer(
                noted(judged::SCORER_DIGEST),
                &source_type,
                source_id.as_deref(),
            ),
            at_ms: self.integer(row, 10, "created_timestamp")?,
        })
    }

    fn answer(&self, row: &Row<'_>) -> Result<Answer, StoreError> {
        if let Some(error) = self.json(row, 4, "error")? {
            let said = |key: &str| error.get(key)?.as_str();
            return Ok(judged::failure(said("error_code"), said("error_message")));
        }
        let Some(value) = self.text(row, 3, "value")? else {
            return Err(self.damaged("an assessment has no value".to_owned()));
        };
        judged::answer_in_json(&value).map_err(|reason| self.damaged(reason))
    }

    /// A JSON object in a column; `None` for NULL and for JSON's own null.
    fn json(&self, row: &Row<'_>, column: usize, name: &str) -> Result<Option<Value>, StoreError> {
        let Some(text) = self.text(row, column, name)? else {
            return Ok(None);
        };
        match serde_json::from_str(&text) {
            Ok(Value::Null) => Ok(None),
            Ok(object @ Value::Object(_)) => Ok(Some(object)),
            _ => Err(self.damaged(format!("`{name}` is no JSON object"))),
        }
    }
}
