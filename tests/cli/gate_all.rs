//! `gate check --all`: every gate of every spec of a repository, in one report.

use serde_json::Value;

use crate::sandbox::{Sandbox, demo_store};

/// A repository with the taxi project in two folders, and with other people's specs.
fn repository() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(".git/HEAD", "ref: refs/heads/main\n");
    for (folder, rmse) in [("services/fare", "4.0"), ("models/strict", "2.0")] {
        project(&sandbox, folder, rmse);
    }
    for folder in ["node_modules/x", ".venv/x", "target/x", ".cache"] {
        sandbox.write(&format!("{folder}/gatewright.yaml"), "no: spec\n");
    }
    sandbox
}

fn project(sandbox: &Sandbox, folder: &str, rmse: &str) {
    let spec = include_str!("../../project-templates/classic/gatewright.yaml");
    let spec = spec.replace("rmse <= 4.0", &format!("rmse <= {rmse}"));
    sandbox.write(&format!("{folder}/gatewright.yaml"), spec);
    sandbox.write(&format!("{folder}/mlflow.db"), demo_store());
}

#[test]
fn one_line_for_each_model_and_details_of_those_that_do_not_pass() {
    let answer = repository().run("gate check --all");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(answer.stdout, @"
    blocked  models/strict/gatewright.yaml gate promote  taxi-fare version 3
    pass     services/fare/gatewright.yaml gate promote  taxi-fare version 3

    models/strict/gatewright.yaml
    Gate promote: BLOCKED  taxi-fare version 3 (challenger) against version 1 (champion)

             check                  candidate  champion       change  limit
       fail  rmse <= 2.0              2.36271
       pass  r2 >= champion - 0.01   0.981346  0.977826  +0.00351975  >= 0.967826
       pass  rmse <= champion + 2%    2.36271   2.57598    -0.213278  <= 2.6275
       pass  latency_p95_ms <= 20      2.8678

      fail: rmse is 2.36271, and must be <= 2

      metrics of run b24571ec6c90 and 6d8b468512aa in sqlite:///mlflow.db
    ");
}

#[test]
fn all_pass_when_all_pass() {
    let sandbox = repository();
    project(&sandbox, "models/strict", "4.0");
    let answer = sandbox.run("gate check --all promote");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert_eq!(answer.stdout.lines().count(), 2, "{}", answer.stdout);
}

#[test]
fn what_cannot_be_judged_never_disappears_and_outweighs_the_rest() {
    let sandbox = repository();
    std::fs::remove_file(sandbox.path("models/strict/mlflow.db")).unwrap();
    let words = "gate check --all --format json -o text=all.txt -o junit=all.xml -o markdown=all.md -o sarif=all.sarif -o github=all.log -o azure=all.vso";
    let answer = sandbox.run(words);
    assert_eq!(answer.code, Some(3));
    let all: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(all["exit"], 3);
    assert_eq!(all["errors"][0]["spec"], "models/strict/gatewright.yaml");
    assert_eq!(all["decisions"][0]["verdict"], "pass");
    for file in ["all.txt", "all.xml", "all.md", "all.log", "all.vso"] {
        assert!(
            sandbox.read(file).contains("there is no MLflow store"),
            "{file}"
        );
    }
    sandbox.write("broken/gatewright.yaml", "version: 1\nprojekt: x\n");
    let answer = sandbox.run("gate check --all");
    assert_eq!(answer.code, Some(2));
    assert!(
        answer.stdout.contains("error    broken/gatewright.yaml"),
        "{}",
        answer.stdout
    );
    assert!(answer.stderr.contains("projekt"), "{}", answer.stderr);
    assert!(
        answer
            .stdout
            .contains("pass     services/fare/gatewright.yaml gate promote")
    );
}

#[test]
fn a_named_gate_that_a_spec_lacks_is_an_error_of_that_spec() {
    let sandbox = repository();
    let spec = sandbox.read("models/strict/gatewright.yaml");
    sandbox.write(
        "models/strict/gatewright.yaml",
        spec.replace("  promote:", "  release:"),
    );
    let answer = sandbox.run("gate check promote --all");
    assert_eq!(answer.code, Some(2), "{}", answer.stderr);
    assert!(
        answer.stdout.contains("there is no gate `promote`"),
        "{}",
        answer.stdout
    );
}

#[test]
fn many_gates_are_judged_and_reported_in_the_order_of_their_specs() {
    let sandbox = repository();
    for index in 0..20 {
        project(&sandbox, &format!("many/m{index:02}"), "4.0");
    }
    let answer = sandbox.run("gate check --all --format json");
    let all: Value = serde_json::from_str(&answer.stdout).unwrap();
    let decisions = all["decisions"].as_array().unwrap();
    let paths: Vec<_> = decisions
        .iter()
        .map(|one| one["spec"]["path"].as_str().unwrap())
        .collect();
    let mut sorted = paths.clone();
    sorted.sort_unstable();
    assert_eq!((paths.len(), &paths), (22, &sorted));
}

#[test]
fn formats_about_one_model_and_an_empty_repository_are_usage_errors() {
    for words in [
        "gate check --all --format in-toto",
        "gate check --all -o in-toto-predicate=x",
        "gate check --all -o subjects=x",
    ] {
        let answer = repository().run(words);
        assert_eq!(answer.code, Some(2));
        assert!(
            answer.stderr.contains("is about one model"),
            "{}",
            answer.stderr
        );
    }
    let answer = Sandbox::empty().run("gate check --all");
    assert_eq!(answer.code, Some(2));
    assert!(
        answer.stderr.contains("there is no `gatewright.yaml`"),
        "{}",
        answer.stderr
    );
}
