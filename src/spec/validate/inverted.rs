//! Checks that ask for the wrong side of a metric.

use super::context::Context;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::gate::direction::{Direction, direction};
use crate::gate::rule::{Comparator, MetricRule, Threshold};

/// `rmse >= 5` lets only bad models through.
pub(super) fn inverted(context: &mut Context<'_>, span: Span, rule: &MetricRule) {
    let metric = &rule.metric;
    let (wrong, better, right) = match (direction(metric), rule.comparator) {
        (Some(Direction::LowerIsBetter), Comparator::Greater | Comparator::AtLeast) => {
            ("at least", "lower", "<=")
        }
        (Some(Direction::HigherIsBetter), Comparator::Less | Comparator::AtMost) => {
            ("at most", "higher", ">=")
        }
        _ => return,
    };
    let threshold = match &rule.threshold {
        Threshold::Absolute(_) => rule.threshold.to_string(),
        Threshold::Relative { reference, .. } => format!("the {reference}'s"),
    };
    let message = format!("this asks {metric} to be {wrong} {threshold}, and {better} is better");
    let help = format!(
        "write `{metric} {right} ...`; a bound on the good side, against leaks, can be a `warn:`"
    );
    context.report(Diagnostic::error(Code::InvertedCheck, span, message).help(help));
}
