//! How many rows a judge answered.

use bigdecimal::BigDecimal;

use super::answers::{self, Tally};
use super::case::Case;
use super::look::broken;
use super::unseen::nearest;
use crate::evidence::Assessments;
use crate::gate::decimal::show_beside;
use crate::gate::finding::{Observed, Opinion, Source, Value};
use crate::gate::reason::Reason;
use crate::gate::rule::{CoverageRule, ReadFrom};

/// The share of all rows of the evaluation, not of those that left an answer or a failure.
pub(super) fn judge(case: &Case<'_>, rule: &CoverageRule) -> Opinion {
    let (run, all) = match evaluation(case, &rule.judge) {
        Ok(found) => found,
        Err(opinion) => return *opinion,
    };
    let tally = match answers::tally(all, &rule.judge) {
        Ok(tally) => tally,
        Err(contradiction) => return Opinion::new(Reason::EvidenceUnreadable, contradiction),
    };
    if !tally.spoke() {
        let near = nearest(&rule.judge, answers::judges(all).into_iter());
        let judges = if near.is_empty() {
            String::new()
        } else {
            format!("; the judges are {near}")
        };
        let message = format!(
            "no judge `{}` answered a row of run {run}{judges}",
            rule.judge
        );
        return Opinion::new(Reason::EvidenceMissing, message);
    }
    hold(rule, &run, &tally)
}

/// The answers of the run that metrics are read from, else of the one other run that has answers
/// of this judge about the same model.
fn evaluation<'a>(case: &Case<'a>, judge: &str) -> Result<(String, &'a Assessments), Box<Opinion>> {
    let subject = &case.evidence.candidate;
    let no = |reason, message: String| Err(Box::new(Opinion::new(reason, message)));
    let found = match &case.gate.from {
        ReadFrom::NamedRun(id) => Ok(answers::of_run(subject, id).map(|all| (id.as_str(), all))),
        ReadFrom::Run | ReadFrom::Model { .. } => answers::of_judge(subject, judge),
    };
    match found {
        Ok(Some((id, all))) => {
            let run = subject.run_with_id(id);
            match run.and_then(|run| broken(run.status)) {
                Some(how) => no(
                    Reason::RunNotFinished,
                    format!("the candidate's run {id} {how}"),
                ),
                None => Ok((id.to_owned(), all)),
            }
        }
        Ok(None) => no(
            Reason::EvidenceMissing,
            format!(
                "no rows that judges could have answered are recorded for {}",
                subject.name()
            ),
        ),
        Err(runs) => no(
            Reason::AmbiguousMetric,
            format!("{judge} answered in several runs: {}", runs.join(", ")),
        ),
    }
}

fn hold(rule: &CoverageRule, run: &str, tally: &Tally) -> Opinion {
    let count = |number: usize| BigDecimal::from(u64::try_from(number).unwrap_or(u64::MAX));
    let (answered, rows) = (count(tally.answered), count(tally.rows));
    let hundred = BigDecimal::from(100);
    // Cross-multiplied, so that a third of the rows is exactly a third.
    let ordering = (&answered * &hundred).cmp(&(&rule.percent * &rows));
    let percent = &answered * &hundred / &rows;
    let asked = format!(
        "{} x 100 / {} = {}%, asked: {} {}%",
        tally.answered,
        tally.rows,
        show_beside(&percent, Some(&rule.percent)),
        rule.comparator.symbol(),
        show_beside(&rule.percent, Some(&percent))
    );
    let opinion = if rule.comparator.holds(ordering) {
        Opinion::new(Reason::Holds, "holds")
    } else {
        let because = tally
            .failure
            .as_ref()
            .and_then(|why| why.lines().next())
            .map(|why| {
                format!(
                    "; it failed with: {}",
                    why.chars().take(120).collect::<String>()
                )
            })
            .unwrap_or_default();
        let message = format!(
            "{} answered {} of {} rows ({}%), and it must be {} {}%{because}",
            rule.judge,
            tally.answered,
            tally.rows,
            show_beside(&percent, Some(&rule.percent)),
            rule.comparator.symbol(),
            show_beside(&rule.percent, Some(&percent))
        );
        Opinion::new(Reason::Violated, message)
    };
    Opinion {
        candidate: Some(Observed {
            value: Value::Number(percent),
            source: Source {
                place: format!("run {run}"),
                n: u64::try_from(tally.rows).ok(),
                ..Source::default()
            },
        }),
        threshold: Some(rule.percent.clone()),
        derivation: vec![
            format!(
                "{} in run {run}: {} of {} rows",
                rule.judge, tally.answered, tally.rows
            ),
            asked,
        ],
        ..opinion
    }
}
