//! Opinions to outcomes, outcomes to a verdict.

use super::case::Case;
use super::metric;
use crate::evidence::Evidence;
use crate::gate::check::{Check, Gate, IfAbsent, Level, OnInconclusive};
use crate::gate::finding::{Finding, Judgement, Opinion};
use crate::gate::outcome::{Outcome, Remark, Verdict};
use crate::gate::reason::{Reason, Standing};
use crate::gate::rule::Rule;

/// Judges the candidate of the evidence by a gate.
#[must_use]
pub fn judge(gate: &Gate, evidence: &Evidence) -> Judgement {
    let case = Case { gate, evidence };
    let findings: Vec<_> = gate
        .checks
        .iter()
        .map(|check| finding(&case, check))
        .collect();
    let (verdict, remark) = add_up(gate, &findings);
    Judgement {
        verdict,
        remark,
        findings,
    }
}

fn finding(case: &Case<'_>, check: &Check) -> Finding {
    let opinion = opinion(case, check);
    Finding {
        check: check.clone(),
        outcome: outcome(case.gate, check.level, opinion.reason),
        opinion,
        waiver: None,
    }
}

fn opinion(case: &Case<'_>, check: &Check) -> Opinion {
    match &check.rule {
        Rule::Metric(rule) => metric::judge(case, rule),
        _ => Opinion::new(
            Reason::EvidenceMissing,
            "this kind of check is not judged yet",
        ),
    }
}

fn outcome(gate: &Gate, level: Level, reason: Reason) -> Outcome {
    let failed = if level == Level::Error {
        Outcome::Fail
    } else {
        Outcome::Warn
    };
    match reason.standing() {
        Standing::Holds => Outcome::Pass,
        Standing::Fails => failed,
        Standing::Inconclusive => Outcome::Inconclusive,
        Standing::NothingToCompare => match gate.baseline.if_absent {
            IfAbsent::AbsoluteOnly => Outcome::Skipped,
            IfAbsent::Pass => Outcome::Pass,
            IfAbsent::Fail => failed,
        },
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
