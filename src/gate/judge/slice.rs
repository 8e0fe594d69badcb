//! A metric rule on slices: `recall[region=*] >= 0.7`.
//!
//! The one decision here: the rule holds if it holds on every slice, and a slice that the other
//! side has and the candidate has not is a metric that is missing. A slice that only the candidate
//! has cannot be compared; it is said, and at least one has to have been compared. The champion's
//! slices are missed by every rule, also by one that compares with nobody.

use std::collections::{BTreeMap, BTreeSet};

use super::case::Case;
use super::lost;
use super::metric::whole;
use super::place;
use super::slice_name::{Found, Signs, find, label};
use super::unseen::nearest;
use super::worst::worst;
use crate::gate::finding::{Opinion, Part};
use crate::gate::reason::Reason;
use crate::gate::rule::{MetricRule, SliceKey, Threshold};

/// How many slices a note lists by name.
const LISTED: usize = 5;

pub(super) fn judge<'a>(case: &Case<'a>, rule: &'a MetricRule) -> Opinion {
    let candidate = case.candidate(rule.from.as_ref());
    let names = place::names(&candidate);
    let (ours, finer) = find(case.gate, &rule.metric, &rule.slice, &names);
    let theirs = theirs(case, rule);
    let live = lost::of_champion(case, &rule.metric, &rule.slice, rule.from.as_ref());
    let found: BTreeMap<_, _> = live
        .iter()
        .chain(theirs.iter().flatten())
        .chain(&ours)
        .map(|found| (found.slice.clone(), found.metric.clone()))
        .collect();
    let mut notes = Vec::new();
    if !finer.is_empty() {
        notes.push(format!(
            "finer slices are not looked at: {}",
            listed(&finer)
        ));
    }
    if found.is_empty() {
        return Opinion {
            notes,
            ..nothing(case, rule, &names)
        };
    }
    let mut derivation = vec![format!(
        "slices found: {}",
        listed(&found.keys().cloned().collect::<Vec<_>>())
    )];
    let compared = theirs.as_ref().map(|theirs| {
        theirs
            .iter()
            .map(|found| found.slice.as_str())
            .collect::<BTreeSet<_>>()
    });
    let mut parts = Vec::new();
    for (slice, metric) in &found {
        let mut opinion = whole(case, rule, metric);
        let is_new = compared
            .as_ref()
            .is_some_and(|known| !known.contains(slice.as_str()));
        if is_new && opinion.reason == Reason::BaselineInvalid {
            let message = "this slice is new: there is nothing to compare it with";
            opinion = Opinion {
                reason: Reason::NoBaseline,
                message: message.to_owned(),
                ..opinion
            };
        }
        notes.extend(opinion.notes.iter().cloned());
        derivation.push(format!("slice {slice}:"));
        derivation.extend(opinion.derivation.iter().map(|line| format!("  {line}")));
        parts.push((slice.clone(), opinion));
    }
    notes.sort();
    notes.dedup();
    let mut opinion = summed(parts, compared.is_some());
    opinion.notes = notes;
    opinion.derivation = derivation;
    opinion
}

/// The slices of the other side; `None` where there is no other side.
fn theirs<'a>(case: &Case<'a>, rule: &'a MetricRule) -> Option<Vec<Found>> {
    let Threshold::Relative { reference, .. } = &rule.threshold else {
        return None;
    };
    let others = case.others(reference, rule.from.as_ref()).ok()?;
    let found = others.iter().flat_map(|other| {
        let names = place::names(other);
        find(case.gate, &rule.metric, &rule.slice, &names).0
    });
    Some(found.collect())
}

/// The worst part speaks for the whole; new slices count only where nothing else does.
fn summed(parts: Vec<(String, Opinion)>, has_other: bool) -> Opinion {
    let new = |opinion: &Opinion| has_other && opinion.reason == Reason::NoBaseline;
    let all_new = parts.iter().all(|(_, opinion)| new(opinion));
    let counted: Vec<_> = parts.iter().filter(|(_, opinion)| !new(opinion)).collect();
    let mut opinion = match worst(&counted, |(_, opinion)| opinion.reason) {
        Some((slice, opinion)) => Opinion {
            message: if opinion.reason == Reason::Holds {
                format!("holds on {} slice(s)", counted.len())
            } else {
                format!("{slice}: {}", opinion.message)
            },
            ..opinion.clone()
        },
        None => Opinion::new(Reason::NoBaseline, "no slice was looked at"),
    };
    if all_new && has_other {
        opinion = Opinion::new(
            Reason::BaselineInvalid,
            "not one slice of the candidate could be compared with one of the other side",
        );
    }
    opinion.parts = parts
        .into_iter()
        .map(|(name, opinion)| Part {
            n: opinion.candidate.as_ref().and_then(|seen| seen.source.n),
            name,
            reason: opinion.reason,
            message: opinion.message,
            candidate: opinion.candidate,
            baseline: opinion.baseline,
        })
        .collect();
    opinion
}

/// Not one slice of the kind that was asked for.
fn nothing(case: &Case<'_>, rule: &MetricRule, names: &BTreeSet<String>) -> Opinion {
    Opinion::new(
        Reason::MetricMissing,
        no_slices(case, &rule.metric, &rule.slice, names),
    )
}

/// That there is no such slice, how its metric would be called, and what there is.
pub(super) fn no_slices(
    case: &Case<'_>,
    metric: &str,
    asked: &[SliceKey],
    names: &BTreeSet<String>,
) -> String {
    let value = |slice: &SliceKey| slice.value.clone().unwrap_or_else(|| "*".to_owned());
    let pairs: Vec<_> = asked
        .iter()
        .map(|slice| (slice.key.clone(), value(slice)))
        .collect();
    let Some(signs) = Signs::of(&case.gate.slice_pattern) else {
        return "the pattern of slice names has nothing between its parts".to_owned();
    };
    let wanted = signs.name(metric, &pairs);
    let near = nearest(&wanted, names.iter().map(String::as_str));
    let has = if near.is_empty() {
        String::new()
    } else {
        format!("; it has {near}")
    };
    format!(
        "the candidate has no {metric} on a slice {}: no metric is called `{wanted}`{has}",
        label(&pairs)
    )
}

pub(super) fn listed(names: &[String]) -> String {
    let shown = names.iter().take(LISTED).cloned().collect::<Vec<_>>();
    let more = names.len().saturating_sub(LISTED);
    if more == 0 {
        shown.join("; ")
    } else {
        format!("{}; and {more} more", shown.join("; "))
    }
}
