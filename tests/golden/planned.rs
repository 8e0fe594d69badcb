//! The shell lines about Databricks as they were generated, run by bash with a stand-in for the
//! command line: what is asked of it, in which case.
#![expect(
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test stops where it stumbles, and the stand-in stands before the real tools"
)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_yaml::Value;
use tempfile::TempDir;

/// Writes down what it is asked, and answers with what the variables say.
const STAND_IN: &str = r#"#!/usr/bin/env bash
set -eu
echo "$*" >> "$CALLS"
case "$*" in
  "bundle plan "*) cat "$ANSWER" ;;
  "serving-endpoints list "*) echo "${ENDPOINTS-[]}" ;;
  "serving-endpoints get "*) echo "$ENDPOINT" ;;
  "tables exists "*) echo "{\"table_exists\": ${TABLE:-false}}" ;;
  "bundle validate "* | "bundle deploy "*) ;;
  *) echo "nobody asks for: $*" >&2; exit 9 ;;
esac
"#;

/// The script of a step of a generated workflow.
fn script(case: &str, workflow: &str, job: &str, step: &str) -> String {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let path = tree
        .join(case)
        .join("expected/.github/workflows")
        .join(workflow);
    let text = std::fs::read_to_string(path).unwrap();
    let workflow: Value = serde_yaml::from_str(&text).unwrap();
    let steps = workflow["jobs"][job]["steps"].as_sequence().unwrap();
    let found = steps.iter().find(|it| it["name"] == step).unwrap();
    found["run"].as_str().unwrap().to_owned()
}

/// A folder of a project on a machine with the stand-in.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["bin", "resources", "serving"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let tool = folder.path().join("bin/databricks");
        std::fs::write(&tool, STAND_IN).unwrap();
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(folder.path().join("calls"), "").unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// Whether the script ended well, as GitHub runs it.
    fn runs(&self, script: &str, variables: &[(&str, &str)]) -> bool {
        let folder = self.0.path();
        let path = format!(
            "{}/bin:{}",
            folder.display(),
            std::env::var("PATH").unwrap()
        );
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(folder)
            .env("PATH", path)
            .env("CALLS", folder.join("calls"))
            .env("ANSWER", folder.join("answer"))
            .env("GITHUB_STEP_SUMMARY", folder.join("summary"))
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        output.status.success()
    }
}

const SERVE: (&str, &str) = ("prod-promotion", "Deploy what needs a live model");

/// What is asked for an endpoint in this state; whether it ended well.
fn served(variables: &[(&str, &str)]) -> (bool, String) {
    let machine = Machine::new();
    let lines = script("databricks-serving", "fraud-deliver.yml", SERVE.0, SERVE.1);
    let well = machine.runs(&lines, variables);
    (well, machine.file("calls"))
}

#[test]
fn a_new_endpoint_begins_with_the_version_that_was_promoted() {
    let (well, calls) = served(&[("CANDIDATE_VERSION", "8")]);
    assert!(well);
    insta::assert_snapshot!(calls, @r"
    serving-endpoints list --output json
    bundle validate --strict --target prod --var live_version=8
    bundle deploy --target prod --var live_version=8
    ");
}

/// That of somebody else, and ours.
const KNOWN: (&str, &str) = ("ENDPOINTS", r#"[{"name": "other"}, {"name": "fraud"}]"#);

#[test]
fn an_endpoint_that_is_there_keeps_the_version_that_it_serves() {
    let one = r#"{"config": {"served_entities": [{"entity_version": "7"}]}}"#;
    let (well, calls) = served(&[("CANDIDATE_VERSION", "8"), KNOWN, ("ENDPOINT", one)]);
    assert!(well);
    insta::assert_snapshot!(calls, @r"
    serving-endpoints list --output json
    serving-endpoints get fraud --output json
    bundle validate --strict --target prod --var live_version=7
    bundle deploy --target prod --var live_version=7
    ");
}

#[test]
fn nothing_is_deployed_while_a_rollout_is_under_way_or_nobody_knows() {
    let two =
        r#"{"config": {"served_entities": [{"entity_version": "7"}, {"entity_version": "8"}]}}"#;
    let (well, calls) = served(&[("CANDIDATE_VERSION", "8"), KNOWN, ("ENDPOINT", two)]);
    assert!(well, "the rollout goes on");
    assert!(!calls.contains("bundle"), "{calls}");
    for variables in [
        [("CANDIDATE_VERSION", "8"), ("ENDPOINTS", "no JSON")],
        [("CANDIDATE_VERSION", ""), ("ENDPOINTS", "[]")],
    ] {
        let (well, calls) = served(&variables);
        assert!(!well);
        assert!(!calls.contains("bundle"), "{calls}");
    }
}

#[test]
fn profiles_wait_for_their_table() {
    let step = ("staging", "Deploy what needs a live model");
    let lines = script("databricks-stacks", "taxi-fare-deliver.yml", step.0, step.1);
    for (table, deploys) in [("false", false), ("true", true)] {
        let machine = Machine::new();
        assert!(machine.runs(&lines, &[("TABLE", table)]));
        let calls = machine.file("calls");
        assert!(
            calls.starts_with("tables exists staging.taxi_fare.predictions"),
            "{calls}"
        );
        assert_eq!(calls.contains("bundle deploy"), deploys, "{calls}");
    }
}

#[test]
fn what_people_read_is_made_from_the_plan_that_is_kept() {
    let lines = script(
        "databricks-serving",
        "fraud-deliver.yml",
        "prod-plan",
        "Plan the deployment",
    );
    let machine = Machine::new();
    let plan = r#"{"plan_version": 2, "plan": {
        "resources.jobs.training": {"action": "update"},
        "resources.experiments.experiment": {"action": "skip"},
        "resources.registered_models.model": {"action": "create"}}}"#;
    std::fs::write(machine.0.path().join("answer"), plan).unwrap();
    assert!(machine.runs(&lines, &[]));
    assert_eq!(machine.file(".databricks/bundle-plan.json"), plan);
    insta::assert_snapshot!(machine.file("summary"), @r"
    ### What a deployment to prod changes

        update resources.jobs.training
        create resources.registered_models.model
    ");
    std::fs::write(machine.0.path().join("answer"), r#"{"plan_version": 2}"#).unwrap();
    assert!(machine.runs(&lines, &[("GITHUB_STEP_SUMMARY", "second")]));
    insta::assert_snapshot!(machine.file("second"), @r"
    ### What a deployment to prod changes

        nothing
    ");
}

#[test]
fn a_job_behind_an_approval_deploys_the_kept_plan_and_makes_none() {
    for (case, workflow) in [
        ("databricks-serving", "fraud-deliver.yml"),
        ("databricks-stacks", "taxi-fare-deliver.yml"),
    ] {
        let deploy = script(case, workflow, "prod", "Deploy the bundle");
        assert!(deploy.contains("--plan .databricks/bundle-plan.json"));
        let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let path = tree
            .join(case)
            .join("expected/.github/workflows")
            .join(workflow);
        let text = std::fs::read_to_string(path).unwrap();
        let workflow: Value = serde_yaml::from_str(&text).unwrap();
        let job = serde_yaml::to_string(&workflow["jobs"]["prod"]).unwrap();
        assert!(!job.contains("bundle plan"), "{job}");
        assert!(job.contains("prod-bundle-plan"), "{job}");
    }
}

#[test]
fn a_file_that_is_not_generated_stops_the_plan_of_a_proposed_change() {
    let lines = script(
        "databricks-serving",
        "fraud-ci.yml",
        "prod-plan",
        "Look for other files",
    );
    let machine = Machine::new();
    let write = |name: &str| std::fs::write(machine.0.path().join(name), "").unwrap();
    write("resources/model.yml");
    write("resources/training.job.yml");
    assert!(machine.runs(&lines, &[]));
    write("resources/other file.yml");
    assert!(!machine.runs(&lines, &[]));
}

#[test]
fn the_required_check_takes_a_plan_that_was_left_out_only_where_nobody_may_plan() {
    let aggregate = |case: &str, workflow: &str, job: &str| {
        script(case, workflow, job, "Fail unless every job succeeded")
    };
    let lines = aggregate("databricks-serving", "fraud-ci.yml", "ci");
    let well = |same: &str, plan: &str, test: &str| {
        let variables = [
            ("SAME_REPOSITORY", same),
            ("SPEC_RESULT", "success"),
            ("TEST_RESULT", test),
            ("STAGING_PLAN_RESULT", plan),
            ("PROD_PLAN_RESULT", plan),
        ];
        Machine::new().runs(&lines, &variables)
    };
    assert!(well("true", "success", "success"));
    assert!(well("false", "skipped", "success"));
    for (same, plan, test) in [
        ("true", "skipped", "success"),
        ("true", "failure", "success"),
        ("true", "cancelled", "success"),
        ("false", "failure", "success"),
        ("", "success", "success"),
        ("false", "skipped", "skipped"),
    ] {
        assert!(!well(same, plan, test), "{same} {plan} {test}");
    }
}
