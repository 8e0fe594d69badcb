//! Opinions to outcomes, outcomes to a verdict.

use super::case::Case;
use super::{
    age, coverage, dataset, import, metric, record, scorers, signature, slices, test, waive,
};
use crate::evidence::Evidence;
use crate::gate::check::{Check, Gate, IfAbsent, Level, OnInconclusive};
use crate::gate::finding::{Finding, Judgement, Opinion};
use crate::gate::outcome::{Outcome, Remark, Verdict};
use crate::gate::reason::{Reason, Standing};
use crate::gate::rule::Rule;
use crate::gate::waiver::Waiver;

/// Judges the candidate of the evidence by a gate, without waivers.
#[must_use]
pub fn judge(gate: &Gate, evidence: &Evidence) -> Judgement {
    judge_with(gate, evidence, &[])
}

/// Judges the candidate of the evidence by a gate. Waivers end by the moment at which the evidence
/// was read.
#[must_use]
pub fn judge_with(gate: &Gate, evidence: &Evidence, waivers: &[Waiver]) -> Judgement {
    let case = Case { gate, evidence };
    let findings: Vec<_> = gate
        .checks
        .iter()
        .map(|check| waive::waive(finding(&case, check), &gate.name, evidence, waivers))
        .collect();
    let (verdict, remark) = add_up(gate, &findings);
    let notes = waive::unused(gate, evidence, &findings, waivers);
    Judgement {
        verdict,
        remark,
        notes,
        findings,
    }
}

fn finding<'a>(case: &Case<'a>, check: &'a Check) -> Finding {
    let opinion = opinion(case, check);
    Finding {
        check: check.clone(),
        outcome: outcome(case.gate, check.level, opinion.reason),
        opinion,
        waiver: None,
    }
}

fn opinion<'a>(case: &Case<'a>, check: &'a Check) -> Opinion {
    match &check.rule {
        Rule::Metric(rule) => metric::judge(case, rule),
        Rule::Slices(rule) => slices::judge(case, rule),
        Rule::Signature(rule) => signature::judge(case, rule),
        Rule::Dataset(reference) => dataset::judge(case, reference),
        Rule::Scorers(reference) => scorers::judge(case, reference),
        Rule::Coverage(rule) => coverage::judge(case, rule),
        Rule::Age(rule) => age::judge(case, *rule),
        Rule::Tag(rule) => record::tag(case, rule),
        Rule::Param(rule) => record::param(case, rule),
        Rule::Test(rule) => test::judge(case, rule),
        Rule::Import(rule) => import::judge(case, rule),
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
