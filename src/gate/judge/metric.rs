//! A metric held against a number, or against another version.

use bigdecimal::BigDecimal;

use super::case::Case;
use crate::evidence::{Metric, Reading, Reference, Subject};
use crate::gate::decimal::{self, decimal, moved};
use crate::gate::finding::{Observed, Opinion, Source, Value};
use crate::gate::reason::Reason;
use crate::gate::rule::{Margin, MetricRule, Threshold};

/// How many of the candidate's metric names an opinion lists when the one asked for is missing.
const NEAR_LIMIT: usize = 3;

/// The candidate's own value comes first: a NaN is a NaN, champion or not.
pub(super) fn judge(case: &Case<'_>, rule: &MetricRule) -> Opinion {
    let name = rule.metric.as_str();
    let Some(observed) = observe(case.candidate(), name) else {
        return missing(case.candidate(), name);
    };
    let (reason, message) = match &observed.value {
        Value::Reading(Reading::Finite(value)) => {
            return hold(case, rule, &decimal(*value), observed);
        }
        Value::Reading(Reading::NaN) => {
            (Reason::MetricNan, format!("the candidate's {name} is NaN"))
        }
        other => (
            Reason::MetricInfinite,
            format!("the candidate's {name} is {}", other.show(None)),
        ),
    };
    Opinion {
        candidate: Some(observed),
        ..Opinion::new(reason, message)
    }
}

/// The latest value of the subject's run.
fn observe(subject: &Subject, name: &str) -> Option<Observed> {
    let run = subject.run.as_ref()?;
    let Metric {
        reading,
        step,
        timestamp_ms,
    } = *run.metrics.get(name)?;
    Some(Observed {
        value: Value::Reading(reading),
        source: Source {
            place: format!("run {}", run.id),
            step: Some(step),
            timestamp_ms: Some(timestamp_ms),
            ..Source::default()
        },
    })
}

fn hold(case: &Case<'_>, rule: &MetricRule, value: &BigDecimal, candidate: Observed) -> Opinion {
    let mut opinion = match &rule.threshold {
        Threshold::Absolute(number) => compare(rule, value, number.clone(), None),
        Threshold::Relative { reference, margin } => {
            relative(case, rule, value, reference, margin.as_ref())
        }
    };
    opinion.candidate = Some(candidate);
    opinion
}

fn relative(
    case: &Case<'_>,
    rule: &MetricRule,
    value: &BigDecimal,
    reference: &Reference,
    margin: Option<&Margin>,
) -> Opinion {
    let other = match case.other(reference) {
        Ok(other) => other,
        Err(opinion) => return *opinion,
    };
    let name = &rule.metric;
    let observed = observe(other, name);
    let finite = observed
        .as_ref()
        .and_then(|observed| observed.value.finite());
    let Some(baseline) = finite else {
        let shown = observed
            .as_ref()
            .map_or_else(|| "absent".to_owned(), |observed| observed.value.show(None));
        return Opinion {
            baseline: observed,
            ..Opinion::new(
                Reason::BaselineInvalid,
                format!("the {reference}'s {name} is {shown}"),
            )
        };
    };
    let mut opinion = match moved(&baseline, margin) {
        Some(threshold) => compare(rule, value, threshold, Some((reference, margin, &baseline))),
        None => Opinion::new(
            Reason::BaselineZero,
            format!("the {reference}'s {name} is 0, and a percentage of 0 says nothing"),
        ),
    };
    opinion.delta = Some(value - &baseline);
    opinion.baseline = observed;
    opinion
}

fn compare(
    rule: &MetricRule,
    value: &BigDecimal,
    threshold: BigDecimal,
    other: Option<(&Reference, Option<&Margin>, &BigDecimal)>,
) -> Opinion {
    let mut opinion = if rule.comparator.holds(value.cmp(&threshold)) {
        Opinion::new(Reason::Holds, "holds")
    } else {
        let shown = format!(
            "{} is {}, and must be {} {}",
            rule.metric,
            decimal::show_beside(value, Some(&threshold)),
            rule.comparator.symbol(),
            decimal::show_beside(&threshold, Some(value)),
        );
        let message = match other {
            Some((reference, Some(margin), baseline)) => format!(
                "{shown} (the {reference}'s {} {margin})",
                decimal::show_beside(baseline, Some(&threshold))
            ),
            _ => shown,
        };
        Opinion::new(Reason::Violated, message)
    };
    opinion.threshold = Some(threshold);
    opinion
}

fn missing(subject: &Subject, name: &str) -> Opinion {
    let mut names: Vec<_> = subject
        .run
        .iter()
        .flat_map(|run| run.metrics.keys())
        .collect();
    let likeness = |other: &str| strsim::jaro_winkler(name, other);
    names.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
    let near: Vec<_> = names
        .into_iter()
        .take(NEAR_LIMIT)
        .map(|near| format!("`{near}`"))
        .collect();
    let message = if near.is_empty() {
        format!("the candidate has no metric `{name}`")
    } else {
        format!(
            "the candidate has no metric `{name}`; it has {}",
            near.join(", ")
        )
    };
    Opinion::new(Reason::MetricMissing, message)
}
