//! Metrics on slices of the data: every slice counts.

use gatewright::evidence::{Reference, RunStatus, Subject};
use gatewright::gate::rule::{Comparator, MetricRule, ReadFrom, SliceKey, SlicesRule, SmallSlice};
use gatewright::gate::{Finding, Need, Outcome, Reason, Rule, SlicePattern};

use crate::build::{
    ask, evidence, gate, gave, metric_rule, model, number, one, relative_rule, run, told,
};

fn keys(keys: &[(&str, Option<&str>)]) -> Vec<SliceKey> {
    let key = |(key, value): &(&str, Option<&str>)| SliceKey {
        key: (*key).to_owned(),
        value: value.map(str::to_owned),
    };
    keys.iter().map(key).collect()
}

fn recall(slice: &[(&str, Option<&str>)]) -> Rule {
    Rule::Metric(MetricRule {
        slice: keys(slice),
        ..metric_rule("recall", Comparator::AtLeast, "0.7")
    })
}

const EVERY_REGION: &[(&str, Option<&str>)] = &[("region", None)];

fn with(values: &[(&str, f64)]) -> Subject {
    Subject::of_run(run("r1", values))
}

fn on(rule: Rule, values: &[(&str, f64)]) -> Finding {
    one(rule, &evidence(with(values), None))
}

fn parts(finding: &Finding) -> Vec<(&str, Reason)> {
    let parts = finding.opinion.parts.iter();
    parts
        .map(|part| (part.name.as_str(), part.reason))
        .collect()
}

#[test]
fn a_rule_on_every_slice_holds_if_it_holds_on_each() {
    let values = [
        ("recall", 0.9),
        ("recall/region:eu", 0.8),
        ("recall/region:us", 0.6),
        ("recall/region:asia", 0.95),
        ("precision/region:eu", 0.1),
    ];
    let finding = on(recall(EVERY_REGION), &values);
    assert_eq!(gave(&finding), (Outcome::Fail, Reason::Violated));
    assert_eq!(
        finding.opinion.message,
        "region=us: recall/region:us is 0.6, and must be >= 0.7"
    );
    assert_eq!(
        parts(&finding),
        [
            ("region=asia", Reason::Holds),
            ("region=eu", Reason::Holds),
            ("region=us", Reason::Violated)
        ]
    );
    let eu = on(recall(&[("region", Some("eu"))]), &values);
    assert_eq!(gave(&eu), (Outcome::Pass, Reason::Holds));
    assert_eq!(eu.opinion.parts.len(), 1);
}

#[test]
fn no_slice_at_all_is_a_metric_that_is_missing() {
    let finding = on(
        recall(EVERY_REGION),
        &[("recall", 0.9), ("recall/regoin:eu", 0.9)],
    );
    assert_eq!(gave(&finding), (Outcome::Fail, Reason::MetricMissing));
    assert_eq!(
        finding.opinion.message,
        "the candidate has no recall on a slice region=*: no metric is called `recall/region:*`; it has `recall/regoin:eu`, `recall`"
    );
}

#[test]
fn a_nan_on_one_slice_fails_the_whole() {
    let finding = on(
        recall(EVERY_REGION),
        &[("recall/region:eu", 0.9), ("recall/region:us", f64::NAN)],
    );
    assert_eq!(gave(&finding), (Outcome::Fail, Reason::MetricNan));
}

#[test]
fn slices_of_several_keys_are_told_from_those_of_one() {
    let values = [
        ("recall/region:eu", 0.9),
        ("recall/sex:f", 0.9),
        ("recall/region:eu/sex:f", 0.5),
        ("recall/sex:m/region:us", 0.9),
    ];
    let coarse = on(recall(EVERY_REGION), &values);
    assert_eq!(gave(&coarse), (Outcome::Pass, Reason::Holds));
    assert_eq!(
        coarse.opinion.notes,
        ["finer slices are not looked at: region=eu, sex=f; region=us, sex=m"]
    );
    let fine = on(recall(&[("region", None), ("sex", None)]), &values);
    assert_eq!(
        parts(&fine),
        [
            ("region=eu, sex=f", Reason::Violated),
            ("region=us, sex=m", Reason::Holds)
        ]
    );
    let women = on(recall(&[("region", None), ("sex", Some("f"))]), &values);
    assert_eq!(women.opinion.parts.len(), 1);
}

#[test]
fn another_pattern_of_names_is_one_setting() {
    let mut gate = gate(&[recall(EVERY_REGION)]);
    gate.slice_pattern = SlicePattern {
        text: "{metric}_{key}_{value}".to_owned(),
    };
    let finding = ask(
        &gate,
        &evidence(with(&[("recall_region_us_west_1", 0.9)]), None),
    );
    assert_eq!(parts(&finding), [("region=us_west_1", Reason::Holds)]);
}

fn against_champion(candidate: &[(&str, f64)], champion: &[(&str, f64)]) -> Finding {
    let rule = Rule::Metric(MetricRule {
        slice: keys(EVERY_REGION),
        ..relative_rule("recall", Comparator::AtLeast, Reference::Champion)
    });
    let champion = Subject::of_run(run("r0", champion));
    one(rule, &evidence(with(candidate), Some(champion)))
}

#[test]
fn each_slice_is_held_against_the_same_slice_of_the_other_version() {
    let finding = against_champion(
        &[("recall/region:eu", 0.8), ("recall/region:us", 0.7)],
        &[("recall/region:eu", 0.7), ("recall/region:us", 0.8)],
    );
    assert_eq!(
        parts(&finding),
        [
            ("region=eu", Reason::Holds),
            ("region=us", Reason::Violated)
        ]
    );
    insta::assert_snapshot!(told(&finding), @r#"
    violated: region=us: recall/region:us is 0.7, and must be >= 0.8
    note: the data set behind recall/region:eu is not known
    note: the data set behind recall/region:us is not known
    slices found: region=eu; region=us
    slice region=eu:
      the candidate's recall/region:eu: 0.8 (the latest, at step 0), read in run r1 on no known data set
      the champion's recall/region:eu: 0.7 (the latest, at step 0), read in run r0 on no known data set
      asked: 0.8 >= 0.7
      holds
    slice region=us:
      the candidate's recall/region:us: 0.7 (the latest, at step 0), read in run r1 on no known data set
      the champion's recall/region:us: 0.8 (the latest, at step 0), read in run r0 on no known data set
      asked: 0.7 >= 0.8
      violated: recall/region:us is 0.7, and must be >= 0.8
    "#);
}

#[test]
fn a_slice_that_only_the_champion_has_is_missing_and_one_that_is_new_is_said() {
    let dropped = against_champion(
        &[("recall/region:eu", 0.8)],
        &[("recall/region:eu", 0.7), ("recall/region:us", 0.8)],
    );
    assert_eq!(gave(&dropped), (Outcome::Fail, Reason::MetricMissing));
    let new = against_champion(
        &[("recall/region:eu", 0.8), ("recall/region:mars", 0.1)],
        &[("recall/region:eu", 0.7)],
    );
    assert_eq!(gave(&new), (Outcome::Pass, Reason::Holds));
    assert_eq!(
        parts(&new),
        [
            ("region=eu", Reason::Holds),
            ("region=mars", Reason::NoBaseline)
        ]
    );
    let all_new = against_champion(&[("recall/region:mars", 0.9)], &[("recall", 0.1)]);
    assert_eq!(gave(&all_new), (Outcome::Fail, Reason::BaselineInvalid));
    let nan = against_champion(
        &[("recall/region:eu", 0.8)],
        &[("recall/region:eu", f64::NAN)],
    );
    assert_eq!(gave(&nan), (Outcome::Fail, Reason::BaselineInvalid));
}

fn bounds() -> SlicesRule {
    SlicesRule {
        metric: "recall".to_owned(),
        by: vec!["region".to_owned()],
        min: Some(number("0.70")),
        max: None,
        max_gap: Some(number("0.10")),
        min_n: Some(50),
        small: SmallSlice::Inconclusive,
        count: "n".to_owned(),
        table: None,
        from: None,
    }
}

/// Recall and size of the regions `eu` and `us`.
fn regions(eu: (f64, f64), us: (f64, f64)) -> [(&'static str, f64); 4] {
    [
        ("recall/region:eu", eu.0),
        ("recall/region:us", us.0),
        ("n/region:eu", eu.1),
        ("n/region:us", us.1),
    ]
}

#[test]
fn bounds_hold_for_every_slice_and_the_gap_between_them() {
    let bounds = || Rule::Slices(bounds());
    for (eu, us, reason, message) in [
        (0.8, 0.9, Reason::Holds, "holds on every slice"),
        (
            0.65,
            0.7,
            Reason::Violated,
            "region=eu: recall is 0.65, and must be >= 0.7",
        ),
        (
            0.8,
            0.95,
            Reason::Violated,
            "gap: recall is 0.95 on region=us and 0.8 on region=eu: 0.15 apart, and at most 0.1 is allowed",
        ),
        (
            f64::NAN,
            0.9,
            Reason::MetricNan,
            "region=eu: the candidate's recall/region:eu is NaN",
        ),
    ] {
        let finding = on(bounds(), &regions((eu, 60.0), (us, 50.0)));
        assert_eq!(finding.opinion.reason, reason);
        assert_eq!(finding.opinion.message, message);
    }
    let sizes: Vec<_> = on(bounds(), &regions((0.8, 60.0), (0.9, 50.0)))
        .opinion
        .parts
        .iter()
        .map(|part| part.n)
        .collect();
    assert_eq!(sizes, [Some(60), Some(50), None]);
}

#[test]
fn a_slice_with_too_few_rows_is_inconclusive_or_left_out_or_judged_as_the_rule_says() {
    let small = |small, us: (f64, f64)| {
        let rule = SlicesRule { small, ..bounds() };
        gave(&on(Rule::Slices(rule), &regions((0.8, 60.0), us)))
    };
    let few = (Outcome::Inconclusive, Reason::TooFew);
    assert_eq!(small(SmallSlice::Inconclusive, (0.1, 49.0)), few);
    assert_eq!(
        small(SmallSlice::Judge, (0.1, 49.0)),
        (Outcome::Fail, Reason::Violated)
    );
    // One slice is left, and a gap takes two.
    assert_eq!(small(SmallSlice::Ignore, (0.1, 49.0)), few);
    let without_gap = |us: (f64, f64), eu_n| {
        let rule = SlicesRule {
            small: SmallSlice::Ignore,
            max_gap: None,
            ..bounds()
        };
        gave(&on(Rule::Slices(rule), &regions((0.8, eu_n), us)))
    };
    assert_eq!(
        without_gap((0.1, 49.0), 60.0),
        (Outcome::Pass, Reason::Holds)
    );
    assert_eq!(without_gap((0.1, 49.0), 2.0), few);
    assert_eq!(without_gap((0.9, 49.5), 60.0), few);
}

#[test]
fn a_slice_of_unknown_size_is_not_taken_for_a_large_or_a_small_one() {
    for small in [SmallSlice::Inconclusive, SmallSlice::Ignore] {
        let rule = SlicesRule { small, ..bounds() };
        let finding = on(
            Rule::Slices(rule),
            &[("recall/region:eu", 0.8), ("recall/region:us", 0.8)],
        );
        assert_eq!(gave(&finding), (Outcome::Inconclusive, Reason::TooFew));
        assert_eq!(
            finding.opinion.message,
            "region=eu: how many rows it has is not known: there is no metric `n/region:eu`"
        );
    }
}

#[test]
fn bounds_without_a_single_slice_are_a_metric_that_is_missing() {
    let finding = on(Rule::Slices(bounds()), &[("recall", 0.9)]);
    assert_eq!(gave(&finding), (Outcome::Fail, Reason::MetricMissing));
}

#[test]
fn a_slice_that_the_champion_has_and_the_candidate_lost_is_missed_by_a_number_too() {
    let seen = |champion| {
        let champion = Subject::of_run(run("r0", champion));
        evidence(with(&[("recall/region:eu", 0.8)]), Some(champion))
    };
    let both = [("recall/region:eu", 0.7), ("recall/region:us", 0.8)];
    let lost = one(recall(EVERY_REGION), &seen(&both));
    assert_eq!(gave(&lost), (Outcome::Fail, Reason::MetricMissing));
    assert_eq!(
        parts(&lost),
        [
            ("region=eu", Reason::Holds),
            ("region=us", Reason::MetricMissing)
        ]
    );
    let kept = one(recall(EVERY_REGION), &seen(&[("recall/region:eu", 0.1)]));
    assert_eq!(gave(&kept), (Outcome::Pass, Reason::Holds));
    let named = one(recall(&[("region", Some("eu"))]), &seen(&both));
    assert_eq!(gave(&named), (Outcome::Pass, Reason::Holds));
}

#[test]
fn a_slice_that_the_candidate_lost_is_missed_by_bounds_unless_it_was_small_and_those_are_ignored() {
    let ask = |small, us_n| {
        let rule = SlicesRule {
            small,
            max_gap: None,
            ..bounds()
        };
        let candidate = with(&[("recall/region:eu", 0.8), ("n/region:eu", 60.0)]);
        let champion = Subject::of_run(run("r0", &regions((0.8, 60.0), (0.8, us_n))));
        one(Rule::Slices(rule), &evidence(candidate, Some(champion)))
    };
    let missing = (Outcome::Fail, Reason::MetricMissing);
    for small in [
        SmallSlice::Inconclusive,
        SmallSlice::Ignore,
        SmallSlice::Judge,
    ] {
        let finding = ask(small, 50.0);
        assert_eq!(gave(&finding), missing);
        assert_eq!(
            finding.opinion.message,
            "region=us: the champion has this slice, and the candidate has not"
        );
    }
    assert_eq!(gave(&ask(SmallSlice::Inconclusive, 49.0)), missing);
    assert_eq!(
        gave(&ask(SmallSlice::Ignore, 49.0)),
        (Outcome::Pass, Reason::Holds)
    );
    // Not known to be small.
    assert_eq!(gave(&ask(SmallSlice::Ignore, 49.5)), missing);
}

#[test]
fn slices_of_a_later_evaluation_count_only_if_its_run_ended_well() {
    let rule = Rule::Metric(MetricRule {
        from: Some(ReadFrom::Model { dataset: None }),
        slice: keys(EVERY_REGION),
        ..metric_rule("recall", Comparator::AtLeast, "0.7")
    });
    let gate = gate(&[rule, Rule::Slices(bounds())]);
    let need = Need::of(&gate);
    for name in ["recall", "recall/region:eu", "n/region:eu"] {
        assert!(need.wants_evaluation(name), "{name}");
    }
    assert!(!need.wants_evaluation("recall_at_5/region:eu"));
    assert!(!need.wants_evaluation("ndcg"));
    let ended = |status| {
        let mut later = run("r2", &[]);
        later.status = status;
        let mut subject = with(&[]);
        subject.logged_model = Some(model(&[("recall/region:eu", 0.9, None, "r2")]));
        subject.other_runs = [("r2".to_owned(), later)].into();
        gave(&ask(&gate, &evidence(subject, None)))
    };
    let failed = (Outcome::Fail, Reason::RunNotFinished);
    assert_eq!(ended(RunStatus::Finished), (Outcome::Pass, Reason::Holds));
    assert_eq!(ended(RunStatus::Failed), failed);
}

#[test]
fn thousands_of_slices_cost_no_more_than_their_number() {
    let start = std::time::Instant::now();
    let logged: Vec<_> = (0..10_000)
        .flat_map(|region| {
            [
                (format!("recall/region:{region}"), 0.9),
                (format!("n/region:{region}"), 60.0),
            ]
        })
        .collect();
    let logged: Vec<_> = logged.iter().map(|(name, x)| (name.as_str(), *x)).collect();
    let finding = on(Rule::Slices(bounds()), &logged);
    assert_eq!(gave(&finding), (Outcome::Pass, Reason::Holds));
    assert_eq!(finding.opinion.parts.len(), 10_001);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
