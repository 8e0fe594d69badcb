//! Which of many logged values of a metric counts.

use std::cmp::Ordering;

use bigdecimal::BigDecimal;

use super::unseen::Unseen;
use crate::evidence::{Metric, Reading};
use crate::gate::decimal::{decimal, show};
use crate::gate::direction::{Direction, direction};
use crate::gate::finding::Value;
use crate::gate::reason::Reason;
use crate::gate::rule::Step;

/// What counts of a metric's values.
pub(super) struct Picked {
    pub(super) value: Value,
    /// The logged value it is, unless it was computed from all.
    pub(super) metric: Option<Metric>,
    /// How many it was picked or computed from.
    pub(super) n: u64,
    /// How, in words.
    pub(super) how: String,
}

/// Picks by `step` from values in the order of step, then timestamp. A NaN among values of which
/// every one counts is a NaN: the best of a broken series is not known.
pub(super) fn pick(
    whose: &str,
    name: &str,
    values: &[Metric],
    step: Step,
) -> Result<Picked, Unseen> {
    let n = u64::try_from(values.len()).unwrap_or(u64::MAX);
    let nothing = || {
        Unseen::new(
            Reason::EvidenceUnreadable,
            format!("{whose} has {name} without a single value"),
        )
    };
    let one = |metric: Metric, how: String| Picked {
        value: Value::Reading(metric.reading),
        metric: Some(metric),
        n,
        how,
    };
    match step {
        Step::Latest => {
            let latest = values.last().ok_or_else(nothing)?;
            Ok(one(*latest, format!("the latest, at step {}", latest.step)))
        }
        Step::Last => {
            let last = values.iter().max_by_key(|metric| metric.timestamp_ms);
            let last = last.ok_or_else(nothing)?;
            let how = format!("the one logged last of {n}, at step {}", last.step);
            Ok(one(*last, how))
        }
        Step::Best => {
            numbers(whose, name, values)?;
            let best = best(whose, name, values)?.ok_or_else(nothing)?;
            Ok(one(best, format!("the best of {n}, at step {}", best.step)))
        }
        Step::Mean => {
            let numbers = numbers(whose, name, values)?;
            if numbers.is_empty() {
                return Err(nothing());
            }
            let sum: BigDecimal = numbers.iter().sum();
            let mean = &sum / BigDecimal::from(n);
            Ok(Picked {
                how: format!("the mean of {n}: {} / {n}", show(&sum)),
                value: Value::Number(mean),
                metric: None,
                n,
            })
        }
    }
}

fn best(whose: &str, name: &str, values: &[Metric]) -> Result<Option<Metric>, Unseen> {
    let finite = |metric: &Metric| metric.reading.finite().map(decimal);
    let by_value = |one: &&Metric, other: &&Metric| -> Ordering { finite(one).cmp(&finite(other)) };
    // Of several equal ones the first: that is when it was reached.
    match direction(name) {
        Some(Direction::HigherIsBetter) => Ok(values.iter().rev().max_by(by_value).copied()),
        Some(Direction::LowerIsBetter) => Ok(values.iter().min_by(by_value).copied()),
        None => Err(Unseen::new(
            Reason::AmbiguousMetric,
            format!(
                "which value of {whose}'s {name} is the best is not known: its name does not say which way is better; `step: last` or `step: mean` do not need to know"
            ),
        )),
    }
}

fn numbers(whose: &str, name: &str, values: &[Metric]) -> Result<Vec<BigDecimal>, Unseen> {
    let number = |metric: &Metric| match metric.reading {
        Reading::Finite(value) => Ok(decimal(value)),
        Reading::NaN => Err(Unseen::new(
            Reason::MetricNan,
            format!("{whose}'s {name} is NaN at step {}", metric.step),
        )),
        other => Err(Unseen::new(
            Reason::MetricInfinite,
            format!("{whose}'s {name} is {other} at step {}", metric.step),
        )),
    };
    values.iter().map(number).collect()
}
