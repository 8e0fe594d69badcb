//! A metric held against a number, or against another version.
//!
//! The one decision here: the candidate's own value comes first. A NaN is a NaN, and a run that
//! broke is a run that broke, whatever there is to compare with.

use super::case::Case;
use super::look::{self, Seen, look};
use super::range::Range;
use super::relative::{self, Limit};
use super::slice;
use crate::gate::decimal;
use crate::gate::finding::Opinion;
use crate::gate::reason::Reason;
use crate::gate::rule::{MetricRule, Threshold};

pub(super) fn judge<'a>(case: &Case<'a>, rule: &'a MetricRule) -> Opinion {
    if rule.slice.is_empty() {
        whole(case, rule, &rule.metric)
    } else {
        slice::judge(case, rule)
    }
}

/// The rule on one metric name.
pub(super) fn whole<'a>(case: &Case<'a>, rule: &'a MetricRule, name: &str) -> Opinion {
    let side = case.candidate(rule.from.as_ref());
    match look(case, &side, name, rule.step) {
        Ok(seen) => hold(case, rule, name, seen),
        Err(unseen) => unseen.of_candidate(),
    }
}

fn hold<'a>(case: &Case<'a>, rule: &'a MetricRule, name: &str, seen: Seen) -> Opinion {
    let limit = match &rule.threshold {
        Threshold::Absolute(number) => Ok(Limit::number(number)),
        Threshold::Relative { reference, margin } => {
            relative::limit(case, rule, name, &seen, reference, margin.as_ref())
        }
    };
    let mut opinion = match limit {
        Ok(limit) => conclude(rule, name, &seen, limit),
        Err(opinion) => *opinion,
    };
    // A value of a broken run is no better for having something to be compared with.
    if let Some(broken) = &seen.broken {
        opinion = Opinion {
            reason: Reason::RunNotFinished,
            message: broken.clone(),
            ..opinion
        };
    }
    opinion.candidate = Some(seen.observed);
    opinion.notes.splice(0..0, seen.notes);
    opinion.derivation.splice(0..0, seen.derivation);
    opinion.derivation.push(conclusion(&opinion));
    opinion
}

/// The last line of a derivation.
fn conclusion(opinion: &Opinion) -> String {
    match opinion.reason {
        Reason::Holds => "holds".to_owned(),
        other => format!("{}: {}", other.code(), opinion.message),
    }
}

fn conclude(rule: &MetricRule, name: &str, seen: &Seen, limit: Limit) -> Opinion {
    let opinion = match (&seen.range, &limit.range) {
        (Ok(range), Ok(threshold)) => compare(rule, name, range, threshold, &limit.words),
        (Err(why), _) | (_, Err(why)) => look::incomplete(why),
    };
    let exact = |range: &Result<Range, String>| {
        let range = range.as_ref().ok()?;
        range.exact().cloned()
    };
    let delta = limit
        .baseline
        .as_ref()
        .and_then(|baseline| Some(exact(&seen.range)? - baseline.exact()?));
    Opinion {
        baseline: limit.observed,
        threshold: exact(&limit.range),
        delta,
        notes: limit.notes,
        derivation: [limit.derivation, opinion.derivation].concat(),
        ..opinion
    }
}

fn compare(
    rule: &MetricRule,
    name: &str,
    value: &Range,
    threshold: &Range,
    words: &str,
) -> Opinion {
    let symbol = rule.comparator.symbol();
    let shown = || {
        let limit = threshold.exact();
        format!(
            "{name} is {}, and must be {symbol} {}{words}",
            value.value().show(limit),
            threshold.value().show(value.exact()),
        )
    };
    let mut opinion = match value.compare(rule.comparator, threshold) {
        Some(true) => Opinion::new(Reason::Holds, "holds"),
        Some(false) => Opinion::new(Reason::Violated, shown()),
        None => Opinion::new(
            Reason::JudgeIncomplete,
            format!("{}: the rows without an answer decide", shown()),
        ),
    };
    opinion.derivation.push(format!(
        "asked: {} {symbol} {}",
        value.digits(),
        threshold.digits()
    ));
    opinion
}

/// A value as a message shows it beside what it was held against.
pub(super) fn beside(value: &Range, other: Option<&Range>) -> String {
    let other = other.and_then(Range::exact);
    match value.exact() {
        Some(number) => decimal::show_beside(number, other),
        None => value.value().show(other),
    }
}
