//! What one judge said about the rows of an evaluation, counted.
//!
//! The one decision here: the rows of the evaluation are what is counted against, never the
//! answers. A judge that says nothing about a row leaves no trace of it in MLflow.

use std::collections::{BTreeMap, BTreeSet};

use bigdecimal::BigDecimal;

use crate::evidence::{Answer, Assessments, Subject};
use crate::gate::decimal::decimal;

/// One judge's answers to the rows of one evaluation.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// How many rows the evaluation has.
    pub(super) rows: usize,
    /// How many of them the judge answered, in whatever form.
    pub(super) answered: usize,
    /// The answers that MLflow counts in a mean: numbers, and yes as 1 and no as 0.
    pub(super) numbers: Vec<BigDecimal>,
    /// Whether every one of them was a yes or a no.
    pub(super) is_yes_or_no: bool,
    /// Why it failed on a row, as far as it said.
    pub(super) failure: Option<String>,
    /// Who it was: one identity, or several where it changed between rows.
    pub(super) scorers: BTreeSet<String>,
}

impl Tally {
    /// Whether the judge left any trace: an answer or a failure.
    pub(super) fn spoke(&self) -> bool {
        self.answered > 0 || self.failure.is_some()
    }
}

/// The answers given to the rows of a run, where there are rows.
pub(super) fn of_run<'a>(subject: &'a Subject, run_id: &str) -> Option<&'a Assessments> {
    let all = subject.assessments.get(run_id);
    all.filter(|all| !all.rows.is_empty())
}

/// The evaluation that a judge answered in: that of the run itself, else the one later evaluation
/// of the same model. The error names several.
pub(super) fn of_judge<'a>(
    subject: &'a Subject,
    judge: &str,
) -> Result<Option<(&'a str, &'a Assessments)>, Vec<&'a str>> {
    let own = subject.run.as_ref().map(|run| run.id.as_str());
    if let Some((id, all)) = own.and_then(|id| Some((id, of_run(subject, id)?))) {
        return Ok(Some((id, all)));
    }
    let spoke = |all: &&Assessments| judges(all).contains(judge);
    let runs = subject.assessments.keys().map(String::as_str);
    let found = runs.filter_map(|id| Some((id, of_run(subject, id).filter(spoke)?)));
    let found: Vec<_> = found.collect();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => Err(several.iter().map(|(id, _)| *id).collect()),
    }
}

/// Counts the answers of `judge`.
///
/// The error says how they contradict themselves: two answers to one row, or an answer to a row
/// that is none.
pub(super) fn tally(all: &Assessments, judge: &str) -> Result<Tally, String> {
    let rows: BTreeSet<&str> = all.rows.iter().map(|(id, _)| id.as_str()).collect();
    if rows.len() < all.rows.len() {
        return Err("the evaluation has the same row twice".to_owned());
    }
    let mut given = BTreeMap::new();
    for assessment in all.given.iter().filter(|given| given.judge == judge) {
        if !rows.contains(assessment.row.as_str()) {
            return Err(format!(
                "{judge} answered a row that the evaluation does not have ({})",
                assessment.row
            ));
        }
        if given.insert(assessment.row.as_str(), assessment).is_some() {
            return Err(format!("{judge} answered the row {} twice", assessment.row));
        }
    }
    let mut tally = Tally {
        rows: rows.len(),
        is_yes_or_no: true,
        ..Tally::default()
    };
    for assessment in given.into_values() {
        tally.scorers.insert(assessment.scorer.clone());
        tally.add(&assessment.answer);
    }
    Ok(tally)
}

impl Tally {
    fn add(&mut self, answer: &Answer) {
        match answer {
            Answer::Failed(why) => {
                self.failure.get_or_insert_with(|| why.clone());
                return;
            }
            Answer::Number(number) => {
                self.numbers.push(decimal(*number));
                self.is_yes_or_no = false;
            }
            Answer::YesNo(yes) => self.numbers.push(BigDecimal::from(u8::from(*yes))),
            // Counts in no mean, so it says nothing about the scale of those that do.
            Answer::Text(_) => {}
        }
        self.answered += 1;
    }
}

/// Every judge that left a trace.
pub(super) fn judges(all: &Assessments) -> BTreeSet<&str> {
    all.given.iter().map(|given| given.judge.as_str()).collect()
}
