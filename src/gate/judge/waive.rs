//! Whether a waiver excuses a check.
//!
//! The one decision here: a waiver excuses a judgement, not the lack of one. A value that is
//! absent, NaN or infinite, a file that is not there or cannot be read, is excused by nobody. Of
//! several waivers for one check every `cap` has to be kept, whichever is written first.

use bigdecimal::BigDecimal;

use super::range::Range;
use crate::evidence::Evidence;
use crate::gate::check::{Check, Gate};
use crate::gate::decimal::show;
use crate::gate::finding::{Finding, Observed, Value};
use crate::gate::outcome::Outcome;
use crate::gate::rule::{Comparator, Expectation, Rule};
use crate::gate::waiver::Waiver;

/// The finding, excused where a waiver for it counts. Says why one that is for it does not.
pub(super) fn waive(
    mut finding: Finding,
    gate: &str,
    evidence: &Evidence,
    waivers: &[Waiver],
) -> Finding {
    if !matches!(finding.outcome, Outcome::Fail | Outcome::Inconclusive) {
        return finding;
    }
    let version = evidence
        .candidate
        .version
        .as_ref()
        .map(|version| version.number);
    let meant = |waiver: &&Waiver| {
        waiver.is_for(gate, &finding.check.id)
            && version.is_some_and(|version| waiver.covers(version))
    };
    let mut counting = Vec::new();
    let mut short = Vec::new();
    let mut refused = Vec::new();
    for waiver in waivers.iter().filter(meant) {
        match refusal(&finding, waiver, evidence.taken_at_ms) {
            None => counting.push(waiver),
            Some(why) => {
                if why.cap {
                    short.push(waiver);
                }
                refused.push((waiver, why));
            }
        }
    }
    if short.is_empty() && !counting.is_empty() {
        finding.outcome = Outcome::Waived;
        finding.waiver = strictest(&finding.check, counting).cloned();
        return finding;
    }
    finding.waiver = strictest(&finding.check, short).cloned();
    for (waiver, why) in refused {
        let note = format!(
            "a waiver by {} does not count: {}",
            waiver.approver, why.words
        );
        finding.opinion.notes.push(note);
    }
    finding
}

/// The one whose `cap` asks for most; one without asks for least. Of equals the first.
fn strictest<'a>(check: &Check, waivers: Vec<&'a Waiver>) -> Option<&'a Waiver> {
    let falls = direction(check) == Some(Comparator::AtMost);
    waivers
        .into_iter()
        .reduce(|one, other| match (&one.cap, &other.cap) {
            (None, Some(_)) => other,
            (Some(mine), Some(theirs)) if falls && theirs < mine => other,
            (Some(mine), Some(theirs)) if !falls && theirs > mine => other,
            _ => one,
        })
}

struct Refusal {
    words: String,
    /// Whether only the floor is in the way.
    cap: bool,
}

fn refusal(finding: &Finding, waiver: &Waiver, at_ms: i64) -> Option<Refusal> {
    let because = |words: String| Some(Refusal { words, cap: false });
    if finding.check.critical {
        return because("the check is critical".to_owned());
    }
    if waiver.has_expired(at_ms) {
        return because(format!("it expired on {}", waiver.expires));
    }
    if waiver.is_too_long(at_ms) {
        return because(format!(
            "it expires on {}, and none may reach further than {} days ahead",
            waiver.expires,
            Waiver::MOST_DAYS
        ));
    }
    if !finding.opinion.reason.is_excusable() {
        return because(format!(
            "nobody can answer for what is not there ({})",
            finding.opinion.reason.code()
        ));
    }
    let cap = waiver.cap.as_ref()?;
    let words = short_of(finding, cap)?;
    Some(Refusal { words, cap: true })
}

/// How the candidate falls short of the floor, if it does. Every slice has to keep it.
fn short_of(finding: &Finding, cap: &BigDecimal) -> Option<String> {
    let Some(comparator) = direction(&finding.check) else {
        return Some("its `cap` cannot be held against a check of this kind".to_owned());
    };
    let parts: Vec<_> = finding
        .opinion
        .parts
        .iter()
        .filter(|part| part.name != "gap")
        .map(|part| part.candidate.as_ref())
        .collect();
    let whole = [finding.opinion.candidate.as_ref()];
    let values: &[Option<&Observed>] = if parts.is_empty() { &whole } else { &parts };
    let symbol = comparator.symbol();
    for value in values {
        let Some(range) = value.and_then(number) else {
            return Some("there is no number to hold its `cap` against".to_owned());
        };
        if range.compare(comparator, &Range::point(cap.clone())) != Some(true) {
            let shown = range.value().show(Some(cap));
            return Some(format!("{shown} is not {symbol} {}, its `cap`", show(cap)));
        }
    }
    None
}

fn number(observed: &Observed) -> Option<Range> {
    match &observed.value {
        Value::Interval { low, high } => Some(Range::between(low.clone(), high.clone())),
        other => other.finite().map(Range::point),
    }
}

/// Which way the check asks, equality included.
fn direction(check: &Check) -> Option<Comparator> {
    let comparator = match &check.rule {
        Rule::Metric(rule) => rule.comparator,
        Rule::Coverage(rule) => rule.comparator,
        Rule::Param(rule) => rule.comparator,
        Rule::Slices(rule) => match (&rule.min, &rule.max) {
            (Some(_), None) => Comparator::AtLeast,
            (None, Some(_)) => Comparator::AtMost,
            _ => return None,
        },
        Rule::Import(rule) => match &rule.expectation {
            Expectation::AllPass => return None,
            Expectation::PassRate { comparator, .. } | Expectation::Value { comparator, .. } => {
                *comparator
            }
        },
        Rule::Signature(_)
        | Rule::Dataset(_)
        | Rule::Scorers(_)
        | Rule::Age(_)
        | Rule::Tag(_)
        | Rule::Test(_) => return None,
    };
    match comparator {
        Comparator::Less | Comparator::AtMost => Some(Comparator::AtMost),
        Comparator::Greater | Comparator::AtLeast => Some(Comparator::AtLeast),
        Comparator::Equal | Comparator::NotEqual => None,
    }
}

/// A note for every waiver for a check of this gate and this candidate that no finding needed:
/// someone should take it away.
pub(super) fn unused(
    gate: &Gate,
    evidence: &Evidence,
    findings: &[Finding],
    waivers: &[Waiver],
) -> Vec<String> {
    let version = evidence.candidate.version.as_ref();
    let version = version.map(|version| version.number);
    let used = |waiver: &Waiver| {
        let mut waivers = findings.iter().map(|finding| finding.waiver.as_ref());
        waivers.any(|used| used == Some(waiver))
    };
    let meant = |waiver: &Waiver| {
        let mut checks = gate.checks.iter();
        checks.any(|check| waiver.is_for(&gate.name, &check.id))
            && version.is_some_and(|version| waiver.covers(version))
    };
    waivers
        .iter()
        .filter(|waiver| meant(waiver) && !used(waiver))
        .map(|waiver| format!("the waiver for `{}` excuses nothing", waiver.check))
        .collect()
}
