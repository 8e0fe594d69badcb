//! What a candidate is held against where that is another version, or several.

use bigdecimal::BigDecimal;

use super::case::{Case, Side};
use super::comparable;
use super::look::{Seen, look};
use super::metric::beside;
use super::range::Range;
use super::unseen::Unseen;
use crate::evidence::Reference;
use crate::gate::direction::{Direction, direction};
use crate::gate::finding::{Observed, Opinion, Source};
use crate::gate::reason::Reason;
use crate::gate::rule::{Comparator, Margin, MetricRule};

/// What a candidate is held against.
pub(super) struct Limit {
    /// The threshold, or why it is not known.
    pub(super) range: Result<Range, String>,
    /// The other side's number, before the margin.
    pub(super) baseline: Option<Range>,
    /// The other side's number as reports show it.
    pub(super) observed: Option<Observed>,
    /// ` (the champion's 0.8 + 5%)`, for messages.
    pub(super) words: String,
    pub(super) notes: Vec<String>,
    pub(super) derivation: Vec<String>,
}

impl Limit {
    pub(super) fn number(number: &BigDecimal) -> Self {
        Self {
            range: Ok(Range::point(number.clone())),
            baseline: None,
            observed: None,
            words: String::new(),
            notes: Vec::new(),
            derivation: Vec::new(),
        }
    }
}

/// The other side's value, moved by the margin; the error is the whole opinion.
pub(super) fn limit<'a>(
    case: &Case<'a>,
    rule: &'a MetricRule,
    name: &str,
    candidate: &Seen,
    reference: &Reference,
    margin: Option<&Margin>,
) -> Result<Limit, Box<Opinion>> {
    let others = case.others(reference, rule.from.as_ref())?;
    let mut notes = Vec::new();
    let mut derivation = Vec::new();
    let mut seen = Vec::new();
    for other in &others {
        let mut value = look(case, other, name, rule.step).map_err(Unseen::of_baseline)?;
        notes.append(&mut value.notes);
        notes.extend(value.broken.iter().cloned());
        derivation.append(&mut value.derivation);
        match comparable::check(case, name, candidate, &value) {
            Ok(said) => notes.extend(said),
            Err(opinion) => {
                return Err(Box::new(Opinion {
                    baseline: Some(value.observed),
                    notes,
                    derivation,
                    ..*opinion
                }));
            }
        }
        seen.push(value);
    }
    notes.dedup();
    let (baseline, observed) = settle(rule, name, reference, seen, &others, &mut notes)?;
    let limit = Limit {
        range: Err(String::new()),
        words: String::new(),
        baseline: baseline.as_ref().ok().cloned(),
        observed: Some(observed),
        notes,
        derivation,
    };
    moved(limit, baseline, name, reference, &others, margin)
}

/// The threshold: the other side's number moved by the margin.
fn moved(
    mut limit: Limit,
    baseline: Result<Range, String>,
    name: &str,
    reference: &Reference,
    others: &[Side<'_>],
    margin: Option<&Margin>,
) -> Result<Limit, Box<Opinion>> {
    let whose = match others {
        [one] => format!("{}'s", one.whose),
        _ => format!("the {reference} of"),
    };
    let baseline = match baseline {
        Ok(baseline) => baseline,
        Err(why) => {
            limit.range = Err(why);
            return Ok(limit);
        }
    };
    let Some(threshold) = baseline.moved(margin) else {
        let message = match baseline.exact() {
            Some(_) => format!("{whose} {name} is 0, and a percentage of 0 says nothing"),
            None => format!("{whose} {name} may be 0, and a percentage of 0 says nothing"),
        };
        return Err(Box::new(Opinion {
            baseline: limit.observed,
            notes: limit.notes,
            derivation: limit.derivation,
            ..Opinion::new(Reason::BaselineZero, message)
        }));
    };
    if let Some(margin) = margin {
        limit.words = format!(
            " ({whose} {} {margin})",
            beside(&baseline, Some(&threshold))
        );
        limit.derivation.push(format!(
            "threshold: {} {margin} = {}",
            baseline.digits(),
            threshold.digits()
        ));
    }
    limit.range = Ok(threshold);
    Ok(limit)
}

type Settled = (Result<Range, String>, Observed);

/// One number out of what was seen of everyone the reference stands for.
fn settle(
    rule: &MetricRule,
    name: &str,
    reference: &Reference,
    mut seen: Vec<Seen>,
    others: &[Side<'_>],
    notes: &mut Vec<String>,
) -> Result<Settled, Box<Opinion>> {
    let asked = match reference {
        Reference::Median(count) | Reference::Best(count) => *count,
        _ => 1,
    };
    if asked as usize > seen.len() {
        notes.push(format!(
            "{reference}: only {} version(s) were promoted",
            seen.len()
        ));
    }
    if seen.len() == 1
        && let Some(one) = seen.pop()
    {
        return Ok((one.range, one.observed));
    }
    let place: Vec<_> = others.iter().map(|other| other.subject.name()).collect();
    let source = Source {
        place: place.join(", "),
        n: u64::try_from(seen.len()).ok(),
        ..Source::default()
    };
    let mut ranges = Vec::new();
    for one in seen {
        match one.range {
            Ok(range) => ranges.push(range),
            Err(why) => return Ok((Err(why), observed(one.observed, source))),
        }
    }
    let higher = match reference {
        Reference::Best(_) => Some(is_higher_better(name, rule.comparator)?),
        _ => None,
    };
    let range = combine(&ranges, higher);
    let value = range.value();
    Ok((Ok(range), Observed { value, source }))
}

fn observed(one: Observed, source: Source) -> Observed {
    Observed {
        value: one.value,
        source,
    }
}

/// The largest, the smallest, or the median. Each of them grows with every number it is taken
/// from, so its ends are those of the ends.
fn combine(ranges: &[Range], higher: Option<bool>) -> Range {
    let pick = |mut ends: Vec<BigDecimal>| {
        ends.sort();
        match higher {
            Some(true) => ends.last().cloned().unwrap_or_default(),
            Some(false) => ends.first().cloned().unwrap_or_default(),
            None => median(&ends),
        }
    };
    let lows = ranges.iter().map(|range| range.low().clone()).collect();
    let highs = ranges.iter().map(|range| range.high().clone()).collect();
    Range::between(pick(lows), pick(highs))
}

/// Of an even number the mean of the middle two.
fn median(sorted: &[BigDecimal]) -> BigDecimal {
    let upper = sorted.get(sorted.len() / 2).cloned().unwrap_or_default();
    if sorted.len() % 2 == 1 {
        return upper;
    }
    let lower = sorted.get((sorted.len() / 2).saturating_sub(1));
    (lower.cloned().unwrap_or_default() + upper) / BigDecimal::from(2)
}

/// Which of several versions is the best: by the metric's name, else the one that asks most of the
/// candidate.
fn is_higher_better(name: &str, comparator: Comparator) -> Result<bool, Box<Opinion>> {
    match (direction(name), comparator) {
        (Some(Direction::HigherIsBetter), _)
        | (None, Comparator::AtLeast | Comparator::Greater) => Ok(true),
        (Some(Direction::LowerIsBetter), _) | (None, Comparator::AtMost | Comparator::Less) => {
            Ok(false)
        }
        (None, Comparator::Equal | Comparator::NotEqual) => Err(Box::new(Opinion::new(
            Reason::AmbiguousMetric,
            format!(
                "which {name} is the best is not known: its name does not say which way is better"
            ),
        ))),
    }
}
