//! What judges said, as the server tells it with the traces of a run.
//!
//! The one decision here: what counts is decided in one place for every kind of store
//! (`store/judged.rs`); here it is only read.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::server::RestStore;
use crate::evidence::Assessments;
use crate::mlflow::{Assessment, Trace};
use crate::store::StoreError;
use crate::store::judged::{self, Feedback};

/// The most traces, and the most assessments, that are read of one run.
const MOST_ASSESSMENTS: usize = 1_000_000;

/// The rows and the feedback of one run, page by page.
#[derive(Default)]
pub(super) struct Judged {
    rows: BTreeMap<String, Option<String>>,
    feedback: Vec<Feedback>,
}

impl Judged {
    /// What the judges of `run` said.
    pub(super) fn settle(self, run: &str) -> Assessments {
        judged::settle(run, self.rows, &self.feedback)
    }

    /// Takes in a page of traces.
    pub(super) fn extend(
        &mut self,
        store: &RestStore,
        traces: Vec<Trace>,
    ) -> Result<(), StoreError> {
        for trace in traces {
            let inputs = trace.metadata.get(judged::INPUTS);
            let preview = trace.request_preview.as_deref();
            let key = judged::pairing_key(inputs.map(String::as_str), preview);
            for assessment in trace.assessments {
                let feedback = feedback(store, &trace.id, assessment)?;
                self.feedback.extend(feedback);
            }
            if self.rows.insert(trace.id, key).is_some() {
                return Err(store.malformed("the traces changed while they were read"));
            }
        }
        if self.rows.len().max(self.feedback.len()) > MOST_ASSESSMENTS {
            return Err(store.too_large(MOST_ASSESSMENTS, "assessments of one run"));
        }
        Ok(())
    }
}

/// One feedback; `None` for an expectation.
fn feedback(
    store: &RestStore,
    trace: &str,
    assessment: Assessment,
) -> Result<Option<Feedback>, StoreError> {
    let Some(said) = assessment.feedback else {
        return Ok(None);
    };
    if assessment.trace_id.is_some_and(|id| id != trace) {
        return Err(store.malformed("an assessment is about another trace"));
    }
    let at: Timestamp = assessment
        .create_time
        .parse()
        .map_err(|_| store.malformed("an assessment was made at a time that is none"))?;
    let answer = match said.error {
        Some(error) => judged::failure(error.error_code.as_deref(), error.error_message.as_deref()),
        None => judged::answer_of(&said.value),
    };
    let noted = |key: &str| assessment.metadata.get(key);
    let source = &assessment.source;
    Ok(Some(Feedback {
        id: assessment.id,
        row: trace.to_owned(),
        judge: assessment.name,
        answer,
        valid: assessment.valid.unwrap_or(true),
        overrides: assessment.overrides.filter(|id| !id.is_empty()),
        run: noted(judged::ASSESSED_IN).cloned(),
        scorer: judged::scorer(
            noted(judged::SCORER_DIGEST).map(String::as_str),
            &source.source_type,
            source.source_id.as_deref(),
        ),
        at_ms: at.as_millisecond(),
    }))
}
