//! Hooks: files of the user's own that the pipelines call.

use serde_json::Value;

use crate::sandbox::{Answer, Sandbox};

const CI: &str = ".github/workflows/taxi-fare-ci.yml";
const DELIVER: &str = ".github/workflows/taxi-fare-deliver.yml";
const AZURE: &str = ".azure/pipelines/taxi-fare-deliver.yml";

/// What `generate` says of the demo's project with these hooks, whose files are there.
fn generate(hooks: &[&str], rest: &str) -> (Sandbox, Answer) {
    let sandbox = Sandbox::taxi();
    for file in [
        "actions/a/action.yml",
        "actions/b/action.yaml",
        "workflows/w.yml",
    ] {
        let path = format!(".github/{file}");
        std::fs::create_dir_all(sandbox.path(&path).parent().unwrap()).unwrap();
        sandbox.write(&path, "name: x\n");
    }
    sandbox.write("t.yml", "steps: []\n");
    let items: Vec<_> = hooks.iter().map(|hook| format!("    - {hook}\n")).collect();
    let spec = sandbox.read("gatewright.yaml") + "  hooks:\n" + &items.concat() + rest;
    sandbox.write("gatewright.yaml", spec);
    let answer = sandbox.run("generate");
    (sandbox, answer)
}

fn parsed(sandbox: &Sandbox, path: &str) -> Value {
    serde_yaml::from_str(&sandbox.read(path)).unwrap()
}

fn names(job: &Value) -> Vec<&str> {
    let steps = job["steps"].as_array().unwrap();
    steps
        .iter()
        .map(|step| step["name"].as_str().unwrap())
        .collect()
}

#[test]
fn hooks_of_one_place_are_called_in_the_order_of_the_spec_around_it() {
    let (sandbox, answer) = generate(
        &[
            "{stage: train, before: {github: .github/actions/a}}",
            "{stage: train, before: {github: .github/actions/b}}",
            "{stage: train, after: {github: .github/actions/a}}",
            "{stage: train, after: {github: .github/actions/b}}",
        ],
        "",
    );
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    for (path, job) in [(CI, "train"), (DELIVER, "staging")] {
        let workflow = parsed(&sandbox, path);
        let steps = workflow["jobs"][job]["steps"].as_array().unwrap();
        let at = steps.iter().position(|step| step["name"] == "Stage train");
        let around = &steps[at.unwrap() - 2..=at.unwrap() + 2];
        let called: Vec<_> = around.iter().map(|step| step["uses"].as_str()).collect();
        let (a, b) = (Some("$/.github/actions/a"), Some("$/.github/actions/b"));
        assert_eq!(called, [a, b, None, a, b], "{path}");
    }
}

#[test]
fn a_provider_without_a_file_has_no_hook_and_nothing_waits_for_one() {
    let (sandbox, answer) = generate(
        &[
            "{stage: train, before: {azure: t.yml}}",
            "{pipeline: deliver, job: staging, before: {azure: t.yml}}",
        ],
        "",
    );
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let workflow = parsed(&sandbox, DELIVER);
    assert_eq!(workflow["jobs"]["staging-before"], Value::Null);
    assert_eq!(workflow["jobs"]["staging"]["needs"], Value::Null);
    assert!(!names(&workflow["jobs"]["staging"]).contains(&"Before stage train"));
    let pipeline = parsed(&sandbox, AZURE);
    let stages = pipeline["stages"].as_array().unwrap();
    let order: Vec<_> = stages.iter().map(|stage| &stage["stage"]).take(2).collect();
    assert_eq!(order, ["staging_before", "staging"]);
    assert_eq!(
        stages[1]["dependsOn"],
        serde_json::json!(["staging_before"])
    );
    let called = &stages[0]["jobs"][0]["steps"][1];
    assert_eq!(called["template"], "/t.yml");
    let plan: Value = serde_json::from_str(called["parameters"]["plan"].as_str().unwrap()).unwrap();
    let schema: Value =
        serde_json::from_str(include_str!("../../schemas/hook.v1.schema.json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &plan), "{plan}");
    assert_eq!(plan["environment"], "staging");
}

#[test]
fn the_required_check_needs_the_hooks_of_the_jobs_it_needs() {
    let (sandbox, answer) = generate(
        &[
            "{job: test, before: {github: .github/workflows/w.yml}}",
            "{job: train, after: {github: .github/workflows/w.yml}}",
        ],
        "",
    );
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let jobs = &parsed(&sandbox, CI)["jobs"];
    let needs = serde_json::json!(["spec", "test", "train", "test-before", "train-after"]);
    assert_eq!(jobs["ci"]["needs"], needs);
    assert_eq!(jobs["test"]["needs"], serde_json::json!(["test-before"]));
    let hook = &jobs["test-before"];
    assert_eq!(hook["permissions"], serde_json::json!({"contents": "read"}));
    assert_eq!(hook["secrets"], Value::Null);
    assert!(hook["steps"].is_null() && hook["environment"].is_null());
}

#[test]
fn a_patch_cannot_reach_into_a_hook() {
    let hooks = ["{job: test, before: {github: .github/workflows/w.yml}}"];
    let patch = "{job: test-before, insert_after: {name: More, run: ls}}";
    let (_, answer) = generate(&hooks, &format!("  patches:\n    - {patch}\n"));
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @r"
    error[invalid-plan]: the job `test-before` is a hook, with no steps here
      --> gatewright.yaml:50:13
       |
    50 |     - {job: test-before, insert_after: {name: More, run: ls}}
       |             ^^^^^^^^^^^
       |
       = help: change the file that the hook calls; a patch may set its name or remove it
    ");
}

#[cfg(unix)]
#[test]
fn a_hook_that_is_a_link_out_of_the_repository_is_refused() {
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    let (sandbox, _) = generate(&["{stage: train, before: {azure: t.yml}}"], "");
    // Nothing above the project is a repository, so the project's folder is the root.
    std::fs::remove_file(sandbox.path("t.yml")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), sandbox.path("t.yml")).unwrap();
    let answer = sandbox.run("generate --check");
    assert_eq!(answer.code, Some(2), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("outside the repository"),
        "{}",
        answer.stderr
    );
}
