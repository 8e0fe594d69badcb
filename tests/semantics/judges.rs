//! Judges: how many rows they answered, what their mean is worth, and whether they are the same.

use gatewright::evidence::{Answer, Assessments, Evidence, Reference, Run, Subject};
use gatewright::gate::check::Sameness;
use gatewright::gate::rule::{Comparator, CoverageRule, MetricRule};
use gatewright::gate::{Outcome, Reason, Rule, Scale};

use crate::build::{
    answers, ask, broke, evidence, gate, gave, judged_by, metric_rule, no, number, one, points,
    relative_rule, run, told, yes,
};

const MEAN: &str = "correctness/mean";

fn judged(id: &str, mean: f64, given: &[Option<Answer>]) -> Subject {
    judged_by(
        Subject::of_run(run(id, &[(MEAN, mean)])),
        answers("correctness", "CODE sha256:aa", given),
    )
}

fn mean(comparator: Comparator, limit: &str) -> Rule {
    Rule::Metric(metric_rule(MEAN, comparator, limit))
}

fn coverage(percent: &str) -> Rule {
    Rule::Coverage(CoverageRule {
        judge: "correctness".to_owned(),
        comparator: Comparator::AtLeast,
        percent: number(percent),
    })
}

#[test]
fn a_judge_that_failed_on_half_of_the_rows_does_not_give_a_mean_of_one() {
    // MLflow's mean over the two rows that were answered is 1.0.
    let seen = evidence(judged("r1", 1.0, &[yes(), broke(), None, yes()]), None);
    let finding = one(mean(Comparator::AtLeast, "0.85"), &seen);
    assert_eq!(
        gave(&finding),
        (Outcome::Inconclusive, Reason::JudgeIncomplete)
    );
    insta::assert_snapshot!(told(&finding), @r"
    judge-incomplete: correctness/mean is 0.5 to 1, and must be >= 0.85: the rows without an answer decide
    note: correctness has no answer that counts for 2 of 4 rows: SCORER_ERROR: no answer
    the candidate's correctness/mean: 1 (the latest, at step 0), read in run r1 on no known data set
    correctness gave a number for 2 of 4 rows
    had it answered all 4: (2 + 2 x 0) / 4 to (2 + 2 x 1) / 4
    asked: 0.5 to 1 >= 0.85
    judge-incomplete: correctness/mean is 0.5 to 1, and must be >= 0.85: the rows without an answer decide
    ");
}

#[test]
fn the_mean_decides_where_the_missing_rows_cannot_change_it() {
    let seen = evidence(judged("r1", 1.0, &[yes(), broke(), yes(), yes()]), None);
    for (comparator, limit, expected) in [
        (Comparator::AtLeast, "0.75", Outcome::Pass),
        (Comparator::AtLeast, "0.76", Outcome::Inconclusive),
        (Comparator::Greater, "1", Outcome::Fail),
        (Comparator::AtMost, "0.7", Outcome::Fail),
    ] {
        assert_eq!(
            one(mean(comparator, limit), &seen).outcome,
            expected,
            "{limit}"
        );
    }
}

#[test]
fn a_judge_of_numbers_needs_a_scale_once_it_failed() {
    let seen = evidence(
        judged("r1", 4.0, &[points(3.0), points(5.0), broke(), broke()]),
        None,
    );
    let rule = mean(Comparator::AtLeast, "2.5");
    let finding = one(rule.clone(), &seen);
    assert_eq!(
        gave(&finding),
        (Outcome::Inconclusive, Reason::JudgeIncomplete)
    );
    let mut scaled = gate(&[rule]);
    let scale = |worst: &str, best: &str| Scale {
        worst: number(worst),
        best: number(best),
    };
    for (scale, expected) in [
        (scale("1", "5"), Outcome::Pass),
        (scale("5", "1"), Outcome::Pass),
        (scale("0", "5"), Outcome::Inconclusive),
        // It answered 5: this is not its scale.
        (scale("1", "4"), Outcome::Inconclusive),
    ] {
        scaled.scales = [("correctness".to_owned(), scale)].into();
        assert_eq!(ask(&scaled, &seen).outcome, expected);
    }
}

#[test]
fn a_champion_whose_judge_failed_is_a_range_as_well() {
    let champion = judged("r0", 0.5, &[yes(), no(), broke(), broke()]);
    let better = |given: &[Option<Answer>], mean| {
        let rule = Rule::Metric(relative_rule(
            MEAN,
            Comparator::AtLeast,
            Reference::Champion,
        ));
        one(
            rule,
            &evidence(judged("r1", mean, given), Some(champion.clone())),
        )
        .outcome
    };
    // The champion's mean is between 0.25 and 0.75.
    assert_eq!(better(&[yes(), yes(), yes(), no()], 0.75), Outcome::Pass);
    assert_eq!(
        better(&[yes(), yes(), no(), no()], 0.5),
        Outcome::Inconclusive
    );
    assert_eq!(better(&[no(), no(), no(), no()], 0.0), Outcome::Fail);
}

#[test]
fn a_mean_that_is_not_that_of_its_rows_is_judged_by_both_and_said() {
    let seen = evidence(judged("r1", 1.0, &[yes(), no(), yes(), no()]), None);
    let finding = one(mean(Comparator::AtLeast, "0.75"), &seen);
    assert_eq!(
        gave(&finding),
        (Outcome::Inconclusive, Reason::JudgeIncomplete)
    );
    let note = "the logged correctness/mean is 1, and the mean of the recorded answers is 0.5";
    assert!(
        finding.opinion.notes.contains(&note.to_owned()),
        "{finding:?}"
    );
    assert_eq!(
        one(mean(Comparator::AtLeast, "0.5"), &seen).outcome,
        Outcome::Pass
    );
}

#[test]
fn a_mean_rounded_by_floating_point_is_the_mean_of_its_rows() {
    let thirds = [points(0.1), points(0.2), points(0.3)];
    let seen = evidence(judged("r1", (0.1 + 0.2 + 0.3) / 3.0, &thirds), None);
    let finding = one(mean(Comparator::AtLeast, "0.2"), &seen);
    assert_eq!(gave(&finding), (Outcome::Pass, Reason::Holds));
    assert_eq!(finding.opinion.notes, Vec::<String>::new());
}

#[test]
fn other_numbers_of_a_judge_are_bounded_where_they_can_be() {
    let of = |aggregation: &str, comparator, limit: &str| {
        let name = format!("correctness/{aggregation}");
        let subject = judged_by(
            Subject::of_run(run("r1", &[(name.as_str(), 0.5)])),
            answers("correctness", "CODE", &[points(0.4), points(0.6), None]),
        );
        let mut gate = gate(&[Rule::Metric(metric_rule(&name, comparator, limit))]);
        let scale = Scale {
            worst: number("0"),
            best: number("1"),
        };
        gate.scales = [("correctness".to_owned(), scale)].into();
        ask(&gate, &evidence(subject, None)).outcome
    };
    assert_eq!(of("min", Comparator::AtLeast, "0.1"), Outcome::Inconclusive);
    assert_eq!(of("min", Comparator::AtLeast, "0.5"), Outcome::Fail);
    assert_eq!(of("max", Comparator::AtLeast, "0.6"), Outcome::Pass);
    assert_eq!(of("max", Comparator::AtMost, "0.9"), Outcome::Inconclusive);
    assert_eq!(of("p90", Comparator::AtLeast, "0"), Outcome::Inconclusive);
}

#[test]
fn a_judge_whose_answers_were_lost_on_the_way_to_the_server_is_not_believed() {
    // Over REST one NaN loses what is said about a row after it; the mean is logged all the same.
    let mut subject = judged("r1", 1.0, &[yes(), yes()]);
    subject.run = Some(run("r1", &[("same/mean", 1.0)]));
    let rule = Rule::Metric(metric_rule("same/mean", Comparator::AtLeast, "0.5"));
    let finding = one(rule, &evidence(subject, None));
    assert_eq!(
        gave(&finding),
        (Outcome::Inconclusive, Reason::JudgeIncomplete)
    );
}

#[test]
fn a_mean_that_no_judge_made_is_a_metric_like_any_other() {
    let subject = judged_by(
        Subject::of_run(run("r1", &[("toxicity/v1/mean", 0.1)])),
        Assessments::default(),
    );
    let rule = Rule::Metric(metric_rule("toxicity/v1/mean", Comparator::AtMost, "0.2"));
    assert_eq!(one(rule, &evidence(subject, None)).outcome, Outcome::Pass);
}

#[test]
fn coverage_counts_rows_and_not_answers() {
    // Two answers, one failure, one row of which the judge left no trace.
    let seen = evidence(judged("r1", 1.0, &[yes(), no(), broke(), None]), None);
    assert_eq!(one(coverage("50"), &seen).outcome, Outcome::Pass);
    let finding = one(coverage("98"), &seen);
    assert_eq!(gave(&finding), (Outcome::Fail, Reason::Violated));
    assert_eq!(
        finding.opinion.message,
        "correctness answered 2 of 4 rows (50%), and it must be >= 98%; it failed with: SCORER_ERROR: no answer"
    );
    let third = evidence(judged("r1", 1.0, &[yes(), None, None]), None);
    assert_eq!(
        one(coverage("33.3333333333333333333333333"), &third).outcome,
        Outcome::Pass
    );
    assert_eq!(
        one(coverage("33.3333333333333333333333334"), &third).outcome,
        Outcome::Fail
    );
}

#[test]
fn coverage_without_rows_or_without_the_judge_is_missing_evidence() {
    let missing = (Outcome::Fail, Reason::EvidenceMissing);
    for assessments in [None, Some(Assessments::default())] {
        let mut subject = Subject::of_run(run("r1", &[]));
        subject.assessments = assessments
            .map(|all| ("r1".to_owned(), all))
            .into_iter()
            .collect();
        assert_eq!(gave(&one(coverage("1"), &evidence(subject, None))), missing);
    }
    let other = judged_by(
        Subject::of_run(run("r1", &[])),
        answers("corectness", "CODE", &[yes()]),
    );
    let finding = one(coverage("1"), &evidence(other, None));
    assert_eq!(gave(&finding), missing);
    assert!(
        finding
            .opinion
            .message
            .ends_with("the judges are `corectness`"),
        "{finding:?}"
    );
}

#[test]
fn answers_that_contradict_themselves_are_not_counted() {
    let mut twice = judged("r1", 1.0, &[yes(), yes()]);
    let all = twice.assessments.get_mut("r1").unwrap();
    let again = all.given.first().unwrap().clone();
    all.given.push(again);
    let seen = evidence(twice, None);
    for rule in [coverage("1"), mean(Comparator::AtLeast, "0")] {
        assert_eq!(
            gave(&one(rule, &seen)),
            (Outcome::Fail, Reason::EvidenceUnreadable)
        );
    }
}

fn by(id: &str, scorer: &str) -> Subject {
    judged_by(
        Subject::of_run(run(id, &[(MEAN, 1.0)])),
        answers("correctness", scorer, &[yes(), yes()]),
    )
}

fn relative(candidate: Subject, champion: Subject, scorers: Sameness) -> (Outcome, Reason) {
    let rule = MetricRule {
        ..relative_rule(MEAN, Comparator::AtLeast, Reference::Champion)
    };
    let mut gate = gate(&[Rule::Metric(rule)]);
    gate.comparability.scorers = scorers;
    gave(&ask(&gate, &evidence(candidate, Some(champion))))
}

#[test]
fn means_of_two_different_judges_are_not_compared() {
    let bare = || Subject::of_run(run("r0", &[(MEAN, 1.0)]));
    let (holds, refused) = (
        (Outcome::Pass, Reason::Holds),
        (Outcome::Fail, Reason::NotComparable),
    );
    for (champion, scorers, expected) in [
        (by("r0", "sha256:aa"), Sameness::NotKnownToDiffer, holds),
        (by("r0", "sha256:bb"), Sameness::NotKnownToDiffer, refused),
        (by("r0", "sha256:bb"), Sameness::Any, holds),
        (bare(), Sameness::NotKnownToDiffer, holds),
        (bare(), Sameness::Same, refused),
    ] {
        assert_eq!(relative(by("r1", "sha256:aa"), champion, scorers), expected);
    }
}

fn same(candidate: Subject, champion: Option<Subject>) -> (Outcome, Reason) {
    gave(&one(
        Rule::Scorers(Reference::Champion),
        &evidence(candidate, champion),
    ))
}

#[test]
fn scorers_same_asks_for_the_same_judges_and_for_knowing_them() {
    let tagged = |digest: &str, hashed: u32| {
        let tag = format!("{{\"digest\":\"{digest}\",\"hashed\":{hashed},\"total\":3}}");
        let tags = [("mlflow.genaiEvaluate.scorersDigest".to_owned(), tag)].into();
        Subject::of_run(Run {
            tags,
            ..Run::empty("r9")
        })
    };
    let missing = (Outcome::Fail, Reason::EvidenceMissing);
    let (holds, differ) = (
        (Outcome::Pass, Reason::Holds),
        (Outcome::Fail, Reason::Violated),
    );
    assert_eq!(
        same(by("r1", "sha256:a"), Some(by("r0", "sha256:a"))),
        holds
    );
    assert_eq!(
        same(by("r1", "sha256:a"), Some(by("r0", "sha256:b"))),
        differ
    );
    assert_eq!(
        same(tagged("sha256:a", 3), Some(tagged("sha256:a", 3))),
        holds
    );
    assert_eq!(
        same(tagged("sha256:a", 3), Some(tagged("sha256:b", 3))),
        differ
    );
    // A digest over some of the judges is none over all of them.
    assert_eq!(
        same(tagged("sha256:a", 2), Some(tagged("sha256:a", 2))),
        missing
    );
    assert_eq!(
        same(
            by("r1", "sha256:a"),
            Some(Subject::of_run(Run::empty("r0")))
        ),
        missing
    );
    assert_eq!(
        same(by("r1", "sha256:a"), None),
        (Outcome::Skipped, Reason::NoBaseline)
    );
}

#[test]
fn a_later_evaluation_of_the_logged_model_brings_its_own_answers() {
    let mut candidate = Subject::of_run(Run::empty("r1"));
    candidate.logged_model = Some(crate::build::model(&[(MEAN, 1.0, None, "eval")]));
    candidate.assessments = [(
        "eval".to_owned(),
        answers("correctness", "CODE", &[yes(), broke()]),
    )]
    .into();
    let seen: Evidence = evidence(candidate, None);
    assert_eq!(
        gave(&one(mean(Comparator::AtLeast, "0.9"), &seen)),
        (Outcome::Inconclusive, Reason::JudgeIncomplete)
    );
    assert_eq!(one(coverage("50"), &seen).outcome, Outcome::Pass);
}
