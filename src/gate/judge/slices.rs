//! The `slices:` map: bounds for every slice, and for the gap between the best and the worst.

use bigdecimal::BigDecimal;

use super::case::{Case, Side};
use super::look::look;
use super::lost;
use super::place;
use super::range::Range;
use super::slice::{listed, no_slices};
use super::slice_name::{Found, find};
use super::slice_size::Sizes;
use super::slice_table;
use super::worst::worst;
use crate::gate::decimal::show_beside;
use crate::gate::finding::{Observed, Opinion, Part};
use crate::gate::reason::Reason;
use crate::gate::rule::{Comparator, SliceKey, SlicesRule, SmallSlice, Step};

/// A slice with its value and size, wherever they come from.
pub(super) struct Slice {
    pub(super) name: String,
    /// The value on it, or why there is none.
    pub(super) value: Result<(Range, Observed), (Reason, String)>,
    /// How many rows it has, or why that is not known.
    pub(super) n: Result<u64, String>,
    pub(super) notes: Vec<String>,
    pub(super) derivation: Vec<String>,
}

pub(super) fn judge<'a>(case: &Case<'a>, rule: &'a SlicesRule) -> Opinion {
    let slices = match &rule.table {
        Some(table) => slice_table::slices(case, rule, table),
        None => by_name(case, rule),
    };
    match slices {
        Ok(slices) => bounds(rule, slices),
        Err(opinion) => *opinion,
    }
}

/// Slices whose metrics have been logged under names of their own.
fn by_name<'a>(case: &Case<'a>, rule: &'a SlicesRule) -> Result<Vec<Slice>, Box<Opinion>> {
    let side = case.candidate(rule.from.as_ref());
    let names = place::names(&side);
    let asked: Vec<_> = rule
        .by
        .iter()
        .map(|key| SliceKey {
            key: key.clone(),
            value: None,
        })
        .collect();
    let (found, finer) = find(case.gate, &rule.metric, &asked, &names);
    if found.is_empty() {
        let message = no_slices(case, &rule.metric, &asked, &names);
        return Err(Box::new(Opinion::new(Reason::MetricMissing, message)));
    }
    let sizes = Sizes::of(case, rule, &side, &names);
    let mut slices: Vec<_> = found
        .iter()
        .map(|found| named(case, &sizes, &side, found))
        .chain(lost::by_name(case, rule, &asked, &found))
        .collect();
    if let (Some(first), false) = (slices.first_mut(), finer.is_empty()) {
        first.notes.push(format!(
            "finer slices are not looked at: {}",
            listed(&finer)
        ));
    }
    Ok(slices)
}

fn named<'a>(case: &Case<'a>, sizes: &Sizes<'_>, side: &Side<'a>, found: &Found) -> Slice {
    let mut slice = Slice {
        name: found.slice.clone(),
        value: Err((Reason::MetricMissing, String::new())),
        n: sizes.of_slice(found),
        notes: Vec::new(),
        derivation: Vec::new(),
    };
    match look(case, side, &found.metric, Step::Latest) {
        Err(unseen) => slice.value = Err((unseen.reason, unseen.message)),
        Ok(seen) => {
            slice.notes = seen.notes;
            slice.derivation = seen.derivation;
            slice.value = match (seen.broken, seen.range) {
                (Some(broken), _) => Err((Reason::RunNotFinished, broken)),
                (None, Err(why)) => Err((Reason::JudgeIncomplete, why)),
                (None, Ok(range)) => Ok((range, seen.observed)),
            };
        }
    }
    slice
}

/// How a slice counts.
enum Size {
    Enough,
    /// Left out, by the rule's own word.
    Ignored(String),
    Few(String),
}

fn bounds(rule: &SlicesRule, slices: Vec<Slice>) -> Opinion {
    let mut parts = Vec::new();
    let mut counted = Vec::new();
    let mut values: Vec<(String, Range)> = Vec::new();
    let mut notes = Vec::new();
    let mut derivation = Vec::new();
    for slice in slices {
        let n = slice.n.as_ref().ok().copied();
        let (reason, message, size) = part(rule, &slice);
        derivation.push(format!("slice {}:", slice.name));
        derivation.extend(slice.derivation.iter().map(|line| format!("  {line}")));
        derivation.push(format!("  {}: {message}", reason.code()));
        notes.extend(slice.notes);
        let observed = slice
            .value
            .as_ref()
            .ok()
            .map(|(_, observed)| observed.clone());
        match (&size, slice.value) {
            (Size::Ignored(why), _) => notes.push(format!("{}: left out, {why}", slice.name)),
            (Size::Enough, Ok((range, _))) => values.push((slice.name.clone(), range)),
            _ => {}
        }
        let part = Part {
            name: slice.name,
            reason,
            message,
            candidate: observed,
            baseline: None,
            n,
        };
        if !matches!(size, Size::Ignored(_)) {
            counted.push(part.clone());
        }
        parts.push(part);
    }
    if let Some(most) = &rule.max_gap {
        let part = gap(rule, most, &values);
        derivation.push(format!("{}: {}", part.name, part.message));
        counted.push(part.clone());
        parts.push(part);
    }
    notes.sort();
    notes.dedup();
    summed(rule, &counted, parts, notes, derivation)
}

fn summed(
    rule: &SlicesRule,
    counted: &[Part],
    parts: Vec<Part>,
    notes: Vec<String>,
    derivation: Vec<String>,
) -> Opinion {
    let opinion = match worst(counted, |part| part.reason) {
        None => Opinion::new(
            Reason::TooFew,
            format!("every slice of {} has too few rows", rule.metric),
        ),
        Some(part) if part.reason == Reason::Holds => {
            Opinion::new(Reason::Holds, "holds on every slice")
        }
        Some(part) => Opinion {
            candidate: part.candidate.clone(),
            ..Opinion::new(part.reason, format!("{}: {}", part.name, part.message))
        },
    };
    Opinion {
        notes,
        derivation,
        parts,
        ..opinion
    }
}

fn part(rule: &SlicesRule, slice: &Slice) -> (Reason, String, Size) {
    let size = size_of(rule, slice);
    let (range, _) = match &slice.value {
        Ok(value) => value,
        // A slice that is left out for its size may be broken; one that counts may not.
        Err((reason, message)) => return (*reason, message.clone(), size),
    };
    match &size {
        Size::Few(why) | Size::Ignored(why) => return (Reason::TooFew, why.clone(), size),
        Size::Enough => {}
    }
    for (bound, comparator) in [
        (&rule.min, Comparator::AtLeast),
        (&rule.max, Comparator::AtMost),
    ] {
        let Some(bound) = bound else { continue };
        let shown = || {
            format!(
                "{} is {}, and must be {} {}",
                rule.metric,
                range.value().show(Some(bound)),
                comparator.symbol(),
                show_beside(bound, range.exact())
            )
        };
        match range.compare(comparator, &Range::point(bound.clone())) {
            Some(true) => {}
            Some(false) => return (Reason::Violated, shown(), size),
            None => return (Reason::JudgeIncomplete, shown(), size),
        }
    }
    (Reason::Holds, "holds".to_owned(), size)
}

fn size_of(rule: &SlicesRule, slice: &Slice) -> Size {
    let Some(least) = rule.min_n.filter(|_| rule.small != SmallSlice::Judge) else {
        return Size::Enough;
    };
    match (&slice.n, rule.small) {
        (Ok(n), _) if *n >= least => Size::Enough,
        (Ok(n), SmallSlice::Ignore) => Size::Ignored(format!("{n} rows, fewer than {least}")),
        (Ok(n), _) => Size::Few(format!("{n} rows, fewer than {least}")),
        (Err(why), _) => Size::Few(why.clone()),
    }
}

/// How far the best and the worst slice are apart. Between fewer than two there is no gap.
fn gap(rule: &SlicesRule, most: &BigDecimal, values: &[(String, Range)]) -> Part {
    let highest = values.iter().max_by_key(|(_, range)| range.high());
    let lowest = values.iter().min_by_key(|(_, range)| range.low());
    let (reason, message, candidate) = match (lowest, highest) {
        (Some((least, low)), Some((best, high))) if values.len() > 1 => {
            let widest = high.high() - low.low();
            let surest = surest(values);
            let reason = if widest <= *most {
                Reason::Holds
            } else if surest > *most {
                Reason::Violated
            } else {
                Reason::JudgeIncomplete
            };
            let shown = format!(
                "{} is {} on {best} and {} on {least}: {} apart, and at most {} is allowed",
                rule.metric,
                high.value().show(None),
                low.value().show(None),
                show_beside(&widest, Some(most)),
                show_beside(most, Some(&widest))
            );
            let gap = Observed {
                value: Range::between(surest, widest).value(),
                source: crate::gate::finding::Source {
                    place: format!("{} slices", values.len()),
                    ..Default::default()
                },
            };
            (reason, shown, Some(gap))
        }
        _ => (
            Reason::TooFew,
            "it takes two slices with enough rows to have a gap".to_owned(),
            None,
        ),
    };
    Part {
        name: "gap".to_owned(),
        reason,
        message,
        candidate,
        baseline: None,
        n: None,
    }
}

/// The gap that is there whatever the values in their ranges are.
fn surest(values: &[(String, Range)]) -> BigDecimal {
    let low = values.iter().map(|(_, range)| range.low()).max();
    let high = values.iter().map(|(_, range)| range.high()).min();
    match (low, high) {
        (Some(low), Some(high)) if low > high => low - high,
        _ => BigDecimal::from(0),
    }
}
