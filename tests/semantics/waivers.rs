//! Waivers: what a person may answer for, and for how long.

use gatewright::evidence::{Evidence, Subject};
use gatewright::gate::rule::{Comparator, MetricRule, SliceKey};
use gatewright::gate::waiver::end_of_day_ms;
use gatewright::gate::{
    Gate, Judgement, Outcome, Reason, Remark, Rule, Verdict, Waiver, judge_with,
};

use crate::build::{evidence, gate, metric_rule, number, run, version};

const NOW: &str = "2026-11-22";

/// The morning of the day after `NOW`.
pub(crate) fn now() -> i64 {
    end_of_day_ms(NOW).unwrap() + 8 * 3_600_000
}

fn waiver() -> Waiver {
    Waiver {
        gate: None,
        check: "check-0".to_owned(),
        from_version: 7,
        to_version: Some(9),
        expires: "2026-12-01".to_owned(),
        expires_ms: end_of_day_ms("2026-12-01").unwrap(),
        reason: "known label noise".to_owned(),
        approver: "ml-leads".to_owned(),
        cap: None,
    }
}

fn until(day: &str) -> Waiver {
    Waiver {
        expires: day.to_owned(),
        expires_ms: end_of_day_ms(day).unwrap(),
        ..waiver()
    }
}

/// A candidate whose rmse is 5.2 and r2 is 0.9.
fn candidate() -> Evidence {
    let subject = version(8, run("r1", &[("rmse", 5.2), ("r2", 0.9)]));
    Evidence {
        taken_at_ms: now(),
        ..evidence(subject, None)
    }
}

pub(crate) fn budget() -> Gate {
    let rmse = metric_rule("rmse", Comparator::AtMost, "5");
    let r2 = metric_rule("r2", Comparator::AtLeast, "0.8");
    gate(&[Rule::Metric(rmse), Rule::Metric(r2)])
}

fn with(waiver: Waiver) -> Judgement {
    judge_with(&budget(), &candidate(), &[waiver])
}

fn outcome(judgement: &Judgement) -> Outcome {
    judgement.findings.first().unwrap().outcome
}

#[test]
fn a_waiver_excuses_a_failure_and_is_never_a_pass() {
    let judgement = with(waiver());
    assert_eq!(outcome(&judgement), Outcome::Waived);
    assert_eq!(judgement.verdict, Verdict::Pass);
    assert_eq!(judgement.count(Outcome::Pass), 1);
    let excused = judgement.findings.first().unwrap().waiver.as_ref().unwrap();
    assert_eq!(excused.approver, "ml-leads");
}

#[test]
fn a_waiver_counts_for_its_check_its_gate_its_versions_and_its_time_only() {
    for (counts, waiver) in [
        (true, waiver()),
        (
            false,
            Waiver {
                check: "check-1".to_owned(),
                ..waiver()
            },
        ),
        (
            true,
            Waiver {
                gate: Some("promote".to_owned()),
                ..waiver()
            },
        ),
        (
            false,
            Waiver {
                gate: Some("canary".to_owned()),
                ..waiver()
            },
        ),
        (
            true,
            Waiver {
                from_version: 8,
                to_version: Some(8),
                ..waiver()
            },
        ),
        (
            false,
            Waiver {
                from_version: 9,
                ..waiver()
            },
        ),
        (
            false,
            Waiver {
                to_version: Some(7),
                ..waiver()
            },
        ),
        (true, until("2026-11-23")),
        (false, until("2026-11-22")),
        (true, until("2027-02-21")),
        (false, until("2027-02-22")),
    ] {
        let judgement = with(waiver.clone());
        let expected = if counts {
            Outcome::Waived
        } else {
            Outcome::Fail
        };
        assert_eq!(outcome(&judgement), expected, "{waiver:?}");
        assert_eq!(judgement.verdict == Verdict::Pass, counts);
    }
}

#[test]
fn a_bare_run_has_no_version_and_cannot_be_excused() {
    let seen = Evidence {
        candidate: Subject::of_run(run("r1", &[("rmse", 5.2), ("r2", 0.9)])),
        ..candidate()
    };
    let judgement = judge_with(
        &budget(),
        &seen,
        &[Waiver {
            from_version: 0,
            ..waiver()
        }],
    );
    assert_eq!(outcome(&judgement), Outcome::Fail);
}

#[test]
fn a_floor_has_to_be_kept_in_the_direction_of_the_check() {
    for (cap, expected) in [
        ("5.5", Outcome::Waived),
        ("5.2", Outcome::Waived),
        ("5.1", Outcome::Fail),
    ] {
        let cap = Some(number(cap));
        let judgement = with(Waiver { cap, ..waiver() });
        assert_eq!(outcome(&judgement), expected);
    }
    let short = with(Waiver {
        cap: Some(number("5.1")),
        ..waiver()
    });
    let finding = short.findings.first().unwrap();
    assert!(finding.waiver.is_some());
    assert_eq!(
        finding.opinion.notes,
        ["a waiver by ml-leads does not count: 5.2 is not <= 5.1, its `cap`"]
    );
}

#[test]
fn nobody_answers_for_a_critical_check_or_for_what_was_never_measured() {
    let mut critical = budget();
    for check in &mut critical.checks {
        check.critical = true;
    }
    assert_eq!(
        outcome(&judge_with(&critical, &candidate(), &[waiver()])),
        Outcome::Fail
    );
    for rmse in [None, Some(f64::NAN), Some(f64::INFINITY)] {
        let values: Vec<_> = [("r2", 0.9)]
            .into_iter()
            .chain(rmse.map(|rmse| ("rmse", rmse)))
            .collect();
        let seen = Evidence {
            candidate: version(8, run("r1", &values)),
            ..candidate()
        };
        assert_eq!(
            outcome(&judge_with(&budget(), &seen, &[waiver()])),
            Outcome::Fail,
            "{rmse:?}"
        );
    }
}

#[test]
fn a_gate_of_which_everything_is_waived_judged_nothing() {
    let only = gate(&[Rule::Metric(metric_rule("rmse", Comparator::AtMost, "5"))]);
    let judgement = judge_with(&only, &candidate(), &[waiver()]);
    assert_eq!(outcome(&judgement), Outcome::Waived);
    assert_eq!(
        (judgement.verdict, judgement.remark),
        (Verdict::Blocked, Some(Remark::Vacuous))
    );
}

#[test]
fn a_waiver_that_nothing_needed_is_found() {
    let other = Waiver {
        check: "check-1".to_owned(),
        ..waiver()
    };
    let all = [waiver(), other.clone()];
    let (gate, seen) = (budget(), candidate());
    let judgement = judge_with(&gate, &seen, &all);
    assert_eq!(
        judgement.notes,
        [format!("the waiver for `{}` excuses nothing", other.check)]
    );
}

#[test]
fn of_two_waivers_for_a_check_every_floor_has_to_be_kept() {
    let capped = |cap: Option<&str>| Waiver {
        cap: cap.map(number),
        ..waiver()
    };
    for (one, other, expected, shown) in [
        (None, Some("5.1"), Outcome::Fail, "5.1"),
        (Some("5.5"), Some("5.1"), Outcome::Fail, "5.1"),
        (Some("5.15"), Some("5.1"), Outcome::Fail, "5.1"),
        (None, Some("5.5"), Outcome::Waived, "5.5"),
        (Some("5.5"), Some("5.3"), Outcome::Waived, "5.3"),
    ] {
        for pair in [[one, other], [other, one]] {
            let judgement = judge_with(&budget(), &candidate(), &pair.map(capped));
            assert_eq!(outcome(&judgement), expected, "{pair:?}");
            let named = judgement.findings.first().unwrap().waiver.as_ref();
            assert_eq!(named.unwrap().cap, Some(number(shown)), "{pair:?}");
        }
    }
    let expired = Waiver {
        cap: Some(number("5.1")),
        ..until("2026-11-22")
    };
    let judgement = judge_with(&budget(), &candidate(), &[expired, waiver()]);
    assert_eq!(outcome(&judgement), Outcome::Waived);
}

#[test]
fn a_waiver_for_a_slice_that_is_too_low_does_not_excuse_one_that_is_missing() {
    let rule = Rule::Metric(MetricRule {
        slice: vec![SliceKey {
            key: "region".to_owned(),
            value: None,
        }],
        ..metric_rule("recall", Comparator::AtLeast, "0.7")
    });
    let ask = |values: &[(&str, f64)]| {
        let live = [("recall/region:eu", 0.8), ("recall/region:us", 0.8)];
        let seen = Evidence {
            taken_at_ms: now(),
            ..evidence(
                version(8, run("r1", values)),
                Some(version(6, run("r0", &live))),
            )
        };
        let judgement = judge_with(&gate(std::slice::from_ref(&rule)), &seen, &[waiver()]);
        let reason = judgement.findings.first().unwrap().opinion.reason;
        (outcome(&judgement), reason)
    };
    let low = [("recall/region:eu", 0.1), ("recall/region:us", 0.8)];
    assert_eq!(ask(&low), (Outcome::Waived, Reason::Violated));
    let missing = ask(&[("recall/region:eu", 0.1)]);
    assert_eq!(missing, (Outcome::Fail, Reason::MetricMissing));
    let broken = ask(&[("recall/region:eu", 0.1), ("recall/region:us", f64::NAN)]);
    assert_eq!(broken, (Outcome::Fail, Reason::MetricNan));
}
