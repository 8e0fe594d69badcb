//! The gate's semantics, row by row as the design has them, and the laws that hold for all rows.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where it stumbles"
)]
#![expect(
    clippy::too_many_lines,
    reason = "a table is as long as it has rows, and a snapshot as it has lines"
)]
#![expect(
    clippy::unnecessary_wraps,
    reason = "an answer stands beside rows without one, a place beside rules without one"
)]

#[path = "semantics/any.rs"]
mod any;
#[path = "semantics/build.rs"]
mod build;
#[path = "semantics/judges.rs"]
mod judges;
#[path = "semantics/laws.rs"]
mod laws;
#[path = "semantics/ledger.rs"]
mod ledger;
#[path = "semantics/place.rs"]
mod place;
#[path = "semantics/record.rs"]
mod record;
#[path = "semantics/rooms.rs"]
mod rooms;
#[path = "semantics/slices.rs"]
mod slices;
#[path = "support/mod.rs"]
mod support;
#[path = "semantics/table.rs"]
mod table;
#[path = "semantics/waiver_file.rs"]
mod waiver_file;
#[path = "semantics/waivers.rs"]
mod waivers;

use gatewright::evidence::{
    Evidence, Finite, Metric, Metrics, Reading, Reference, Referent, Run, Subject,
};
use gatewright::gate::check::Weight;
use gatewright::gate::grammar;
use gatewright::gate::{
    Check, Gate, IfAbsent, Judgement, Level, OnInconclusive, Outcome, Reason, Remark, Verdict,
};
use proptest::prelude::*;

fn gate(lines: &[&str]) -> Gate {
    let checks = lines.iter().enumerate().map(|(index, line)| {
        let read = grammar::parse(line).unwrap_or_else(|error| panic!("{line}: {error:?}"));
        let level = match read.level {
            Some(Weight::On(level)) => level,
            _ => Level::Error,
        };
        Check {
            level,
            line: index + 1,
            ..Check::new(&format!("check-{index}"), read.rule)
        }
    });
    Gate::new("promote", checks.collect())
}

/// Judges metrics of a run against those of a champion's run.
fn judge(gate: &Gate, candidate: &Metrics, champion: Option<&Metrics>) -> Judgement {
    let subject = |id: &str, metrics: &Metrics| {
        Subject::of_run(Run {
            metrics: metrics.clone(),
            ..Run::empty(id)
        })
    };
    let champion = champion.map_or(Referent::Absent, |champion| {
        Referent::One(Box::new(subject("1", champion)))
    });
    let evidence = Evidence {
        candidate: subject("2", candidate),
        references: [(Reference::Champion, champion)].into(),
        ..Evidence::default()
    };
    gatewright::gate::judge(gate, &evidence)
}

fn metrics(values: &[(&str, f64)]) -> Metrics {
    values
        .iter()
        .map(|(name, value)| {
            let reading = Reading::from_stored(*value);
            (
                (*name).to_owned(),
                Metric {
                    reading,
                    step: 0,
                    timestamp_ms: 0,
                },
            )
        })
        .collect()
}

/// The outcome and reason of a single check.
fn one(
    line: &str,
    candidate: &[(&str, f64)],
    champion: Option<&[(&str, f64)]>,
) -> (Outcome, Reason) {
    let judgement = judge(
        &gate(&[line]),
        &metrics(candidate),
        champion.map(metrics).as_ref(),
    );
    let finding = judgement.findings.first().unwrap();
    (finding.outcome, finding.opinion.reason)
}

#[test]
fn a_metric_that_is_absent_fails_and_the_nearest_names_are_told() {
    let judgement = judge(
        &gate(&["rmse <= 5"]),
        &metrics(&[("rmsse", 1.0), ("r2", 0.5)]),
        None,
    );
    let finding = judgement.findings.first().unwrap();
    assert_eq!(
        (finding.outcome, finding.opinion.reason),
        (Outcome::Fail, Reason::MetricMissing)
    );
    assert_eq!(
        finding.opinion.message,
        "the candidate has no metric `rmse`; it has `rmsse`, `r2`"
    );
    assert_eq!(judgement.verdict, Verdict::Blocked);
}

#[test]
fn nan_and_infinity_fail_in_both_directions() {
    for line in [
        "x <= 5",
        "x >= 5",
        "x != 5",
        "x >= champion",
        "x <= champion + 5%",
    ] {
        let champion = Some(&[("x", 1.0)][..]);
        assert_eq!(
            one(line, &[("x", f64::NAN)], champion),
            (Outcome::Fail, Reason::MetricNan),
            "{line}"
        );
        for infinite in [f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN] {
            assert_eq!(
                one(line, &[("x", infinite)], champion),
                (Outcome::Fail, Reason::MetricInfinite),
                "{line}"
            );
        }
    }
}

#[test]
fn without_a_champion_relative_checks_are_skipped_and_absolute_ones_still_judge() {
    let gate = gate(&["r2 >= champion - 0.01", "rmse <= 5"]);
    let judgement = judge(&gate, &metrics(&[("r2", 0.9), ("rmse", 4.0)]), None);
    let outcomes: Vec<_> = judgement
        .findings
        .iter()
        .map(|finding| finding.outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Skipped, Outcome::Pass]);
    assert_eq!(judgement.verdict, Verdict::Pass);
}

#[test]
fn without_a_champion_a_gate_that_evaluated_nothing_blocks_as_vacuous() {
    for lines in [
        &["r2 >= champion"][..],
        &["r2 >= champion", "warn: rmse <= 5"],
    ] {
        let judgement = judge(&gate(lines), &metrics(&[("r2", 0.9), ("rmse", 4.0)]), None);
        assert_eq!(judgement.verdict, Verdict::Blocked);
        assert_eq!(judgement.remark, Some(Remark::Vacuous));
    }
}

#[test]
fn what_an_absent_champion_means_can_be_chosen() {
    let verdict = |if_absent| {
        let mut gate = gate(&["r2 >= champion"]);
        gate.baseline.if_absent = if_absent;
        judge(&gate, &metrics(&[("r2", 0.9)]), None).verdict
    };
    assert_eq!(verdict(IfAbsent::Fail), Verdict::Blocked);
    assert_eq!(verdict(IfAbsent::Pass), Verdict::Pass);
    assert_eq!(verdict(IfAbsent::AbsoluteOnly), Verdict::Blocked);
}

#[test]
fn a_champion_without_a_number_is_no_baseline() {
    let candidate = &[("r2", 0.9)];
    for champion in [&[][..], &[("r2", f64::NAN)], &[("r2", f64::INFINITY)]] {
        assert_eq!(
            one("r2 >= champion - 0.01", candidate, Some(champion)),
            (Outcome::Fail, Reason::BaselineInvalid)
        );
    }
}

#[test]
fn a_percentage_of_zero_is_inconclusive_and_holds() {
    let run = |policy| {
        let mut gate = gate(&["x <= champion + 2%", "x <= 5"]);
        gate.on_inconclusive = policy;
        judge(
            &gate,
            &metrics(&[("x", 0.0)]),
            Some(&metrics(&[("x", 0.0)])),
        )
    };
    let held = run(OnInconclusive::Hold);
    assert_eq!(
        held.findings.first().unwrap().opinion.reason,
        Reason::BaselineZero
    );
    assert_eq!(held.verdict, Verdict::Hold);
    assert_eq!(run(OnInconclusive::Fail).verdict, Verdict::Blocked);
    assert_eq!(run(OnInconclusive::Pass).verdict, Verdict::Pass);
}

#[test]
fn a_failure_outweighs_an_inconclusive_check() {
    let gate = gate(&["x <= champion + 2%", "x <= -1"]);
    let judgement = judge(
        &gate,
        &metrics(&[("x", 0.0)]),
        Some(&metrics(&[("x", 0.0)])),
    );
    assert_eq!(judgement.verdict, Verdict::Blocked);
}

#[test]
fn a_negative_baseline_is_scaled_by_its_absolute_value() {
    let champion = Some(&[("x", -0.5)][..]);
    // +10 % of |-0.5| moves the limit up to -0.45, whichever way the metric improves.
    assert_eq!(
        one("x <= champion + 10%", &[("x", -0.45)], champion).0,
        Outcome::Pass
    );
    assert_eq!(
        one("x <= champion + 10%", &[("x", -0.44)], champion).0,
        Outcome::Fail
    );
    assert_eq!(
        one("x >= champion - 10%", &[("x", -0.55)], champion).0,
        Outcome::Pass
    );
    assert_eq!(
        one("x >= champion - 10%", &[("x", -0.9)], champion).0,
        Outcome::Fail
    );
}

#[test]
fn equality_at_the_boundary_is_decided_on_the_digits_people_see() {
    let rows = [
        ("r2 >= 0.85", 0.85, 0.0, Outcome::Pass),
        ("r2 > 0.85", 0.85, 0.0, Outcome::Fail),
        ("r2 >= champion + 0.05", 0.85, 0.80, Outcome::Pass),
        ("r2 >= champion + 10%", 0.88, 0.80, Outcome::Pass),
        ("r2 >= champion + 5%", 0.84, 0.80, Outcome::Pass),
        ("r2 <= champion - 10%", 0.9, 1.0, Outcome::Pass),
        ("r2 >= champion + 0.1", 0.3, 0.2, Outcome::Pass),
        ("r2 >= champion - 1pp", 0.79, 0.80, Outcome::Pass),
        ("r2 >= champion - 1pp", 0.789_999_999, 0.80, Outcome::Fail),
    ];
    for (line, candidate, champion, expected) in rows {
        let outcome = one(line, &[("r2", candidate)], Some(&[("r2", champion)])).0;
        assert_eq!(outcome, expected, "{line} with {candidate} over {champion}");
    }
}

#[test]
fn a_warning_is_told_and_does_not_block() {
    let judgement = judge(
        &gate(&["rmse <= 5", "warn: latency <= 1", "info: size <= 1"]),
        &metrics(&[("rmse", 1.0), ("latency", 2.0), ("size", f64::NAN)]),
        None,
    );
    let outcomes: Vec<_> = judgement
        .findings
        .iter()
        .map(|finding| finding.outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Pass, Outcome::Warn, Outcome::Warn]);
    assert_eq!(judgement.verdict, Verdict::Pass);
}

/// How far a verdict is from letting the candidate through.
fn strictness(judgement: &Judgement) -> u8 {
    match judgement.verdict {
        Verdict::Pass => 0,
        Verdict::Hold => 1,
        Verdict::Blocked => 2,
    }
}

fn stored() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -10.0..10.0_f64,
        1 => any::<f64>(),
        1 => prop_oneof![Just(0.0), Just(-0.0), Just(f64::NAN), Just(f64::MAX), Just(f64::INFINITY)],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn tightening_a_threshold_never_lets_more_through(
        candidate in stored(),
        champion in proptest::option::of(stored()),
        limit in -10.0..10.0_f64,
        step in 0.0..5.0_f64,
        relative in any::<bool>(),
    ) {
        let line = |limit: f64| {
            let sign = if limit < 0.0 { '-' } else { '+' };
            if relative { format!("x <= champion {sign} {}", limit.abs()) } else { format!("x <= {limit}") }
        };
        let candidate = metrics(&[("x", candidate)]);
        let champion = champion.map(|value| metrics(&[("x", value)]));
        let run = |limit| judge(&gate(&[&line(limit)]), &candidate, champion.as_ref());
        prop_assert!(strictness(&run(limit - step)) >= strictness(&run(limit)));
    }

    #[test]
    fn a_pass_means_that_every_error_check_was_held_against_a_number(
        values in proptest::collection::vec(proptest::option::of(stored()), 3),
        champion in proptest::option::of(proptest::collection::vec(proptest::option::of(stored()), 3)),
    ) {
        let named = |values: &[Option<f64>]| {
            let pairs: Vec<_> = ["a", "b", "c"].into_iter().zip(values).filter_map(|(name, value)| Some((name, (*value)?))).collect();
            metrics(&pairs)
        };
        let gate = gate(&["a <= 5", "b >= champion - 1%", "c <= champion"]);
        let champion = champion.as_deref().map(named);
        let judgement = judge(&gate, &named(&values), champion.as_ref());
        if judgement.verdict == Verdict::Pass {
            for finding in &judgement.findings {
                let held = finding.opinion.reason == Reason::Holds
                    && finding.opinion.candidate.as_ref().is_some_and(|seen| seen.value.finite().is_some());
                let excused = champion.is_none() && finding.opinion.reason == Reason::NoBaseline;
                prop_assert!(held || excused, "{finding:?}");
            }
        }
    }

    #[test]
    fn a_condition_printed_and_read_again_is_the_same(
        metric in "[a-zA-Z0-9_/. :<>=!()-]{1,20}",
        threshold in any::<f64>().prop_filter("finite", |value| value.is_finite()),
        margin in 0.0..1e6_f64,
        unit in prop_oneof![Just(""), Just("%"), Just("pp")],
        relative in any::<bool>(),
    ) {
        let line = if relative {
            format!("\"{metric}\" >= champion - {margin}{unit}")
        } else {
            format!("\"{metric}\" >= {threshold:e}")
        };
        let first = grammar::parse(&line).unwrap().rule;
        let second = grammar::parse(&first.to_string()).unwrap().rule;
        prop_assert_eq!(first, second);
    }

    #[test]
    fn no_line_of_text_makes_the_grammar_panic_or_point_outside(line in "\\PC{0,60}") {
        if let Err(error) = grammar::parse(&line) {
            prop_assert!(error.offset <= line.len());
            prop_assert!(line.is_char_boundary(error.offset));
        }
    }

    #[test]
    fn a_double_survives_as_its_decimal(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
        let decimal = gatewright::gate::decimal::decimal(Finite::new(value).unwrap());
        let read = decimal.to_string().parse::<f64>().unwrap();
        prop_assert!(read.total_cmp(&value).is_eq() || (read == 0.0 && value == 0.0));
    }
}
