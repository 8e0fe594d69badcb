//! What holds for any evidence.

use gatewright::evidence::{Assessment, Evidence, Reference};
use gatewright::gate::check::Sameness;
use gatewright::gate::rule::{
    AgeRule, Comparator, CoverageRule, MetricRule, ParamRule, ReadFrom, SliceKey, SlicesRule,
    SmallSlice, Step, TagRule,
};
use gatewright::gate::waiver::end_of_day_ms;
use gatewright::gate::{Gate, Outcome, Rule, Verdict, Waiver, judge, judge_with};
use proptest::prelude::*;

use crate::any::{NAMES, any_evidence, judged};
use crate::build::{gate, metric_rule, number, relative_rule};

/// A check of every kind.
fn every_kind() -> Gate {
    let every_region = vec![SliceKey {
        key: "region".to_owned(),
        value: None,
    }];
    let from = |from| Some(ReadFrom::Model { dataset: from });
    let at_least = |name, limit| metric_rule(name, Comparator::AtLeast, limit);
    gate(&[
        Rule::Metric(at_least("x", "0")),
        Rule::Metric(MetricRule {
            from: from(None),
            ..at_least("x", "0")
        }),
        Rule::Metric(MetricRule {
            from: from(Some("holdout".to_owned())),
            ..at_least("x", "0")
        }),
        Rule::Metric(MetricRule {
            step: Step::Best,
            ..at_least("loss", "0")
        }),
        Rule::Metric(MetricRule {
            step: Step::Mean,
            ..at_least("loss", "0")
        }),
        Rule::Metric(relative_rule("x", Comparator::AtLeast, Reference::Champion)),
        Rule::Metric(relative_rule(
            "good/mean",
            Comparator::AtLeast,
            Reference::Champion,
        )),
        Rule::Metric(relative_rule("x", Comparator::AtMost, Reference::Median(2))),
        Rule::Metric(relative_rule(
            "loss",
            Comparator::AtMost,
            Reference::Best(3),
        )),
        Rule::Metric(at_least("good/mean", "0.5")),
        Rule::Metric(at_least("good/min", "0.5")),
        Rule::Metric(MetricRule {
            slice: every_region.clone(),
            ..at_least("x", "0")
        }),
        Rule::Metric(MetricRule {
            slice: every_region,
            ..relative_rule("x", Comparator::AtLeast, Reference::Champion)
        }),
        Rule::Slices(SlicesRule {
            metric: "x".to_owned(),
            by: vec!["region".to_owned()],
            min: Some(number("0")),
            max: None,
            max_gap: Some(number("1")),
            min_n: Some(1),
            small: SmallSlice::Ignore,
            count: "n".to_owned(),
            table: None,
            from: None,
        }),
        coverage(),
        Rule::Dataset(Reference::Champion),
        Rule::Scorers(Reference::Champion),
        Rule::Age(AgeRule { at_most_seconds: 7 }),
        Rule::Tag(TagRule {
            name: "a".to_owned(),
            equal: false,
            value: "b".to_owned(),
        }),
        Rule::Param(ParamRule {
            name: "a".to_owned(),
            comparator: Comparator::NotEqual,
            value: "b".to_owned(),
        }),
    ])
}

fn coverage() -> Rule {
    Rule::Coverage(CoverageRule {
        judge: "good".to_owned(),
        comparator: Comparator::AtLeast,
        percent: number("60"),
    })
}

fn strictness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Hold => 1,
        Verdict::Blocked => 2,
    }
}

fn waiver(check: usize, until: &str) -> Waiver {
    Waiver {
        gate: None,
        check: format!("check-{check}"),
        from_version: 1,
        to_version: None,
        expires: until.to_owned(),
        expires_ms: end_of_day_ms(until).unwrap(),
        reason: "a reason".to_owned(),
        approver: "someone".to_owned(),
        cap: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn evidence_that_was_saved_is_judged_like_the_evidence_that_was_read(evidence in any_evidence()) {
        let saved = serde_json::to_string(&evidence).unwrap();
        let read: Evidence = serde_json::from_str(&saved).unwrap();
        prop_assert_eq!(judge(&every_kind(), &read), judge(&every_kind(), &evidence));
    }

    #[test]
    fn the_order_of_checks_changes_nothing(evidence in any_evidence()) {
        let there = judge(&every_kind(), &evidence);
        let mut gate = every_kind();
        gate.checks.reverse();
        let mut back = judge(&gate, &evidence);
        back.findings.reverse();
        prop_assert_eq!(there, back);
    }

    #[test]
    fn what_stands_behind_a_pass_is_a_number_on_the_right_side(evidence in any_evidence()) {
        for finding in judge(&every_kind(), &evidence).findings {
            let Rule::Metric(rule) = &finding.check.rule else { continue };
            if finding.outcome != Outcome::Pass || !rule.slice.is_empty() {
                continue;
            }
            let opinion = &finding.opinion;
            let seen = opinion.candidate.as_ref().unwrap();
            if let (Some(value), Some(threshold)) = (seen.value.finite(), &opinion.threshold) {
                prop_assert!(rule.comparator.holds(value.cmp(threshold)), "{finding:?}");
            }
        }
    }

    #[test]
    fn tightening_a_bound_never_lets_more_through(
        evidence in any_evidence(),
        limit in -20_i32..20,
        step in 0_i32..10,
        name in 0..NAMES.len(),
        relative in any::<bool>(),
    ) {
        let name = NAMES.into_iter().nth(name).unwrap();
        let with = |tenths: i32| {
            let amount = number(&format!("{tenths}e-1"));
            let rule = if relative {
                let mut rule = relative_rule(name, Comparator::AtMost, Reference::Champion);
                rule.threshold = gatewright::gate::Threshold::Relative {
                    reference: Reference::Champion,
                    margin: Some(gatewright::gate::Margin::Absolute(amount)),
                };
                rule
            } else {
                MetricRule::new(name, Comparator::AtMost, gatewright::gate::Threshold::Absolute(amount))
            };
            strictness(judge(&gate(&[Rule::Metric(rule)]), &evidence).verdict)
        };
        prop_assert!(with(limit - step) >= with(limit));
    }

    /// Of a whole metric: a slice that is gone can only be missed where another version has it.
    #[test]
    fn taking_a_metric_away_everywhere_never_lets_more_through(
        evidence in any_evidence(),
        name in 0..4_usize,
        check in 0..11_usize,
    ) {
        let name = NAMES.into_iter().nth(name).unwrap();
        let mut gate = every_kind();
        gate.checks = gate.checks.into_iter().skip(check).take(1).collect();
        let mut less = evidence.clone();
        if let Some(run) = &mut less.candidate.run {
            run.metrics.remove(name);
        }
        if let Some(model) = &mut less.candidate.logged_model {
            model.metrics.retain(|metric| metric.name != name);
        }
        let pass = |evidence| judge(&gate, evidence).findings.iter().any(|one| one.outcome == Outcome::Pass);
        prop_assert!(pass(&evidence) || !pass(&less));
    }

    /// As long as the rows are there: an answer that is lost could have been any.
    #[test]
    fn taking_an_answer_away_never_lets_more_through(
        subject in judged(),
        lost in 0..5_usize,
        limit in 0..5_u32,
        lower in any::<bool>(),
    ) {
        let comparator = if lower { Comparator::AtMost } else { Comparator::AtLeast };
        let limit = number(&format!("{}e-2", limit * 25));
        let rule = MetricRule::new("good/mean", comparator, gatewright::gate::Threshold::Absolute(limit));
        let gate = gate(&[Rule::Metric(rule), coverage()]);
        let mut less = subject.clone();
        let given: &mut Vec<Assessment> = &mut less.assessments.get_mut("r1").unwrap().given;
        if lost < given.len() {
            given.remove(lost);
        }
        let more = judge(&gate, &crate::build::evidence(subject, None));
        let less = judge(&gate, &crate::build::evidence(less, None));
        for (more, less) in more.findings.iter().zip(&less.findings) {
            prop_assert!(more.outcome == Outcome::Pass || less.outcome != Outcome::Pass, "{more:?}\n{less:?}");
        }
    }

    /// Where the same data sets are asked for. Where unknown ones will do, they will do.
    #[test]
    fn without_its_data_set_nothing_passes_where_it_has_to_be_known(evidence in any_evidence()) {
        let rule = relative_rule("x", Comparator::AtLeast, Reference::Champion);
        let mut gate = gate(&[Rule::Metric(rule)]);
        gate.comparability.dataset = Sameness::Same;
        let mut less = evidence;
        if let Some(run) = &mut less.candidate.run {
            run.datasets.clear();
        }
        for metric in less.candidate.logged_model.iter_mut().flat_map(|model| &mut model.metrics) {
            metric.dataset = None;
        }
        prop_assert_ne!(judge(&gate, &less).verdict, Verdict::Pass);
    }

    #[test]
    fn a_waiver_never_makes_a_pass_and_touches_nothing_else(
        evidence in any_evidence(),
        check in 0..20_usize,
        early in any::<bool>(),
    ) {
        let gate = every_kind();
        let until = if early { "1969-12-01" } else { "1970-03-01" };
        let without = judge(&gate, &evidence);
        let with = judge_with(&gate, &evidence, &[waiver(check, until)]);
        for (one, other) in without.findings.iter().zip(&with.findings) {
            let is_its = one.check.id == format!("check-{check}");
            if other.outcome == Outcome::Waived {
                prop_assert!(is_its && !early);
                prop_assert!(matches!(one.outcome, Outcome::Fail | Outcome::Inconclusive));
            } else {
                prop_assert_eq!(one.outcome, other.outcome);
            }
        }
    }
}
