//! The pipeline that judges a change before it is merged.
//!
//! The one decision here: it runs the author's code, so it has nothing worth stealing. No secret,
//! no environment, read-only access, and an MLflow store that lives and dies with the job.

use super::environment::Variables;
use super::process::{Action, Env, GateCheck, Job, Kind, Pipeline, Step, Triggers, When};
use super::step::{self, command, plain};
use crate::spec::model::DEFAULT_TRACKING_URI;
use crate::spec::{Deploy, Spec};

const WHY: &str = "Judges a change before it is merged: the spec, the generated files, style, \
    tests, and one whole training on an embedded MLflow store. It runs the author's code, so it \
    has no secrets, no environment and read-only access.";

/// Plans the pipeline.
pub(super) fn pipeline(spec: &Spec) -> Pipeline {
    Pipeline {
        kind: Kind::Ci,
        name: format!("{} ci", spec.project),
        why: WHY.to_owned(),
        triggers: Triggers {
            changes: true,
            manual: true,
            branches: vec![main_branch(spec)],
            tags: Vec::new(),
        },
        env: step::pipeline_env(spec),
        jobs: vec![specification(spec), test(spec), train(spec), verdict(spec)],
    }
}

/// The branch that changes are merged into.
fn main_branch(spec: &Spec) -> String {
    let branch = |deploy: &Deploy| match deploy {
        Deploy::Branch(branch) => Some(branch.clone()),
        Deploy::Tag(_) => None,
    };
    let mut deployed = spec
        .environments
        .iter()
        .filter_map(|environment| environment.deploy.as_ref());
    deployed
        .find_map(branch)
        .unwrap_or_else(|| "main".to_owned())
}

fn job(id: &str, name: &str, why: &str, timeout_minutes: u32, steps: Vec<Step>) -> Job {
    Job {
        id: id.to_owned(),
        name: name.to_owned(),
        why: why.to_owned(),
        needs: Vec::new(),
        when: When::Triggered,
        environment: None,
        timeout_minutes,
        env: Env::new(),
        outputs: Vec::new(),
        steps,
    }
}

fn specification(spec: &Spec) -> Job {
    let mut steps = vec![step::checkout()];
    steps.extend(step::gatewright_alone(&spec.ci.install));
    steps.push(plain("Validate the spec", Action::ValidateSpec));
    steps.push(plain(
        "Compare the generated files with the spec",
        Action::CheckDrift,
    ));
    let why = "The spec is valid, and the files generated from it are the ones committed.";
    job("spec", "Spec", why, step::around(&spec.ci.install), steps)
}

fn test(spec: &Spec) -> Job {
    let python = &spec.python;
    let mut steps = vec![step::checkout()];
    steps.extend(step::python_project(python));
    if let Some(lint) = &python.lint {
        steps.push(command("Lint", lint));
    }
    if let Some(test) = &python.test {
        steps.push(command("Test", test));
        let publish = Action::PublishTests(python.test_report.clone());
        steps.push(plain("Publish the test report", publish).after_failure_too());
    }
    let why = "Style and tests of the project's own code.";
    let mut job = job("test", "Test", why, step::ALLOWANCE * 2, steps);
    job.env.extend([step::uv_python(python)]);
    job
}

fn train(spec: &Spec) -> Job {
    let variables = Variables::rehearsal(&spec.mlflow.experiment);
    let mut steps = vec![step::checkout()];
    steps.extend(step::python_project(&spec.python));
    steps.push(step::gatewright());
    steps.extend(
        spec.stages
            .iter()
            .map(|stage| step::stage(stage, &variables)),
    );
    steps.extend(spec.gates.iter().map(|gate| rehearse(&gate.name)));
    if !spec.gates.is_empty() {
        steps.push(step::decisions("ci-decisions".to_owned()));
    }
    let why = "Every stage once, from nothing, on an embedded MLflow store. The gates only report: \
        there is no champion here, and often little data.";
    let timeout = step::timeout(&spec.stages, &spec.ci.install);
    let mut job = job("train", "Train", why, timeout, steps);
    job.needs = vec!["spec".to_owned(), "test".to_owned()];
    job.env.extend([step::uv_python(&spec.python)]);
    job.env.extend(variables.job);
    job
}

fn rehearse(gate: &str) -> Step {
    let check = GateCheck {
        id: step::gate_id(gate),
        gate: gate.to_owned(),
        environment: None,
        tracking_uri: Some(DEFAULT_TRACKING_URI.to_owned()),
        candidate: None,
        report_only: true,
        env: Env::new(),
    };
    plain(format!("Gate {gate} (report only)"), Action::Gate(check))
}

/// GitHub's required check: skipped and cancelled jobs count as merged unless someone looks.
fn verdict(spec: &Spec) -> Job {
    let why = "The one check to require on the branch: it runs whatever became of the others, and \
        fails unless every one of them succeeded. A job that was skipped or cancelled did not.";
    let steps = vec![plain("Fail unless every job succeeded", Action::Aggregate)];
    let mut job = job("ci", &format!("{} ci", spec.project), why, 5, steps);
    job.when = When::Always;
    job.needs = ["spec", "test", "train"].map(str::to_owned).to_vec();
    job
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Value;

    #[test]
    fn nothing_in_the_variables_of_ci_is_a_secret_or_a_setting() {
        let variables = Variables::rehearsal("fares");
        assert!(!variables.has_settings());
        assert!(
            variables
                .job
                .values()
                .all(|value| matches!(value, Value::Literal(_)))
        );
    }
}
