//! Checks whose outcome is certain: that can never fail, or never pass.

use bigdecimal::BigDecimal;

use crate::diagnostic::{Code, Diagnostic, Severity, Span};
use crate::gate::check::{Check, Level};
use crate::gate::range::{Range, range};
use crate::gate::rule::{Comparator, Expectation, Margin, MetricRule, Rule, SlicesRule, Threshold};
use crate::spec::validate::context::Context;

/// What is certain about a check.
enum Certainty {
    /// It holds, whatever the value.
    Holds(String),
    /// It does not hold, whatever the value.
    Fails(String),
}

/// `accuracy >= 0` and `accuracy > 1`. A metric's range goes by its name, so that is a warning; of a
/// share it is known.
pub(super) fn certain(context: &mut Context<'_>, check: &Check, span: Span) {
    let share = Range::new(Some(0), Some(100));
    let (found, is_known) = match &check.rule {
        Rule::Metric(rule) => (of_a_metric(rule), false),
        Rule::Slices(rule) => (of_slices(rule), false),
        Rule::Coverage(rule) => (
            held(&share, rule.comparator, &rule.percent, "a share", "%"),
            true,
        ),
        Rule::Import(rule) => match &rule.expectation {
            Expectation::PassRate {
                comparator,
                percent,
            } => (held(&share, *comparator, percent, "a share", "%"), true),
            _ => return,
        },
        _ => return,
    };
    let (code, message, help) = match found {
        None => return,
        Some(Certainty::Holds(why)) => (
            Code::ToothlessCheck,
            format!("this check can never fail: {why}"),
            "tighten the bound, or remove the check",
        ),
        Some(Certainty::Fails(why)) => (
            Code::ImpossibleCheck,
            format!("this check can never pass: {why}"),
            "loosen the bound, or remove the check",
        ),
    };
    let severity = if is_known && check.level == Level::Error {
        Severity::Error
    } else {
        Severity::Warning
    };
    let diagnostic = Diagnostic::error(code, span, message).help(help);
    context.report(Diagnostic {
        severity,
        ..diagnostic
    });
}

fn of_a_metric(rule: &MetricRule) -> Option<Certainty> {
    let range = range(&rule.metric)?;
    match &rule.threshold {
        Threshold::Absolute(bound) => held(&range, rule.comparator, bound, &rule.metric, ""),
        Threshold::Relative { margin, .. } => {
            beside(&range, rule.comparator, margin.as_ref()?, &rule.metric)
        }
    }
}

/// A value of the range against a bound.
fn held(
    range: &Range,
    comparator: Comparator,
    bound: &BigDecimal,
    what: &str,
    unit: &str,
) -> Option<Certainty> {
    let (least, most) = (range.least.as_ref(), range.most.as_ref());
    let all_above = least.is_some_and(|least| least > bound);
    let all_from = least.is_some_and(|least| least >= bound);
    let all_below = most.is_some_and(|most| most < bound);
    let all_up_to = most.is_some_and(|most| most <= bound);
    let (holds, fails) = match comparator {
        Comparator::AtLeast => (all_from, all_below),
        Comparator::Greater => (all_above, all_up_to),
        Comparator::AtMost => (all_up_to, all_above),
        Comparator::Less => (all_below, all_from),
        Comparator::Equal => (false, all_above || all_below),
        Comparator::NotEqual => (all_above || all_below, false),
    };
    let why = || format!("{what} is {}", range.words(unit));
    if holds {
        Some(Certainty::Holds(why()))
    } else {
        fails.then(|| Certainty::Fails(why()))
    }
}

/// The difference of two values of the range against a margin in its unit.
fn beside(range: &Range, comparator: Comparator, margin: &Margin, what: &str) -> Option<Certainty> {
    let amount = match margin {
        Margin::Absolute(amount) => amount.clone(),
        Margin::PercentagePoints(amount) => amount / BigDecimal::from(100),
        Margin::Percent(_) => return None,
    };
    let width = range.most.as_ref()? - range.least.as_ref()?;
    let difference = Range {
        least: Some(-&width),
        most: Some(width),
    };
    let certainty = held(&difference, comparator, &amount, "the difference", "")?;
    let why = format!(
        "{what} is {}, so two values are never further apart; `%` and `pp` are written out",
        range.words("")
    );
    Some(match certainty {
        Certainty::Holds(_) => Certainty::Holds(why),
        Certainty::Fails(_) => Certainty::Fails(why),
    })
}

/// A check on slices can never fail when none of its bounds can.
fn of_slices(rule: &SlicesRule) -> Option<Certainty> {
    let range = range(&rule.metric)?;
    let mut why = None;
    let bounds = [
        (Comparator::AtLeast, &rule.min),
        (Comparator::AtMost, &rule.max),
    ];
    let mut all_hold = true;
    for (comparator, bound) in bounds {
        let Some(bound) = bound else { continue };
        match held(&range, comparator, bound, &rule.metric, "") {
            Some(Certainty::Fails(why)) => return Some(Certainty::Fails(why)),
            Some(Certainty::Holds(words)) => why = Some(words),
            None => all_hold = false,
        }
    }
    if let Some(gap) = &rule.max_gap {
        let width = range.most.as_ref().zip(range.least.as_ref());
        if width.is_some_and(|(most, least)| *gap >= most - least) {
            why = Some(format!("{} is {}", rule.metric, range.words("")));
        } else {
            all_hold = false;
        }
    }
    why.filter(|_| all_hold).map(Certainty::Holds)
}
