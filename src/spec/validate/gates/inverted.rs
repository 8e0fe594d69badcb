//! Checks that ask for the wrong side of a metric.

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::gate::check::{Check, Level};
use crate::gate::direction::{Direction, direction};
use crate::gate::rule::{Comparator, MetricRule, Rule, SlicesRule, Threshold};
use crate::spec::validate::context::Context;

/// `rmse >= 5` lets only bad models through. Reports it of a check that blocks, and says whether it
/// did.
pub(super) fn inverted(context: &mut Context<'_>, check: &Check, span: Span) -> bool {
    let found = match &check.rule {
        _ if check.level != Level::Error => None,
        Rule::Metric(rule) => of_a_metric(rule),
        Rule::Slices(rule) => of_slices(rule),
        Rule::Coverage(rule) => of_coverage(&rule.judge, rule.comparator),
        _ => None,
    };
    let Some((message, help)) = found else {
        return false;
    };
    context.report(Diagnostic::error(Code::InvertedCheck, span, message).help(help));
    true
}

fn of_a_metric(rule: &MetricRule) -> Option<(String, String)> {
    let metric = &rule.metric;
    let (wrong, better, right) = match (direction(metric)?, rule.comparator) {
        (Direction::LowerIsBetter, Comparator::Greater | Comparator::AtLeast) => {
            ("at least", "lower", "<=")
        }
        (Direction::HigherIsBetter, Comparator::Less | Comparator::AtMost) => {
            ("at most", "higher", ">=")
        }
        _ => return None,
    };
    let threshold = match &rule.threshold {
        Threshold::Absolute(_) => rule.threshold.to_string(),
        Threshold::Relative { reference, .. } => format!("the {reference}'s"),
    };
    Some((
        format!("this asks {metric} to be {wrong} {threshold}, and {better} is better"),
        format!(
            "write `{metric} {right} ...`; a bound on the good side, against leaks, can be a `warn:`"
        ),
    ))
}

/// A bound on the good side may stand beside one on the other side, and not alone.
fn of_slices(rule: &SlicesRule) -> Option<(String, String)> {
    let metric = &rule.metric;
    let (wrong, better, right) = match (direction(metric)?, &rule.min, &rule.max) {
        (Direction::LowerIsBetter, Some(_), None) => ("min", "lower", "max"),
        (Direction::HigherIsBetter, None, Some(_)) => ("max", "higher", "min"),
        _ => return None,
    };
    Some((
        format!("`{wrong}` bounds the good side of {metric}: {better} is better"),
        format!("write `{right}:` in the place of `{wrong}:`"),
    ))
}

fn of_coverage(judge: &str, comparator: Comparator) -> Option<(String, String)> {
    let inverted = matches!(comparator, Comparator::Less | Comparator::AtMost);
    inverted.then(|| {
        (
            format!("this asks {judge} to have left rows without an answer"),
            "write `>=`: more answers are better".to_owned(),
        )
    })
}
