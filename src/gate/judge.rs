//! Evidence and checks in, judgement out. Every row of the semantics table is here, and nowhere else.

use super::check::{Check, Gate, IfAbsent, Level, OnInconclusive, Threshold};
use super::decimal::{decimal, moved};
use super::verdict::{Finding, Judgement, Outcome, Reason, Remark, Verdict};
use crate::evidence::{Metric, Metrics, Reading};

/// How many of the candidate's metric names a finding lists when the one asked for is missing.
const NEAR_LIMIT: usize = 3;

/// Judges a candidate by a gate. `baseline` is `None` when nothing is live yet.
#[must_use]
pub fn judge(gate: &Gate, candidate: &Metrics, baseline: Option<&Metrics>) -> Judgement {
    let findings: Vec<_> = gate
        .checks
        .iter()
        .map(|check| {
            Evidence {
                candidate,
                baseline,
                gate,
            }
            .evaluate(check)
        })
        .collect();
    let (verdict, remark) = add_up(gate, &findings);
    Judgement {
        verdict,
        remark,
        findings,
    }
}

/// Fails closed: a pass needs every check that counts to have been held against evidence.
fn add_up(gate: &Gate, findings: &[Finding]) -> (Verdict, Option<Remark>) {
    let weighty = findings.iter().any(Finding::is_error_level);
    let counted = || {
        findings
            .iter()
            .filter(|finding| !weighty || finding.is_error_level())
    };
    let excused = |finding: &Finding| {
        finding.outcome == Outcome::Inconclusive && gate.on_inconclusive == OnInconclusive::Pass
    };
    if findings.iter().any(Finding::blocks) {
        return (Verdict::Blocked, None);
    }
    let inconclusive = findings
        .iter()
        .any(|finding| finding.outcome == Outcome::Inconclusive && finding.is_error_level());
    match gate.on_inconclusive {
        OnInconclusive::Hold if inconclusive => return (Verdict::Hold, None),
        OnInconclusive::Fail if inconclusive => return (Verdict::Blocked, None),
        _ => {}
    }
    if counted().any(|finding| finding.outcome.is_evaluated() || excused(finding)) {
        (Verdict::Pass, None)
    } else {
        (Verdict::Blocked, Some(Remark::Vacuous))
    }
}

#[derive(Clone, Copy)]
struct Evidence<'a> {
    candidate: &'a Metrics,
    baseline: Option<&'a Metrics>,
    gate: &'a Gate,
}

impl Evidence<'_> {
    fn evaluate(self, check: &Check) -> Finding {
        let metric = check.condition.metric.as_str();
        let mut finding = Finding {
            check: check.clone(),
            outcome: Outcome::Fail,
            reason: Reason::Violated,
            candidate: self.candidate.get(metric).copied(),
            baseline: None,
            threshold: None,
            delta: None,
            near: Vec::new(),
        };
        finding.reason = self.reason(&mut finding);
        finding.outcome = self.outcome(finding.reason, check.level);
        if finding.reason == Reason::MetricMissing {
            finding.near = nearest_names(metric, self.candidate);
        }
        finding
    }

    /// The candidate's own value comes first: a NaN is a NaN, champion or not.
    fn reason(self, finding: &mut Finding) -> Reason {
        let value = match finding.candidate.map(|metric| metric.reading) {
            None => return Reason::MetricMissing,
            Some(Reading::NaN) => return Reason::MetricNan,
            Some(Reading::PositiveInfinity | Reading::NegativeInfinity) => {
                return Reason::MetricInfinite;
            }
            Some(Reading::Finite(value)) => decimal(value),
        };
        let threshold = match &finding.check.condition.threshold {
            Threshold::Absolute(number) => number.clone(),
            Threshold::Champion(margin) => {
                let Some(baseline) = self.baseline else {
                    return Reason::NoBaseline;
                };
                finding.baseline = baseline.get(&finding.check.condition.metric).copied();
                let Some(champion) = finding.baseline.and_then(finite) else {
                    return Reason::BaselineInvalid;
                };
                finding.delta = Some(&value - &champion);
                match moved(&champion, margin.as_ref()) {
                    Some(threshold) => threshold,
                    None => return Reason::BaselineZero,
                }
            }
        };
        let holds = finding
            .check
            .condition
            .comparator
            .holds(value.cmp(&threshold));
        finding.threshold = Some(threshold);
        if holds {
            Reason::Holds
        } else {
            Reason::Violated
        }
    }

    fn outcome(self, reason: Reason, level: Level) -> Outcome {
        let failed = if level == Level::Error {
            Outcome::Fail
        } else {
            Outcome::Warn
        };
        match reason {
            Reason::Holds => Outcome::Pass,
            Reason::NoBaseline => match self.gate.baseline.if_absent {
                IfAbsent::AbsoluteOnly => Outcome::Skipped,
                IfAbsent::Pass => Outcome::Pass,
                IfAbsent::Fail => failed,
            },
            Reason::BaselineZero => Outcome::Inconclusive,
            Reason::Violated
            | Reason::MetricMissing
            | Reason::MetricNan
            | Reason::MetricInfinite
            | Reason::BaselineInvalid => failed,
        }
    }
}

fn finite(metric: Metric) -> Option<bigdecimal::BigDecimal> {
    metric.reading.finite().map(decimal)
}

fn nearest_names(name: &str, metrics: &Metrics) -> Vec<String> {
    let mut names: Vec<_> = metrics.keys().collect();
    let likeness = |other: &str| strsim::jaro_winkler(name, other);
    names.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
    names.into_iter().take(NEAR_LIMIT).cloned().collect()
}
