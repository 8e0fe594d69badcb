//! Patches of the plan by job and step.

use crate::sandbox::{Answer, Sandbox};

const CI: &str = ".github/workflows/taxi-fare-ci.yml";
const AZURE: &str = ".azure/pipelines/taxi-fare-ci.yml";

/// What `generate` says of the project with these patches.
fn generate(patches: &[&str]) -> (Sandbox, Answer) {
    let sandbox = Sandbox::taxi();
    let items: Vec<_> = patches
        .iter()
        .map(|patch| format!("    - {patch}\n"))
        .collect();
    let spec = sandbox.read("gatewright.yaml") + "  patches:\n" + &items.concat();
    sandbox.write("gatewright.yaml", spec);
    let answer = sandbox.run("generate");
    (sandbox, answer)
}

/// What is said of one patch that cannot be.
fn refused(patch: &str) -> String {
    let (sandbox, answer) = generate(&[patch]);
    assert_eq!(answer.code, Some(2), "{patch}: {}", answer.stderr);
    assert!(!sandbox.path(CI).exists());
    answer.stderr
}

#[test]
fn a_step_is_inserted_changed_and_removed_on_both_providers() {
    let (sandbox, answer) = generate(&[
        "{job: test, step: lint, insert_after: {name: Check types, run: mypy ., timeout: 10m, env: {MYPY_COLOR: never}}}",
        "{job: test, step: test, set: {run: pytest -x, env: {SEED: \"7\"}}}",
        "{job: test, step: publish-the-test-report, remove: true}",
        "{job: test, insert_before: {name: First of all, run: 'true'}}",
        "{job: test, insert_after: {name: Last of all, run: 'true'}}",
        "{job: test, set: {name: All tests, timeout: 2h, env: {LC_ALL: C}}}",
    ]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let ci = sandbox.read(CI);
    let (_, job) = ci.split_once("\n  test:\n").unwrap();
    let job = job.split("\n  # ").next().unwrap();
    insta::assert_snapshot!(job, @r#"
    name: All tests
    runs-on: ubuntu-24.04
    timeout-minutes: 120
    permissions:
      contents: read # to check out the repository
    env:
      UV_PYTHON: "3.12"
      LC_ALL: C
    steps:
      - name: First of all
        run: |
          true

      - name: Check out the repository
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          # No token stays behind for the project's code to find.
          persist-credentials: false

      - name: Set up Python
        uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0
        with:
          python-version: "3.12"

      - name: Install uv
        uses: astral-sh/setup-uv@20cfd1bf945f4377ade1205e4dbc17946fc9a30d # v10.0.1
        with:
          # A cache is shared between runs: what one writes, all the others run.
          enable-cache: false

      - name: Install the project
        run: |
          uv sync

      # Later steps find `python` and the project's tools there.
      - name: Use the project's virtual environment
        run: echo "$PWD/.venv/bin" >> "$GITHUB_PATH"

      - name: Lint
        run: |
          ruff check .

      - name: Check types
        timeout-minutes: 10
        env:
          MYPY_COLOR: never
        run: |
          mypy .

      - name: Test
        env:
          SEED: "7"
        run: |
          pytest -x

      - name: Last of all
        run: |
          true
    "#);
    let azure = sandbox.read(AZURE);
    for text in [
        "displayName: Check types",
        "pytest -x",
        "timeoutInMinutes: \"120\"",
    ] {
        assert!(azure.contains(text), "{text}: {azure}");
    }
    assert_eq!(sandbox.run("generate --check").code, Some(0));
}

#[test]
fn a_job_that_only_the_last_one_waits_for_can_be_removed() {
    let (sandbox, answer) = generate(&["{job: test, remove: true}"]);
    // The comment on the pull request may be made of what this job leaves behind.
    if answer.code == Some(0) {
        assert!(!sandbox.read(CI).contains("\n  test:\n"));
    } else {
        assert!(answer.stderr.contains("needs `test`"), "{}", answer.stderr);
    }
}

#[test]
fn what_is_not_there_is_an_error_with_a_suggestion() {
    insta::assert_snapshot!(refused("{job: tset, step: lint, remove: true}"), @"
    error[invalid-plan]: there is no job `tset`
      --> gatewright.yaml:48:13
       |
    48 |     - {job: tset, step: lint, remove: true}
       |             ^^^^
       |
       = help: did you mean `test`?
    ");
    insta::assert_snapshot!(refused("{job: test, step: lnt, remove: true}"), @"
    error[invalid-plan]: there is no step `lnt`
      --> gatewright.yaml:48:25
       |
    48 |     - {job: test, step: lnt, remove: true}
       |                         ^^^
       |
       = help: did you mean `lint`?
    ");
    insta::assert_snapshot!(refused("{pipeline: cd, job: test, step: lint, remove: true}"), @"
    error[invalid-plan]: there is no pipeline `cd`
      --> gatewright.yaml:48:18
       |
    48 |     - {pipeline: cd, job: test, step: lint, remove: true}
       |                  ^^
       |
       = help: pipelines here are ci, deliver, rollback
    ");
    insta::assert_snapshot!(refused("{job: test, step: check-out-the-repository, set: {run: ls}}"), @"
    error[invalid-plan]: the step `check-out-the-repository` has no `run` to set
      --> gatewright.yaml:48:51
       |
    48 |     - {job: test, step: check-out-the-repository, set: {run: ls}}
       |                                                   ^^^
       |
       = help: `run`, `env` and `timeout` are of steps that run a command of yours; a job has `env` and `timeout`
    ");
    insta::assert_snapshot!(refused("{job: test, set: {run: ls}}"), @"
    error[invalid-plan]: the job `test` has no `run` to set
      --> gatewright.yaml:48:19
       |
    48 |     - {job: test, set: {run: ls}}
       |                   ^^^
       |
       = help: `run`, `env` and `timeout` are of steps that run a command of yours; a job has `env` and `timeout`
    ");
}

#[test]
fn what_makes_a_pipeline_safe_cannot_be_patched_away() {
    for patch in [
        "{pipeline: deliver, job: staging, step: gate-promote, remove: true}",
        "{pipeline: deliver, job: staging, remove: true}",
        "{job: ci, remove: true}",
        "{job: ci, step: fail-unless-every-job-succeeded, remove: true}",
    ] {
        let told = refused(patch);
        assert!(
            told.contains("cannot be patched away") || told.contains(" needs `"),
            "{told}"
        );
    }
    let told = refused(
        "{pipeline: deliver, job: staging, step: gate-promote, set: {env: {MLFLOW_TRACKING_URI: x}}}",
    );
    assert!(told.contains("has no `env` to set"), "{told}");
}

#[test]
fn what_a_patch_brings_along_is_held_to_the_rules_of_the_spec() {
    for patch in [
        "{job: test, step: lint, insert_after: {name: x, run: \"echo ${{ github.actor }}\"}}",
        "{job: test, step: lint, insert_after: {name: \"${{ x }}\", run: ls}}",
        "{job: test, step: lint, set: {run: \"echo $(Build.SourceBranch)\"}}",
        "{job: test, step: lint, set: {env: {PATH: /tmp}}}",
        "{job: test, step: lint, set: {env: {\"a b\": x}}}",
        "{job: test, step: lint, set: {env: {uv_python: x}}}",
        "{job: test, set: {env: {X: \"${{ secrets.X }}\"}}}",
        "{job: test, step: lint, remove: true, set: {name: x}}",
        "{job: test, step: lint}",
        "{job: test, step: lint, insert_after: {name: x}}",
    ] {
        refused(patch);
    }
}
