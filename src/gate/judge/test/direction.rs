//! Which side of a difference is the good one.

use super::opinion::no;
use crate::gate::direction::{Direction, direction};
use crate::gate::finding::Opinion;
use crate::gate::judge::samples::Both;
use crate::gate::reason::Reason;
use crate::gate::rule::{Samples, TestKind, TestRule};

/// Candidate first where larger is better, else the other way round: a difference above 0 is
/// always an improvement.
pub(super) fn oriented<'b, T>(
    rule: &TestRule,
    both: &'b Both<T>,
) -> Result<(&'b [T], &'b [T]), Box<Opinion>> {
    let (candidate, baseline) = (both.candidate.as_slice(), both.baseline.as_slice());
    Ok(if is_larger_better(rule)? {
        (candidate, baseline)
    } else {
        (baseline, candidate)
    })
}

/// Whether larger is better: what the rule says, else what the name says.
fn is_larger_better(rule: &TestRule) -> Result<bool, Box<Opinion>> {
    let by_name = || match (direction(&rule.metric), &rule.samples) {
        (Some(direction), _) => Some(direction == Direction::HigherIsBetter),
        (None, Samples::Judge) => Some(true),
        // Near is near, whichever way is better.
        (None, _) if rule.kind == TestKind::Equivalence => Some(true),
        (None, _) => None,
    };
    match rule.larger_is_better.or_else(by_name) {
        Some(larger) => Ok(larger),
        None => no(
            Reason::AmbiguousMetric,
            format!(
                "which way {} is better is not known: its name does not say, and neither does the check",
                rule.metric
            ),
        ),
    }
}
