//! Two checks about the same thing: that contradict each other, or of which one says nothing new.

use std::collections::BTreeMap;

use bigdecimal::BigDecimal;

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::gate::check::{Check, Level};
use crate::gate::rule::{Comparator, Margin, MetricRule, Rule, Threshold};
use crate::spec::validate::context::Context;

/// More checks about one thing are not looked at in pairs: time must not grow with the square of
/// what a spec holds.
const LIMIT: usize = 50;

/// What a check says: something stands so to a bound.
struct Claim<'c> {
    check: &'c Check,
    span: Span,
    comparator: Comparator,
    bound: BigDecimal,
}

pub(super) fn pairs(context: &mut Context<'_>, checks: &[(&Check, Span)]) {
    let mut claims: BTreeMap<String, Vec<Claim<'_>>> = BTreeMap::new();
    for (check, span) in checks {
        for (about, comparator, bound) in claims_of(&check.rule) {
            let list = claims.entry(about).or_default();
            if list.len() < LIMIT {
                list.push(Claim {
                    check,
                    span: *span,
                    comparator,
                    bound,
                });
            }
        }
    }
    let mut found: Vec<Diagnostic> = Vec::new();
    for list in claims.values() {
        for (index, later) in list.iter().enumerate() {
            let earlier = list.iter().take(index);
            found.extend(earlier.filter_map(|earlier| compared(earlier, later)));
        }
    }
    found.sort_by_key(|diagnostic| diagnostic.span.start);
    // A check that is implied by several others is told about once.
    found.dedup_by_key(|diagnostic| (diagnostic.code, diagnostic.span.start));
    for diagnostic in found {
        context.report(diagnostic);
    }
}

/// What a rule claims: about what, how, and the bound. A margin of no amount is one in every unit.
fn claims_of(rule: &Rule) -> Vec<(String, Comparator, BigDecimal)> {
    match rule {
        Rule::Metric(rule) => of_a_metric(rule),
        Rule::Coverage(rule) => {
            vec![(
                format!("coverage {:?}", rule.judge),
                rule.comparator,
                rule.percent.clone(),
            )]
        }
        Rule::Age(rule) => {
            vec![(
                "age".to_owned(),
                Comparator::AtMost,
                rule.at_most_seconds.into(),
            )]
        }
        _ => Vec::new(),
    }
}

fn of_a_metric(rule: &MetricRule) -> Vec<(String, Comparator, BigDecimal)> {
    let about = |anchor: String| {
        format!(
            "{:?} {:?} {:?} {:?} {anchor}",
            rule.metric, rule.slice, rule.from, rule.step
        )
    };
    let zero = BigDecimal::from(0);
    let claim = |anchor: String, bound: BigDecimal| (about(anchor), rule.comparator, bound);
    match &rule.threshold {
        Threshold::Absolute(bound) => vec![claim(String::new(), bound.clone())],
        Threshold::Relative { reference, margin } => match margin {
            None => vec![
                claim(reference.to_string(), zero.clone()),
                claim(format!("{reference} %"), zero),
            ],
            Some(Margin::Absolute(amount)) => vec![claim(reference.to_string(), amount.clone())],
            Some(Margin::PercentagePoints(amount)) => {
                vec![claim(reference.to_string(), amount / BigDecimal::from(100))]
            }
            Some(Margin::Percent(amount)) => vec![claim(format!("{reference} %"), amount.clone())],
        },
    }
}

fn compared(earlier: &Claim<'_>, later: &Claim<'_>) -> Option<Diagnostic> {
    // Two checks of one name are told about as such.
    if earlier.check.id == later.check.id {
        return None;
    }
    let cuts = [&earlier.bound, &later.bound];
    let (first, second) = (regions(earlier, cuts), regions(later, cuts));
    let both = |level: Level| earlier.check.level == level && later.check.level == level;
    if both(Level::Error)
        && !first
            .iter()
            .zip(second)
            .any(|(first, second)| *first && second)
    {
        let message = format!(
            "no value satisfies `{}` and `{}`",
            earlier.check.rule, later.check.rule
        );
        return Some(
            Diagnostic::error(Code::ContradictingChecks, later.span, message)
                .labelled("cannot hold where the other one does")
                .related(earlier.span, "the other one")
                .help("change one of them: all checks of a gate must hold"),
        );
    }
    let implies =
        |one: [bool; 5], other: [bool; 5]| one.iter().zip(other).all(|(one, other)| !one || other);
    if implies(first, second) && earlier.check.level >= later.check.level {
        Some(implied(later, earlier))
    } else if implies(second, first) && later.check.level >= earlier.check.level {
        Some(implied(earlier, later))
    } else {
        None
    }
}

/// Where a claim holds: below, at, between, at and above the two bounds.
fn regions(claim: &Claim<'_>, cuts: [&BigDecimal; 2]) -> [bool; 5] {
    let [left, right] = cuts;
    let (low, high) = if left <= right {
        (left, right)
    } else {
        (right, left)
    };
    let below = claim.comparator.holds(std::cmp::Ordering::Less);
    let above = claim.comparator.holds(std::cmp::Ordering::Greater);
    let at = |cut: &BigDecimal| claim.comparator.holds(cut.cmp(&claim.bound));
    // Between two equal bounds there is nothing; what holds at them stands in for it.
    let between = match (low == high, *low == claim.bound) {
        (true, _) => at(low),
        (false, true) => above,
        (false, false) => below,
    };
    [below, at(low), between, at(high), above]
}

fn implied(weaker: &Claim<'_>, stronger: &Claim<'_>) -> Diagnostic {
    let message = format!(
        "`{}` says nothing that `{}` does not say",
        weaker.check.rule, stronger.check.rule
    );
    Diagnostic::warning(Code::ImpliedCheck, weaker.span, message)
        .labelled("holds wherever the other one does")
        .related(stronger.span, "the other one")
        .help("remove it, or give it a bound of its own")
}
