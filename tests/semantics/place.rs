//! Where a metric is read, and which of its values counts.

use gatewright::evidence::{
    COPIED_TAG, Evidence, Metric, Reference, Referent, Run, RunStatus, Subject,
};
use gatewright::gate::rule::{Comparator, CoverageRule, MetricRule, ReadFrom, Step};
use gatewright::gate::{Outcome, Reason, Rule};

use crate::build::{
    answers, evaluated, evidence, gave, metric, metric_rule, model, number, one, relative_rule,
    run, told, version, yes,
};

const HOLDOUT: Option<(&str, &str)> = Some(("holdout", "f448960a"));
const RECENT: Option<(&str, &str)> = Some(("recent", "0a1b2c3d"));

fn on_model(dataset: Option<&str>) -> Option<ReadFrom> {
    let dataset = dataset.map(str::to_owned);
    Some(ReadFrom::Model { dataset })
}

fn rmse(from: Option<ReadFrom>) -> Rule {
    Rule::Metric(MetricRule {
        from,
        ..metric_rule("rmse", Comparator::AtMost, "5")
    })
}

#[test]
fn what_is_not_in_the_run_is_taken_from_the_logged_model_and_said() {
    let mut candidate = version(7, run("r1", &[("r2", 0.9)]));
    candidate.logged_model = Some(model(&[("rmse", 4.0, HOLDOUT, "r9")]));
    let finding = one(rmse(None), &evidence(candidate, None));
    insta::assert_snapshot!(told(&finding), @r#"
    holds: holds
    note: the candidate's rmse is not on run r1: taken from logged model m-1
    the candidate's rmse: 4 (the latest, at step 0), read in logged model m-1 on `holdout` (f448960a)
    asked: 4 <= 5
    holds
    "#);
}

#[test]
fn values_on_several_data_sets_are_not_chosen_between() {
    let mut candidate = version(7, run("r1", &[]));
    candidate.logged_model = Some(model(&[
        ("rmse", 4.0, HOLDOUT, "r9"),
        ("rmse", 6.0, RECENT, "r9"),
    ]));
    let seen = evidence(candidate, None);
    for from in [None, on_model(None)] {
        let finding = one(rmse(from), &seen);
        assert_eq!(
            gave(&finding),
            (Outcome::Inconclusive, Reason::AmbiguousMetric)
        );
        assert_eq!(
            finding.opinion.message,
            "the candidate has rmse on several data sets: `holdout` (f448960a), `recent` (0a1b2c3d)"
        );
    }
    let named = |name| gave(&one(rmse(on_model(Some(name))), &seen));
    assert_eq!(named("holdout"), (Outcome::Pass, Reason::Holds));
    assert_eq!(named("recent"), (Outcome::Fail, Reason::Violated));
    assert_eq!(named("test"), (Outcome::Fail, Reason::MetricMissing));
}

#[test]
fn one_data_set_with_two_contents_is_two_data_sets() {
    let mut candidate = version(7, run("r1", &[]));
    let changed = Some(("holdout", "00000000"));
    candidate.logged_model = Some(model(&[
        ("rmse", 4.0, HOLDOUT, "r9"),
        ("rmse", 6.0, changed, "r9"),
    ]));
    let finding = one(rmse(on_model(Some("holdout"))), &evidence(candidate, None));
    assert_eq!(
        gave(&finding),
        (Outcome::Inconclusive, Reason::AmbiguousMetric)
    );
}

#[test]
fn a_value_without_a_data_set_beside_one_with_is_ambiguous_unless_it_is_the_same_value() {
    let finding = |value| {
        let mut candidate = version(7, run("r1", &[]));
        candidate.logged_model = Some(model(&[
            ("rmse", 4.0, HOLDOUT, "r9"),
            ("rmse", value, None, "r9"),
        ]));
        gave(&one(rmse(on_model(None)), &evidence(candidate, None))).1
    };
    assert_eq!(finding(4.0), Reason::Holds);
    assert_eq!(finding(4.5), Reason::AmbiguousMetric);
}

#[test]
fn a_run_that_logged_one_name_on_two_data_sets_is_ambiguous_too() {
    let mut candidate = version(7, run("r1", &[("rmse", 4.0)]));
    candidate.logged_model = Some(model(&[
        ("rmse", 6.0, RECENT, "r1"),
        ("rmse", 4.0, HOLDOUT, "r1"),
    ]));
    let finding = one(rmse(None), &evidence(candidate, None));
    assert_eq!(
        gave(&finding),
        (Outcome::Inconclusive, Reason::AmbiguousMetric)
    );
}

#[test]
fn a_value_that_was_logged_twice_is_one_value() {
    let mut candidate = version(7, run("r1", &[]));
    candidate.logged_model = Some(model(&[
        ("rmse", 4.0, HOLDOUT, "r9"),
        ("rmse", 4.0, HOLDOUT, "r9"),
    ]));
    let mean = Rule::Metric(MetricRule {
        from: on_model(None),
        step: Step::Mean,
        ..metric_rule("rmse", Comparator::Equal, "4")
    });
    let finding = one(mean, &evidence(candidate, None));
    assert_eq!(gave(&finding), (Outcome::Pass, Reason::Holds));
    assert_eq!(finding.opinion.candidate.unwrap().source.n, Some(1));
}

#[test]
fn a_nan_that_the_logged_model_keeps_as_zero_is_a_nan() {
    let mut candidate = version(7, run("r1", &[("rmse", f64::NAN)]));
    candidate.logged_model = Some(model(&[("rmse", 0.0, HOLDOUT, "r1")]));
    let finding = one(rmse(on_model(None)), &evidence(candidate, None));
    assert_eq!(gave(&finding), (Outcome::Fail, Reason::MetricNan));
}

#[test]
fn only_the_candidate_is_read_from_a_run_that_is_named() {
    let mut candidate = version(7, run("r1", &[("r2", 0.1)]));
    candidate.other_runs = [("eval".to_owned(), run("eval", &[("r2", 0.9)]))].into();
    let champion = version(6, run("r0", &[("r2", 0.8)]));
    let rule = |id: &str| {
        Rule::Metric(MetricRule {
            from: Some(ReadFrom::NamedRun(id.to_owned())),
            ..relative_rule("r2", Comparator::AtLeast, Reference::Champion)
        })
    };
    let seen = evidence(candidate, Some(champion));
    let finding = one(rule("eval"), &seen);
    assert_eq!(gave(&finding), (Outcome::Pass, Reason::Holds));
    assert_eq!(finding.opinion.candidate.unwrap().source.place, "run eval");
    assert_eq!(finding.opinion.baseline.unwrap().source.place, "run r0");
    assert_eq!(
        gave(&one(rule("gone"), &seen)),
        (Outcome::Fail, Reason::MetricMissing)
    );
}

#[test]
fn a_run_that_broke_is_no_evidence_and_one_that_is_going_on_is_noted() {
    for (status, reason, notes) in [
        (RunStatus::Finished, Reason::Holds, 0),
        (RunStatus::Running, Reason::Holds, 1),
        (RunStatus::Scheduled, Reason::Holds, 1),
        (RunStatus::Failed, Reason::RunNotFinished, 0),
        (RunStatus::Killed, Reason::RunNotFinished, 0),
    ] {
        let run = Run {
            status,
            ..run("r1", &[("rmse", 4.0)])
        };
        let finding = one(rmse(None), &evidence(Subject::of_run(run), None));
        assert_eq!(finding.opinion.reason, reason, "{status:?}");
        assert_eq!(finding.opinion.notes.len(), notes, "{status:?}");
        assert!(finding.opinion.candidate.is_some());
    }
    let mut judged = Subject::of_run(Run {
        status: RunStatus::Killed,
        ..Run::empty("r1")
    });
    judged.assessments = [("r1".to_owned(), answers("good", "a", &[yes()]))].into();
    let coverage = Rule::Coverage(CoverageRule {
        judge: "good".to_owned(),
        comparator: Comparator::AtLeast,
        percent: number("98"),
    });
    let finding = one(coverage, &evidence(judged, None));
    assert_eq!(gave(&finding), (Outcome::Fail, Reason::RunNotFinished));
}

fn history(values: &[Metric], step: Step, rule: MetricRule) -> (Outcome, Reason, String) {
    let latest = values
        .iter()
        .max_by_key(|metric| (metric.step, metric.timestamp_ms));
    let name = rule.metric.clone();
    let run = Run {
        metrics: latest
            .map(|latest| (name.clone(), *latest))
            .into_iter()
            .collect(),
        ..Run::empty("r1")
    };
    let mut candidate = Subject::of_run(run);
    let logged = [(name, values.to_vec())].into();
    candidate.histories = [("r1".to_owned(), logged)].into();
    let finding = one(
        Rule::Metric(MetricRule { step, ..rule }),
        &evidence(candidate, None),
    );
    (
        finding.outcome,
        finding.opinion.reason,
        finding.opinion.message,
    )
}

#[test]
fn best_last_and_mean_are_taken_over_every_logged_value() {
    // Logged out of order: step 1 came last, step 3 is the latest.
    let values = [metric(0.3, 1, 30), metric(0.1, 2, 10), metric(0.2, 3, 20)];
    let equals =
        |step, limit: &str| history(&values, step, metric_rule("loss", Comparator::Equal, limit)).0;
    assert_eq!(equals(Step::Latest, "0.2"), Outcome::Pass);
    assert_eq!(equals(Step::Last, "0.3"), Outcome::Pass);
    assert_eq!(equals(Step::Best, "0.1"), Outcome::Pass);
    // Exactly: in floating point the mean of these is 0.20000000000000004.
    assert_eq!(equals(Step::Mean, "0.2"), Outcome::Pass);
    let highest = history(
        &values,
        Step::Best,
        metric_rule("auc", Comparator::Equal, "0.3"),
    );
    assert_eq!(highest.0, Outcome::Pass);
}

#[test]
fn a_nan_among_the_values_breaks_the_best_and_the_mean() {
    let values = [metric(f64::NAN, 1, 1), metric(0.1, 2, 2)];
    for step in [Step::Best, Step::Mean] {
        let rule = metric_rule("loss", Comparator::AtMost, "1");
        assert_eq!(history(&values, step, rule).1, Reason::MetricNan);
    }
    let rule = metric_rule("loss", Comparator::AtMost, "1");
    assert_eq!(history(&values, Step::Last, rule).1, Reason::Holds);
}

#[test]
fn the_best_of_a_metric_without_a_known_direction_is_not_guessed() {
    let rule = metric_rule("profit", Comparator::AtLeast, "1");
    let (outcome, reason, message) = history(&[metric(2.0, 1, 1)], Step::Best, rule);
    assert_eq!(
        (outcome, reason),
        (Outcome::Inconclusive, Reason::AmbiguousMetric)
    );
    assert!(message.contains("step: last"), "{message}");
}

#[test]
fn a_history_that_was_cut_off_is_not_judged() {
    let mut candidate = Subject::of_run(run("r1", &[("loss", 0.5)]));
    let rule = Rule::Metric(MetricRule {
        step: Step::Mean,
        ..metric_rule("loss", Comparator::AtMost, "1")
    });
    let unread = one(rule.clone(), &evidence(candidate.clone(), None));
    assert_eq!(gave(&unread), (Outcome::Fail, Reason::EvidenceUnreadable));
    let cut = [("loss".to_owned(), vec![metric(0.4, -1, -1)])].into();
    candidate.histories = [("r1".to_owned(), cut)].into();
    let cut = one(rule, &evidence(candidate, None));
    assert_eq!(gave(&cut), (Outcome::Fail, Reason::EvidenceUnreadable));
}

fn last(values: &[f64]) -> Evidence {
    let many = values.iter().zip(1..).map(|(value, number)| {
        version(
            number,
            run(&format!("r{number}"), &[("r2", *value), ("profit", *value)]),
        )
    });
    let many: Vec<_> = many.collect();
    let candidate = version(99, run("r99", &[("r2", 0.5), ("profit", 0.5)]));
    let mut seen = evidence(candidate, None);
    for reference in [Reference::Median(4), Reference::Best(4)] {
        seen.references
            .insert(reference, Referent::Many(many.clone()));
    }
    seen
}

#[test]
fn the_median_of_an_even_number_is_the_mean_of_the_middle_two() {
    let rule = Rule::Metric(relative_rule("r2", Comparator::Equal, Reference::Median(4)));
    let finding = one(rule, &last(&[0.9, 0.45, 0.1, 0.55]));
    assert_eq!(gave(&finding), (Outcome::Pass, Reason::Holds));
    assert_eq!(finding.opinion.threshold, Some(number("0.5")));
    assert_eq!(
        finding.opinion.baseline.unwrap().source.place,
        "version 1, version 2, version 3, version 4"
    );
}

#[test]
fn fewer_promotions_than_asked_for_are_used_and_noted() {
    let rule = Rule::Metric(relative_rule(
        "r2",
        Comparator::AtLeast,
        Reference::Median(4),
    ));
    let finding = one(rule, &last(&[0.4, 0.5, 0.6]));
    assert_eq!(gave(&finding), (Outcome::Pass, Reason::Holds));
    let note = "median(4): only 3 version(s) were promoted".to_owned();
    assert!(finding.opinion.notes.contains(&note));
}

#[test]
fn a_promoted_version_without_a_number_spoils_the_median_and_the_best() {
    for reference in [Reference::Median(4), Reference::Best(4)] {
        let rule = Rule::Metric(relative_rule("r2", Comparator::AtLeast, reference));
        let finding = one(rule, &last(&[0.4, f64::NAN, 0.6]));
        assert_eq!(gave(&finding), (Outcome::Fail, Reason::BaselineInvalid));
        assert_eq!(finding.opinion.message, "version 2's r2 is NaN");
    }
}

#[test]
fn the_best_of_an_unknown_kind_of_metric_is_the_one_that_asks_most() {
    for (comparator, expected) in [
        (Comparator::AtLeast, Some(number("0.9"))),
        (Comparator::AtMost, Some(number("0.1"))),
        (Comparator::Equal, None),
    ] {
        let rule = Rule::Metric(relative_rule("profit", comparator, Reference::Best(4)));
        let finding = one(rule, &last(&[0.9, 0.1]));
        assert_eq!(finding.opinion.threshold, expected);
        assert_ne!(finding.outcome, Outcome::Pass);
    }
}

#[test]
fn a_reference_that_is_the_candidate_itself_is_nothing_to_compare_with() {
    let candidate = version(7, run("r1", &[("r2", 0.9)]));
    let rule = Rule::Metric(relative_rule(
        "r2",
        Comparator::AtLeast,
        Reference::Champion,
    ));
    let finding = one(rule, &evidence(candidate.clone(), Some(candidate)));
    assert_eq!(gave(&finding), (Outcome::Skipped, Reason::NoBaseline));
}

#[test]
fn an_input_for_training_is_not_the_data_set_behind_a_metric() {
    let mut trained = evaluated(run("r1", &[("rmse", 4.0)]), "rides", "1");
    for input in &mut trained.datasets {
        input.context = Some("training".to_owned());
    }
    let finding = one(rmse(None), &evidence(Subject::of_run(trained), None));
    assert_eq!(finding.opinion.candidate.unwrap().source.dataset, None);
}

#[test]
fn the_live_version_of_another_model_is_not_the_candidate_for_having_its_number() {
    let candidate = version(7, run("r1", &[("r2", 0.1)]));
    let live = |from: Option<&str>, run_id: &str| {
        let mut live = version(7, run(run_id, &[("r2", 0.9)]));
        let version = live.version.as_mut().unwrap();
        version.created_ms = Some(1);
        let tag = from.map(|from| (COPIED_TAG.to_owned(), from.to_owned()));
        version.tags.extend(tag);
        live
    };
    let rule = || {
        let reference = Reference::Champion;
        Rule::Metric(relative_rule("r2", Comparator::AtLeast, reference))
    };
    let gives = |live| gave(&one(rule(), &evidence(candidate.clone(), Some(live))));
    let worse = (Outcome::Fail, Reason::Violated);
    assert_eq!(gives(live(None, "r0")), worse);
    assert_eq!(gives(live(Some("models:/staging.fare/8"), "r1")), worse);
    assert_eq!(gives(live(Some("models:/staging.fare/7"), "r0")), worse);
    let copy = gives(live(Some("models:/staging.fare/7"), "r1"));
    assert_eq!(copy, (Outcome::Skipped, Reason::NoBaseline));
}
