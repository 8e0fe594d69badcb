//! The gate's verdict does not depend on which MLflow wrote the store: each of them tells the same
//! story by `tests/mlflow/write_evidence_store.py`, and each is judged alike.

use std::path::Path;
use std::process::Command;

use crate::story::Story;

const SPEC: &str = "version: 1
project: trips
model: {name: m}
gates:
  whole:
    checks:
      - accuracy >= champion
      - accuracy >= 0.875
      - loss <= 0.1
  region: {checks: [accuracy.region.airport >= champion - 0.05]}
  overall: {checks: [accuracy >= champion]}
  passed-through-nan: {checks: [val_loss <= 0.5]}
  ends-as-nan: {checks: [drift <= 1]}
  infinite: {checks: [cost <= 100]}
";

/// (gate, candidate, exit code, what is told)
const VERDICTS: [(&str, &str, i32, &str); 6] = [
    ("whole", "challenger", 0, "PASS"),
    ("region", "challenger", 1, "accuracy.region.airport"),
    ("overall", "2", 1, "accuracy"),
    ("passed-through-nan", "2", 0, "PASS"),
    ("ends-as-nan", "2", 1, "the candidate's drift is NaN"),
    ("infinite", "3", 1, "the candidate's cost is Infinity"),
];

fn check(folder: &Path, gate: &str, candidate: &str) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args(["gate", "check", gate, "--candidate", candidate])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(folder)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// Writes the story with one MLflow, and asks each gate about it.
fn assert_judged_alike(version: &'static str) {
    let Some(story) = Story::write(version) else {
        return;
    };
    let account = &story.account;
    // Seeded, and so the same in every store: what the verdicts rest on.
    assert_eq!(account["versions"]["1"]["metrics"]["accuracy"], 0.87);
    assert_eq!(account["versions"]["3"]["metrics"]["accuracy"], 0.875);
    std::fs::write(story.folder().join("gatewright.yaml"), SPEC).unwrap();
    for (gate, candidate, code, text) in VERDICTS {
        let (answered, told) = check(story.folder(), gate, candidate);
        assert_eq!(answered, Some(code), "{version}, {gate}: {told}");
        assert!(told.contains(text), "{version}, {gate}: {told}");
    }
}

#[test]
fn a_store_of_mlflow_2_22_is_judged_as_any_other() {
    assert_judged_alike("2.22.5");
}

#[test]
fn a_store_of_mlflow_3_4_is_judged_as_any_other() {
    assert_judged_alike("3.4.0");
}

#[test]
fn a_store_of_mlflow_3_9_is_judged_as_any_other() {
    assert_judged_alike("3.9.0");
}

#[test]
fn a_store_of_the_current_mlflow_is_judged_as_any_other() {
    assert_judged_alike("3.17.2");
}
