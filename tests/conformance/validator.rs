//! What MLflow's own validator says on the same numbers, and what the gate says instead.

use std::io::Write;
use std::process::{Command, Stdio};

use gatewright::evidence::{Evidence, Metric, Reading, Reference, Referent, Run, Subject};
use gatewright::gate::{Check, Gate, IfAbsent, Reason, Verdict, grammar, judge};
use serde_json::{Value, json};

use crate::tools::{python, repository};

fn ask_mlflow(triples: &[Value]) -> Option<Vec<String>> {
    let mut process = Command::new(python()?)
        .arg(repository().join("tests/mlflow/validator.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let question = serde_json::to_vec(triples).unwrap();
    process.stdin.take().unwrap().write_all(&question).unwrap();
    let output = process.wait_with_output().unwrap();
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// What the gate says, and why.
fn ask_gate(case: &Case) -> (Verdict, Reason) {
    let subject = |value: &Value| {
        let number = value
            .as_f64()
            .or_else(|| value.as_str()?.parse().ok())
            .map(|number| Metric {
                reading: Reading::from_stored(number),
                step: 0,
                timestamp_ms: 0,
            });
        Subject::of_run(Run {
            metrics: number
                .map(|metric| ("metric".to_owned(), metric))
                .into_iter()
                .collect(),
            ..Run::empty("0")
        })
    };
    let rule = grammar::parse(case.check).unwrap().rule;
    let mut gate = Gate::new("promote", vec![Check::new("check", rule)]);
    gate.baseline.if_absent = IfAbsent::Fail;
    let champion = case.baseline.as_ref().map_or(Referent::Absent, |baseline| {
        Referent::One(Box::new(subject(baseline)))
    });
    let evidence = Evidence {
        candidate: subject(&case.candidate),
        references: [(Reference::Champion, champion)].into(),
        ..Evidence::default()
    };
    let judgement = judge(&gate, &evidence);
    let reason = judgement.findings.first().unwrap().opinion.reason;
    (judgement.verdict, reason)
}

/// One row of the semantics table, in MLflow's words and in ours.
struct Case {
    situation: &'static str,
    /// A number, `"nan"`, `"inf"`, `"-inf"`, or null for an evaluation without the metric.
    candidate: Value,
    /// The same of the champion; `None` where there is none.
    baseline: Option<Value>,
    /// The arguments of MLflow's `MetricThreshold`.
    threshold: Value,
    /// What MLflow's answer begins with.
    mlflow: &'static str,
    check: &'static str,
    gate: (Verdict, Reason),
}

impl Case {
    fn triple(&self) -> Value {
        let mut triple = json!({"candidate": self.candidate, "threshold": self.threshold});
        if let (Some(baseline), Some(triple)) = (&self.baseline, triple.as_object_mut()) {
            triple.insert("baseline".to_owned(), baseline.clone());
        }
        triple
    }
}

type Sides = (Value, Option<Value>);

fn case(
    situation: &'static str,
    (candidate, baseline): Sides,
    threshold: Value,
    mlflow: &'static str,
    check: &'static str,
    gate: (Verdict, Reason),
) -> Case {
    Case {
        situation,
        candidate,
        baseline,
        threshold,
        mlflow,
        check,
        gate,
    }
}

/// What the two sides logged.
fn sides(candidate: impl Into<Value>, baseline: impl Into<Value>) -> Sides {
    (candidate.into(), Some(baseline.into()))
}

fn by_percent(change: f64) -> Value {
    json!({"min_relative_change": change, "greater_is_better": true})
}

fn by_amount(change: f64) -> Value {
    json!({"min_absolute_change": change, "greater_is_better": true})
}

fn by_limit(limit: f64, greater_is_better: bool) -> Value {
    json!({"threshold": limit, "greater_is_better": greater_is_better})
}

const PASS: (Verdict, Reason) = (Verdict::Pass, Reason::Holds);
const VIOLATED: (Verdict, Reason) = (Verdict::Blocked, Reason::Violated);

fn blocked(reason: Reason) -> (Verdict, Reason) {
    (Verdict::Blocked, reason)
}

/// Metrics that are absent, NaN or infinite.
fn without_a_number() -> Vec<Case> {
    const PERCENT: &str = "metric >= champion + 1%";
    const AMOUNT: &str = "metric >= champion + 0.05";
    let missing = blocked(Reason::MetricMissing);
    let nan = blocked(Reason::MetricNan);
    let infinite = blocked(Reason::MetricInfinite);
    let invalid = blocked(Reason::BaselineInvalid);
    let absent = Value::Null;
    vec![
        case(
            "a metric that is absent",
            sides(absent.clone(), 0.8),
            by_limit(0.5, true),
            "fail",
            "metric >= 0.5",
            missing,
        ),
        case(
            "the same, relative",
            sides(absent.clone(), 0.8),
            by_amount(0.05),
            "fail",
            AMOUNT,
            missing,
        ),
        case(
            "a NaN model",
            sides("nan", 0.8),
            by_percent(0.01),
            "pass",
            PERCENT,
            nan,
        ),
        case(
            "NaN by an absolute change",
            sides("nan", 0.8),
            by_amount(0.05),
            "error",
            AMOUNT,
            nan,
        ),
        case(
            "a NaN model by a threshold",
            sides("nan", 0.8),
            by_limit(0.5, true),
            "fail",
            "metric >= 0.5",
            nan,
        ),
        case(
            "the same where less is better",
            sides("nan", 0.8),
            by_limit(0.5, false),
            "fail",
            "metric <= 0.5",
            nan,
        ),
        case(
            "an infinite model",
            sides("inf", 0.8),
            by_limit(0.5, true),
            "pass",
            "metric >= 0.5",
            infinite,
        ),
        case(
            "the same, relative",
            sides("inf", 0.8),
            by_percent(0.05),
            "pass",
            "metric >= champion + 5%",
            infinite,
        ),
        case(
            "an infinitely small loss",
            sides("-inf", 0.8),
            by_limit(0.5, false),
            "pass",
            "metric <= 0.5",
            infinite,
        ),
        case(
            "a champion without the metric",
            sides(0.9, absent),
            by_amount(0.05),
            "fail",
            AMOUNT,
            invalid,
        ),
        case(
            "a NaN champion",
            sides(0.9, "nan"),
            by_percent(0.01),
            "pass",
            PERCENT,
            invalid,
        ),
        case(
            "an infinite champion",
            sides(0.9, "inf"),
            by_amount(0.05),
            "fail",
            AMOUNT,
            invalid,
        ),
        case(
            "a champion at minus infinity",
            sides(0.9, "-inf"),
            by_amount(0.05),
            "pass",
            AMOUNT,
            invalid,
        ),
        case(
            "no champion",
            (json!(0.9), None),
            by_amount(0.05),
            "fail",
            AMOUNT,
            blocked(Reason::NoBaseline),
        ),
    ]
}

/// Numbers, and where their boundaries are.
fn with_numbers() -> Vec<Case> {
    const AMOUNT: &str = "metric >= champion + 0.05";
    const TENTH: &str = "metric >= champion + 10%";
    let zero = (Verdict::Hold, Reason::BaselineZero);
    vec![
        case(
            "a plain improvement",
            sides(0.95, 0.80),
            by_amount(0.05),
            "pass",
            AMOUNT,
            PASS,
        ),
        case(
            "a plain regression",
            sides(0.70, 0.80),
            by_amount(0.05),
            "fail",
            AMOUNT,
            VIOLATED,
        ),
        case(
            "no improvement",
            sides(0.80, 0.80),
            by_amount(0.05),
            "fail",
            AMOUNT,
            VIOLATED,
        ),
        case(
            "a boundary in absolute terms",
            sides(0.85, 0.80),
            by_amount(0.05),
            "fail",
            AMOUNT,
            PASS,
        ),
        case(
            "a boundary in relative terms",
            sides(0.88, 0.80),
            by_percent(0.1),
            "fail",
            TENTH,
            PASS,
        ),
        case(
            "equality at a threshold",
            sides(0.5, 0.8),
            by_limit(0.5, true),
            "pass",
            "metric >= 0.5",
            PASS,
        ),
        case(
            "a percentage of zero",
            sides(0.1, 0.0),
            by_percent(0.02),
            "pass",
            "metric >= champion + 2%",
            zero,
        ),
        case(
            "a percentage of a negative champion",
            sides(-0.4, -0.5),
            by_percent(0.1),
            "pass",
            TENTH,
            PASS,
        ),
        case(
            "the same at its boundary",
            sides(-0.45, -0.5),
            by_percent(0.1),
            "fail",
            TENTH,
            PASS,
        ),
        case(
            "the same, and worse",
            sides(-0.6, -0.5),
            by_percent(0.1),
            "fail",
            TENTH,
            VIOLATED,
        ),
        case(
            "a change that floating point swallows",
            sides(1e308, 1e308),
            by_amount(0.05),
            "pass",
            AMOUNT,
            VIOLATED,
        ),
    ]
}

#[test]
fn the_gate_blocks_what_mlflows_validator_passes_for_want_of_a_number() {
    let cases = [without_a_number(), with_numbers()];
    let cases: Vec<_> = cases.into_iter().flatten().collect();
    let triples: Vec<_> = cases.iter().map(Case::triple).collect();
    let Some(answers) = ask_mlflow(&triples) else {
        return;
    };
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in cases.iter().zip(answers) {
        let what = case.situation;
        assert!(
            answer.starts_with(case.mlflow),
            "{what}: MLflow says {answer}"
        );
        assert_eq!(ask_gate(case), case.gate, "{what}");
    }
}
