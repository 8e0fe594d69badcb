//! What MLflow's own validator says on the same numbers, and what the gate says instead.

use std::io::Write;
use std::process::{Command, Stdio};

use gatewright::evidence::{Evidence, Metric, Reading, Reference, Referent, Run, Subject};
use gatewright::gate::{Check, Gate, IfAbsent, Verdict, grammar, judge};
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

fn ask_gate(line: &str, candidate: &Value, baseline: &Value) -> Verdict {
    let number = |value: &Value| {
        value
            .as_f64()
            .unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
    };
    let subject = |value: &Value| {
        let metric = Metric {
            reading: Reading::from_stored(number(value)),
            step: 0,
            timestamp_ms: 0,
        };
        Subject::of_run(Run {
            metrics: [("metric".to_owned(), metric)].into(),
            ..Run::empty("0")
        })
    };
    let rule = grammar::parse(line).unwrap().rule;
    let mut gate = Gate::new("promote", vec![Check::new("check", rule)]);
    gate.baseline.if_absent = IfAbsent::Fail;
    let champion = Referent::One(Box::new(subject(baseline)));
    let evidence = Evidence {
        candidate: subject(candidate),
        references: [(Reference::Champion, champion)].into(),
        ..Evidence::default()
    };
    judge(&gate, &evidence).verdict
}

/// (what it shows, candidate, baseline, MLflow's threshold, MLflow's answer, our check, our verdict)
fn cases() -> Vec<(
    &'static str,
    Value,
    Value,
    Value,
    &'static str,
    &'static str,
    Verdict,
)> {
    let relative = |change: f64| json!({"min_relative_change": change, "greater_is_better": true});
    let absolute = |change: f64| json!({"min_absolute_change": change, "greater_is_better": true});
    vec![
        (
            "a NaN model",
            json!("nan"),
            json!(0.8),
            relative(0.01),
            "pass",
            "metric >= champion + 1%",
            Verdict::Blocked,
        ),
        (
            "a NaN champion",
            json!(0.9),
            json!("nan"),
            relative(0.01),
            "pass",
            "metric >= champion + 1%",
            Verdict::Blocked,
        ),
        (
            "NaN by an absolute change",
            json!("nan"),
            json!(0.8),
            absolute(0.05),
            "error",
            "metric >= champion + 0.05",
            Verdict::Blocked,
        ),
        (
            "a boundary in absolute terms",
            json!(0.85),
            json!(0.80),
            absolute(0.05),
            "fail",
            "metric >= champion + 0.05",
            Verdict::Pass,
        ),
        (
            "a boundary in relative terms",
            json!(0.88),
            json!(0.80),
            relative(0.1),
            "fail",
            "metric >= champion + 10%",
            Verdict::Pass,
        ),
        (
            "a plain improvement",
            json!(0.95),
            json!(0.80),
            absolute(0.05),
            "pass",
            "metric >= champion + 0.05",
            Verdict::Pass,
        ),
        (
            "a plain regression",
            json!(0.70),
            json!(0.80),
            absolute(0.05),
            "fail",
            "metric >= champion + 0.05",
            Verdict::Blocked,
        ),
        (
            "an infinite model",
            json!("inf"),
            json!(0.8),
            json!({"threshold": 0.5, "greater_is_better": true}),
            "pass",
            "metric >= 0.5",
            Verdict::Blocked,
        ),
        (
            "a NaN model by a threshold",
            json!("nan"),
            json!(0.8),
            json!({"threshold": 0.5, "greater_is_better": true}),
            "fail",
            "metric >= 0.5",
            Verdict::Blocked,
        ),
    ]
}

#[test]
fn the_gate_blocks_a_nan_model_that_mlflows_validator_passes() {
    let cases = cases();
    let triples: Vec<_> = cases
        .iter()
        .map(|(_, candidate, baseline, threshold, ..)| {
            json!({"candidate": candidate, "baseline": baseline, "threshold": threshold})
        })
        .collect();
    let Some(answers) = ask_mlflow(&triples) else {
        return;
    };
    for ((what, candidate, baseline, _, expected, line, verdict), answer) in
        cases.iter().zip(answers)
    {
        assert!(answer.starts_with(expected), "{what}: MLflow says {answer}");
        assert_eq!(ask_gate(line, candidate, baseline), *verdict, "{what}");
    }
}
