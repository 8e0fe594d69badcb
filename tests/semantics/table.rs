//! The table of the design, a row a situation: what it gives, and what follows for the gate.

use gatewright::evidence::{Evidence, Reference, RunStatus, Subject};
use gatewright::gate::check::{Comparability, Sameness};
use gatewright::gate::rule::{Comparator, CoverageRule, MetricRule, ReadFrom, Step};
use gatewright::gate::{Gate, Outcome, Reason, Rule, Verdict, grammar, judge};

use crate::build::{
    answers, broke, dataset, evaluated, evidence, gate, judged_by, metric, metric_rule, model,
    number, relative_rule, run, version, yes,
};

/// A situation, the check, the evidence, and what they give.
#[derive(Clone)]
struct Row {
    situation: &'static str,
    gate: Gate,
    evidence: Evidence,
    gives: (Outcome, Reason, Verdict),
}

fn line(line: &str) -> Gate {
    gate(&[grammar::parse(line).unwrap().rule])
}

fn x(id: &str, value: f64) -> Subject {
    Subject::of_run(run(id, &[("x", value)]))
}

fn pair(candidate: f64, champion: f64) -> Evidence {
    evidence(x("r1", candidate), Some(x("r0", champion)))
}

fn row(
    situation: &'static str,
    gate: Gate,
    evidence: Evidence,
    outcome: Outcome,
    reason: Reason,
    verdict: Verdict,
) -> Row {
    Row {
        situation,
        gate,
        evidence,
        gives: (outcome, reason, verdict),
    }
}

fn fails(situation: &'static str, gate: Gate, evidence: Evidence, reason: Reason) -> Row {
    row(
        situation,
        gate,
        evidence,
        Outcome::Fail,
        reason,
        Verdict::Blocked,
    )
}

fn holds(situation: &'static str, gate: Gate, evidence: Evidence) -> Row {
    row(
        situation,
        gate,
        evidence,
        Outcome::Pass,
        Reason::Holds,
        Verdict::Pass,
    )
}

fn hangs(situation: &'static str, gate: Gate, evidence: Evidence, reason: Reason) -> Row {
    row(
        situation,
        gate,
        evidence,
        Outcome::Inconclusive,
        reason,
        Verdict::Hold,
    )
}

fn values() -> Vec<Row> {
    let empty = |champion| evidence(Subject::of_run(run("r1", &[])), Some(x("r0", champion)));
    let without = |candidate| evidence(x("r1", candidate), Some(Subject::of_run(run("r0", &[]))));
    let relative = || line("x >= champion - 0.01");
    vec![
        fails(
            "metric absent on the candidate",
            line("x <= 5"),
            empty(1.0),
            Reason::MetricMissing,
        ),
        fails(
            "the same, relative",
            relative(),
            empty(1.0),
            Reason::MetricMissing,
        ),
        fails(
            "candidate NaN",
            line("x <= 5"),
            pair(f64::NAN, 1.0),
            Reason::MetricNan,
        ),
        fails(
            "candidate infinite",
            line("x >= 5"),
            pair(f64::INFINITY, 1.0),
            Reason::MetricInfinite,
        ),
        fails(
            "candidate infinite, as stored",
            line("x >= 5"),
            pair(f64::MAX, 1.0),
            Reason::MetricInfinite,
        ),
        fails(
            "champion's metric absent",
            relative(),
            without(1.0),
            Reason::BaselineInvalid,
        ),
        fails(
            "champion's metric NaN",
            relative(),
            pair(1.0, f64::NAN),
            Reason::BaselineInvalid,
        ),
        fails(
            "champion's metric infinite",
            relative(),
            pair(1.0, f64::NEG_INFINITY),
            Reason::BaselineInvalid,
        ),
        hangs(
            "baseline 0 with %",
            line("x <= champion + 2%"),
            pair(0.0, 0.0),
            Reason::BaselineZero,
        ),
        holds(
            "baseline 0 with an absolute margin",
            line("x <= champion + 0.02"),
            pair(0.02, 0.0),
        ),
        holds(
            "negative baseline with %",
            line("x >= champion - 10%"),
            pair(-0.55, -0.5),
        ),
        fails(
            "negative baseline with %, beyond",
            line("x >= champion - 10%"),
            pair(-0.56, -0.5),
            Reason::Violated,
        ),
        holds("equality at the boundary", line("x >= 0.5"), pair(0.5, 0.0)),
        fails(
            "equality at an open boundary",
            line("x > 0.5"),
            pair(0.5, 0.0),
            Reason::Violated,
        ),
        holds(
            "the digits people see",
            line("x >= champion + 0.05"),
            pair(0.85, 0.80),
        ),
    ]
}

fn champions() -> Vec<Row> {
    let alone = || evidence(x("r1", 1.0), None);
    let itself = version(7, run("r1", &[("x", 1.0)]));
    let two = gate(&[
        grammar::parse("x >= champion").unwrap().rule,
        grammar::parse("x <= 5").unwrap().rule,
    ]);
    let relative = || line("x >= champion");
    vec![
        row(
            "no champion yet",
            two,
            alone(),
            Outcome::Skipped,
            Reason::NoBaseline,
            Verdict::Pass,
        ),
        row(
            "no champion yet, and nothing else",
            relative(),
            alone(),
            Outcome::Skipped,
            Reason::NoBaseline,
            Verdict::Blocked,
        ),
        row(
            "the candidate is the champion",
            relative(),
            evidence(itself.clone(), Some(itself)),
            Outcome::Skipped,
            Reason::NoBaseline,
            Verdict::Blocked,
        ),
    ]
}

fn comparability(dataset: Sameness, scorers: Sameness) -> Gate {
    let mut gate = line("x >= champion");
    gate.comparability = Comparability { dataset, scorers };
    gate
}

fn data_sets() -> Vec<Row> {
    let on = |id: &str, digest: &str| {
        Subject::of_run(evaluated(run(id, &[("x", 1.0)]), "holdout", digest))
    };
    let (one, other) = (on("r1", "1"), on("r0", "2"));
    let known = Sameness::NotKnownToDiffer;
    let with = |asked| comparability(asked, known);
    let differ = || evidence(one.clone(), Some(other.clone()));
    let unknown = || evidence(one.clone(), Some(x("r0", 1.0)));
    let mut several = version(7, run("r1", &[]));
    several.logged_model = Some(model(&[
        ("x", 1.0, Some(("holdout", "1")), "r9"),
        ("x", 2.0, Some(("recent", "2")), "r9"),
    ]));
    let named = gate(&[Rule::Metric(MetricRule {
        from: Some(ReadFrom::Model {
            dataset: Some(dataset("recent", "2").name),
        }),
        ..metric_rule("x", Comparator::AtMost, "5")
    })]);
    vec![
        fails(
            "known to differ",
            with(known),
            differ(),
            Reason::NotComparable,
        ),
        holds(
            "known to differ, and any will do",
            with(Sameness::Any),
            differ(),
        ),
        holds(
            "the same",
            with(Sameness::Same),
            evidence(one.clone(), Some(on("r0", "1"))),
        ),
        holds("unknown on one side", with(known), unknown()),
        fails(
            "unknown where the same is asked for",
            with(Sameness::Same),
            unknown(),
            Reason::NotComparable,
        ),
        hangs(
            "several data sets and none named",
            line("x <= 5"),
            evidence(several.clone(), None),
            Reason::AmbiguousMetric,
        ),
        holds(
            "several data sets and one named",
            named,
            evidence(several, None),
        ),
    ]
}

fn measurements() -> Vec<Row> {
    let judged = |given: &[Option<_>]| {
        let subject = judged_by(
            Subject::of_run(run("r1", &[("good/mean", 1.0)])),
            answers("good", "CODE", given),
        );
        evidence(subject, None)
    };
    let coverage = gate(&[Rule::Coverage(CoverageRule {
        judge: "good".to_owned(),
        comparator: Comparator::AtLeast,
        percent: number("98"),
    })]);
    let logged = [metric(3.0, 1, 9), metric(1.0, 2, 2)];
    let mut many = x("r1", 0.0);
    if let Some(run) = &mut many.run {
        run.metrics = [("x".to_owned(), metric(1.0, 2, 2))].into();
    }
    many.histories = [("r1".to_owned(), [("x".to_owned(), logged.to_vec())].into())].into();
    let step = |step, limit| {
        gate(&[Rule::Metric(MetricRule {
            step,
            ..metric_rule("x", Comparator::Equal, limit)
        })])
    };
    let many = || evidence(many.clone(), None);
    let mut failed = x("r1", 1.0);
    if let Some(run) = &mut failed.run {
        run.status = RunStatus::Failed;
    }
    vec![
        hangs(
            "a judge failed on rows",
            line("good/mean >= 0.85"),
            judged(&[yes(), broke()]),
            Reason::JudgeIncomplete,
        ),
        holds(
            "a judge failed on rows that do not matter",
            line("good/mean >= 0.5"),
            judged(&[yes(), broke()]),
        ),
        fails(
            "coverage shows it",
            coverage,
            judged(&[yes(), broke()]),
            Reason::Violated,
        ),
        holds("the latest of many values", step(Step::Latest, "1"), many()),
        holds("the one logged last", step(Step::Last, "3"), many()),
        holds("the mean", step(Step::Mean, "2"), many()),
        hangs(
            "the best of what has no known direction",
            step(Step::Best, "1"),
            many(),
            Reason::AmbiguousMetric,
        ),
        fails(
            "the run broke",
            line("x <= 5"),
            evidence(failed, None),
            Reason::RunNotFinished,
        ),
    ]
}

#[test]
fn every_situation_gives_what_the_design_says() {
    let rows = [values(), champions(), data_sets(), measurements()].concat();
    for row in rows {
        let judgement = judge(&row.gate, &row.evidence);
        let finding = judgement.findings.first().unwrap();
        let gave = (finding.outcome, finding.opinion.reason, judgement.verdict);
        assert_eq!(
            gave, row.gives,
            "{}: {}",
            row.situation, finding.opinion.message
        );
        assert!(!finding.opinion.message.is_empty(), "{}", row.situation);
    }
}

#[test]
fn an_unknown_data_set_is_noted() {
    let gate = comparability(Sameness::NotKnownToDiffer, Sameness::NotKnownToDiffer);
    let judgement = judge(&gate, &pair(1.0, 1.0));
    let notes = &judgement.findings.first().unwrap().opinion.notes;
    assert_eq!(notes, &["the data set behind x is not known"]);
}

#[test]
fn every_relative_reference_that_is_nobody_yet_is_skipped() {
    for reference in [
        Reference::Champion,
        Reference::Previous,
        Reference::Median(3),
        Reference::Best(3),
    ] {
        let mut seen = evidence(x("r1", 1.0), None);
        seen.references
            .insert(reference.clone(), gatewright::evidence::Referent::Absent);
        let rule = Rule::Metric(relative_rule("x", Comparator::AtLeast, reference));
        let finding = crate::build::one(rule, &seen);
        assert_eq!(
            crate::build::gave(&finding),
            (Outcome::Skipped, Reason::NoBaseline)
        );
    }
}
