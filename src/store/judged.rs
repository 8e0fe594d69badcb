//! From what a store keeps about judges to what they said: the same for every kind of store.
//!
//! The one decision here: the rows are the traces of the run, answered or not. A judge that failed
//! or said nothing leaves a hole, and a hole must be seen: MLflow's own mean passes over it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::evidence::{Answer, Assessment, Assessments, Finite};

/// The trace metadata that names the run a trace belongs to.
pub(super) const SOURCE_RUN: &str = "mlflow.sourceRun";

/// The trace metadata that holds the request, cut at 250 characters.
pub(super) const INPUTS: &str = "mlflow.traceInputs";

/// The assessment metadata that names the evaluation run an assessment was made in.
pub(super) const ASSESSED_IN: &str = "mlflow.assessment.sourceRunId";

/// The assessment metadata that identifies the judge's definition, from MLflow 3.17 on.
pub(super) const SCORER_DIGEST: &str = "mlflow.assessment.scorerDigest";

/// The longest reason of a failure that is kept, in characters.
const LONGEST_REASON: usize = 300;

/// One feedback on one trace, as a store keeps it. Expectations are not feedback.
#[derive(Debug, Clone)]
pub(super) struct Feedback {
    /// Its id.
    pub(super) id: String,
    /// The trace it is about.
    pub(super) row: String,
    /// The assessment's name.
    pub(super) judge: String,
    /// What it says.
    pub(super) answer: Answer,
    /// Whether nobody has put another in its place.
    pub(super) valid: bool,
    /// The id of the feedback that it was put in the place of.
    pub(super) overrides: Option<String>,
    /// The evaluation run it was made in. A person's correction has none.
    pub(super) run: Option<String>,
    /// As [`scorer`] makes it.
    pub(super) scorer: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub(super) at_ms: i64,
}

/// What identifies a judge: the digest of its definition (`sha256:...`) where MLflow wrote one,
/// else its kind and name, which do not say what it does.
pub(super) fn scorer(digest: Option<&str>, source_type: &str, source_id: Option<&str>) -> String {
    match digest {
        Some(digest) if !digest.is_empty() => digest.to_owned(),
        _ => format!("{source_type}/{}", source_id.unwrap_or_default()),
    }
}

/// What pairs a row with the same row of another run: a digest of the request, which no cut text
/// can be taken for.
pub(super) fn pairing_key(inputs: Option<&str>, preview: Option<&str>) -> Option<String> {
    let whole = |text: &str| serde_json::from_str::<Value>(text).ok();
    let mut request = inputs.and_then(whole).or_else(|| preview.and_then(whole))?;
    request.sort_all_objects();
    let mut digest = String::new();
    for byte in Sha256::digest(request.to_string().as_bytes()) {
        write!(digest, "{byte:02x}").ok()?;
    }
    Some(digest)
}

/// The answer in a JSON text that Python wrote, where NaN and the infinities may stand bare.
///
/// # Errors
/// What is wrong with the text, as a fragment.
pub(super) fn answer_in_json(text: &str) -> Result<Answer, String> {
    match text.trim() {
        word @ ("NaN" | "Infinity" | "-Infinity") => Ok(not_finite(word)),
        text => match serde_json::from_str(text) {
            Ok(value) => Ok(answer_of(&value)),
            // A list or an object with a bare NaN in it is no JSON, and no number either.
            Err(_) if text.starts_with(['[', '{']) => Ok(Answer::Text(text.to_owned())),
            Err(error) => Err(format!("an assessment's value is no JSON: {error}")),
        },
    }
}

/// The answer in a JSON value.
pub(super) fn answer_of(value: &Value) -> Answer {
    match value {
        Value::Null => Answer::Failed("no value".to_owned()),
        Value::Bool(yes) => Answer::YesNo(*yes),
        Value::Number(number) => match number.as_f64() {
            Some(double) => answer_of_double(double),
            None => Answer::Text(number.to_string()),
        },
        Value::String(text) => answer_of_text(text),
        Value::Array(_) | Value::Object(_) => Answer::Text(value.to_string()),
    }
}

/// The answer in a double.
pub(super) fn answer_of_double(double: f64) -> Answer {
    match Finite::new(double) {
        Some(finite) => Answer::Number(finite),
        None if double.is_nan() => not_finite("NaN"),
        None if double > 0.0 => not_finite("Infinity"),
        None => not_finite("-Infinity"),
    }
}

/// MLflow counts `yes` and `no` in any case (`genai/scorers/aggregation.py`), and no other word.
fn answer_of_text(text: &str) -> Answer {
    if text.eq_ignore_ascii_case("yes") {
        Answer::YesNo(true)
    } else if text.eq_ignore_ascii_case("no") {
        Answer::YesNo(false)
    } else {
        Answer::Text(text.to_owned())
    }
}

fn not_finite(word: &str) -> Answer {
    Answer::Failed(format!("the value is {word}"))
}

/// The answer of a judge that failed, without its stack trace.
pub(super) fn failure(code: Option<&str>, message: Option<&str>) -> Answer {
    let said = |text: Option<&str>| -> String {
        let line = text.unwrap_or_default().trim().lines().next();
        line.unwrap_or_default()
            .chars()
            .filter(|letter| !letter.is_control())
            .take(LONGEST_REASON)
            .collect()
    };
    let (code, message) = (said(code), said(message));
    Answer::Failed(match (code.is_empty(), message.is_empty()) {
        (true, true) => "it failed without a reason".to_owned(),
        (false, true) => code,
        (true, false) => message,
        (false, false) => format!("{code}: {message}"),
    })
}

/// What the judges of `run` said about its `rows` (trace id to pairing key): of one judge on one
/// row the newest, and in the place of one that somebody overrode what it was overridden with.
pub(super) fn settle(
    run: &str,
    rows: BTreeMap<String, Option<String>>,
    feedback: &[Feedback],
) -> Assessments {
    let mut newest: BTreeMap<(&str, &str), &Feedback> = BTreeMap::new();
    for one in feedback {
        if one.run.as_deref() != Some(run) || !rows.contains_key(&one.row) {
            continue;
        }
        let kept = newest.entry((&one.row, &one.judge)).or_insert(one);
        if age(kept) < age(one) {
            *kept = one;
        }
    }
    let replacements = replacements(feedback);
    let given = newest
        .into_values()
        .filter_map(|one| {
            let standing = follow(one, &replacements)?;
            Some(Assessment {
                judge: one.judge.clone(),
                row: one.row.clone(),
                answer: standing.answer.clone(),
                scorer: one.scorer.clone(),
            })
        })
        .collect();
    Assessments {
        rows: rows.into_iter().collect(),
        given,
    }
}

fn age(feedback: &Feedback) -> (i64, &str) {
    (feedback.at_ms, &feedback.id)
}

/// For each overridden id and its row, the newest feedback that was put in its place.
fn replacements(feedback: &[Feedback]) -> BTreeMap<(&str, &str), &Feedback> {
    let mut found: BTreeMap<(&str, &str), &Feedback> = BTreeMap::new();
    for one in feedback {
        let Some(overridden) = &one.overrides else {
            continue;
        };
        let kept = found.entry((&one.row, overridden)).or_insert(one);
        if age(kept) < age(one) {
            *kept = one;
        }
    }
    found
}

/// What stands in the end where a feedback was overridden. A chain that never ends in something
/// valid says nothing.
fn follow<'f>(
    start: &'f Feedback,
    replacements: &BTreeMap<(&str, &str), &'f Feedback>,
) -> Option<&'f Feedback> {
    let mut standing = start;
    for _ in 0..=replacements.len() {
        if standing.valid {
            return Some(standing);
        }
        standing = replacements.get(&(standing.row.as_str(), standing.id.as_str()))?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feedback(id: &str, judge: &str, yes: bool) -> Feedback {
        Feedback {
            id: id.to_owned(),
            row: "tr-1".to_owned(),
            judge: judge.to_owned(),
            answer: Answer::YesNo(yes),
            valid: true,
            overrides: None,
            run: Some("r".to_owned()),
            scorer: "sha256:1".to_owned(),
            at_ms: 0,
        }
    }

    fn answers(feedback: &[Feedback]) -> Vec<(String, bool)> {
        let rows = [("tr-1".to_owned(), None), ("tr-2".to_owned(), None)];
        let settled = settle("r", rows.into(), feedback);
        assert_eq!(settled.rows.len(), 2);
        settled
            .given
            .into_iter()
            .map(|one| (one.judge, one.answer == Answer::YesNo(true)))
            .collect()
    }

    #[test]
    fn every_kind_of_value_is_an_answer() {
        for (text, expected) in [
            ("4", Answer::Number(Finite::new(4.0).unwrap())),
            ("0.5", Answer::Number(Finite::new(0.5).unwrap())),
            ("true", Answer::YesNo(true)),
            (r#""Yes""#, Answer::YesNo(true)),
            (r#""no""#, Answer::YesNo(false)),
            (r#""pass""#, Answer::Text("pass".to_owned())),
            ("[1, 2]", Answer::Text("[1,2]".to_owned())),
            ("[NaN]", Answer::Text("[NaN]".to_owned())),
            ("null", Answer::Failed("no value".to_owned())),
            ("NaN", Answer::Failed("the value is NaN".to_owned())),
            (
                "-Infinity",
                Answer::Failed("the value is -Infinity".to_owned()),
            ),
        ] {
            assert_eq!(answer_in_json(text), Ok(expected), "{text}");
        }
        assert!(answer_in_json("nan").is_err());
        assert!(answer_in_json("").is_err());
    }

    #[test]
    fn a_failure_has_a_reason_of_one_line() {
        let said = |code, message| match failure(code, message) {
            Answer::Failed(reason) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(said(Some("SCORER_ERROR"), Some("a\nb")), "SCORER_ERROR: a");
        assert_eq!(said(None, None), "it failed without a reason");
        assert_eq!(said(None, Some(&"x".repeat(1000))).len(), LONGEST_REASON);
    }

    #[test]
    fn a_row_is_known_by_its_whole_request_and_by_nothing_less() {
        let key = |inputs: &str, preview: &str| pairing_key(Some(inputs), Some(preview));
        let whole = key(r#"{"b": [1], "a": "x"}"#, "").unwrap();
        assert_eq!(key(r#"{"a":"x","b":[1]}"#, "").as_ref(), Some(&whole));
        assert_eq!(key(r#"{"a": "..."#, r#"{"b":[1],"a":"x"}"#), Some(whole));
        assert_eq!(key(r#"{"a": "xx..."#, r#"{"a": "xxxx..."#), None);
        assert_eq!(pairing_key(None, None), None);
    }

    #[test]
    fn only_this_runs_judges_count_and_of_two_answers_the_newest() {
        let mut other = feedback("a-1", "correct", false);
        other.run = Some("another".to_owned());
        let mut person = feedback("a-2", "correct", false);
        person.run = None;
        let mut older = feedback("a-9", "correct", false);
        older.at_ms = -1;
        let given = [other, person, feedback("a-3", "correct", true), older];
        assert_eq!(answers(&given), [("correct".to_owned(), true)]);
    }

    #[test]
    fn what_a_person_overrode_is_what_the_person_said() {
        let mut first = feedback("a-1", "correct", true);
        first.valid = false;
        let mut second = feedback("a-2", "correct", true);
        (second.valid, second.run) = (false, None);
        second.overrides = Some("a-1".to_owned());
        let mut third = feedback("a-3", "correct", false);
        (third.run, third.overrides) = (None, Some("a-2".to_owned()));
        let all = [first.clone(), second.clone(), third];
        assert_eq!(answers(&all), [("correct".to_owned(), false)]);
        assert_eq!(answers(&[first.clone(), second.clone()]), []);
        // A circle ends.
        first.overrides = Some("a-2".to_owned());
        assert_eq!(answers(&[first, second]), []);
    }
}
