//! Traces and what judges said about them: `<experiment>/traces/<id>`.
//!
//! The one decision here: a trace belongs to the run that its metadata names. This store keeps no
//! associations, so traces of before that a run evaluated are not its rows here.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::folder::{Folder, MEDIUM};
use crate::evidence::{Answer, Assessments};
use crate::store::StoreError;
use crate::store::judged::{self, Feedback};

/// What is read of `trace_info.yaml`.
#[derive(Deserialize)]
struct Info {
    request_preview: Option<String>,
}

/// An assessment's file. One without `feedback` is an expectation.
#[derive(Deserialize)]
struct Written {
    assessment_id: String,
    assessment_name: String,
    feedback: Option<Said>,
    source: Source,
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
    create_time: String,
    valid: Option<bool>,
    overrides: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    value: Option<serde_yaml::Value>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    error_code: Option<String>,
    error_message: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default)]
    source_type: String,
    source_id: Option<String>,
}

impl Folder<'_> {
    /// What judges said in the evaluation run in a folder.
    pub(super) fn assessments(&self, run: &str, place: &Path) -> Result<Assessments, StoreError> {
        let traces = place.parent().unwrap_or(Path::new("")).join("traces");
        let mut rows = BTreeMap::new();
        let mut feedback = Vec::new();
        for id in self.folders(&traces)? {
            let trace = traces.join(&id);
            let metadata = trace.join("request_metadata");
            let of = self.text(&metadata.join(judged::SOURCE_RUN), MEDIUM)?;
            if of.as_deref() != Some(run) {
                continue;
            }
            self.feedback(&id, &trace, &mut feedback)?;
            rows.insert(id, self.pairing_key(&trace)?);
        }
        Ok(judged::settle(run, rows, &feedback))
    }

    fn pairing_key(&self, trace: &Path) -> Result<Option<String>, StoreError> {
        let inputs = trace.join("request_metadata").join(judged::INPUTS);
        let inputs = self.text(&inputs, MEDIUM)?;
        let info: Option<Info> = self.yaml(&trace.join("trace_info.yaml"), MEDIUM)?;
        let preview = info.and_then(|info| info.request_preview);
        Ok(judged::pairing_key(inputs.as_deref(), preview.as_deref()))
    }

    fn feedback(
        &self,
        id: &str,
        trace: &Path,
        found: &mut Vec<Feedback>,
    ) -> Result<(), StoreError> {
        let folder = trace.join("assessments");
        for entry in self.entries(&folder)? {
            let Some(written) = self.yaml::<Written>(&folder.join(&entry.name), MEDIUM)? else {
                continue;
            };
            let Some(said) = written.feedback else {
                continue;
            };
            let noted = |key: &str| Some(written.metadata.as_ref()?.get(key)?.as_str());
            let (kind, name) = (&written.source.source_type, &written.source.source_id);
            found.push(Feedback {
                row: id.to_owned(),
                answer: answer(said).map_err(|reason| self.damaged(reason))?,
                run: noted(judged::ASSESSED_IN).map(str::to_owned),
                scorer: judged::scorer(noted(judged::SCORER_DIGEST), kind, name.as_deref()),
                at_ms: self.moment(&written.create_time)?,
                valid: written.valid.unwrap_or(true),
                id: written.assessment_id,
                judge: written.assessment_name,
                overrides: written.overrides,
            });
        }
        Ok(())
    }

    fn moment(&self, text: &str) -> Result<i64, StoreError> {
        let moment: jiff::Timestamp = text
            .parse()
            .map_err(|_| self.damaged(format!("`{text}` is no time of an assessment")))?;
        Ok(moment.as_millisecond())
    }
}

fn answer(said: Said) -> Result<Answer, String> {
    if let Some(error) = said.error {
        let (code, message) = (error.error_code, error.error_message);
        return Ok(judged::failure(code.as_deref(), message.as_deref()));
    }
    match said.value {
        // JSON has no word for them, and this store keeps them.
        Some(serde_yaml::Value::Number(number)) => match number.as_f64() {
            Some(double) => Ok(judged::answer_of_double(double)),
            None => Err(format!("`{number}` is no number that a judge answers")),
        },
        Some(value) => serde_json::to_value(value)
            .map(|value| judged::answer_of(&value))
            .map_err(|error| format!("an assessment's value is no JSON: {error}")),
        None => Ok(judged::answer_of(&serde_json::Value::Null)),
    }
}
