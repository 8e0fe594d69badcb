//! The pipeline that judges a change before it is merged.
//!
//! The one decision here: it runs the author's code, so it has nothing worth stealing. No secret,
//! no environment, read-only access, and an MLflow store that lives and dies with the job.

use super::action::{Action, GateCheck, History};
use super::bundle;
use super::environment::Variables;
use super::job::{CHANGED, Env, Job, Output, Step, When};
use super::process::{Kind, Pipeline, Triggers};
use super::refs;
use super::step::{self, command, plain};
use crate::spec::Spec;
use crate::spec::model::DEFAULT_TRACKING_URI;

/// Plans the pipeline.
pub(super) fn pipeline(spec: &Spec) -> Pipeline {
    let plans = bundle::proposals(spec, SPECIFICATION);
    Pipeline {
        kind: Kind::Ci,
        name: format!("{} ci", spec.project),
        why: why(spec, !plans.is_empty()),
        triggers: Triggers {
            changes: true,
            manual: true,
            branches: vec![refs::main_branch(spec)],
            scheduled_branch: refs::main_branch(spec),
            ..Triggers::default()
        },
        env: step::pipeline_env(spec),
        jobs: jobs(spec, plans),
    }
}

/// What is there to be said of these jobs, and of no others.
fn why(spec: &Spec, plans: bool) -> String {
    let rehearsal = "one whole training on an embedded MLflow store";
    let looked_at = [
        Some("the spec"),
        Some("the generated files"),
        spec.python.lint.as_ref().map(|_| "style"),
        spec.python.test.as_ref().map(|_| "tests"),
        rehearses(spec).then_some(rehearsal),
    ];
    let looked_at: Vec<_> = looked_at.into_iter().flatten().collect();
    let (last, others) = looked_at.split_last().unwrap_or((&"", &[]));
    let (comment, either) = if comments(spec) {
        (
            "; the one that may write a comment runs none of it",
            " either",
        )
    } else {
        ("", "")
    };
    let plans = if plans {
        format!(
            " The jobs that plan for Databricks have an environment of their own, for a principal \
             that may only read; they run none of it{either}, and nothing for forks."
        )
    } else {
        String::new()
    };
    format!(
        "Judges a change before it is merged: {}, and {last}. The jobs run the author's code, so \
         they have no secrets, no environment and read-only access{comment}.{plans}",
        others.join(", ")
    )
}

/// What runs on Databricks alone is not rehearsed here: a proposed change gets no credentials.
fn rehearses(spec: &Spec) -> bool {
    spec.stages.is_empty() || spec.stages.iter().any(|stage| stage.command().is_some())
}

fn comments(spec: &Spec) -> bool {
    rehearses(spec) && spec.gates_of_versions().next().is_some()
}

/// The job that finds out whether the generated files are the ones committed.
const SPECIFICATION: &str = "spec";

fn jobs(spec: &Spec, plans: Vec<Job>) -> Vec<Job> {
    let mut jobs = vec![specification(spec), test(spec)];
    if rehearses(spec) {
        jobs.push(train(spec));
    }
    if spec.path.contains('/') {
        for job in &mut jobs {
            job.needs.insert(0, CHANGED.0.to_owned());
            job.when = When::Touched;
        }
        jobs.insert(0, changed());
    }
    let planned = plans.iter().map(|job| job.id.clone()).collect();
    jobs.extend(plans);
    let needs = jobs.iter().map(|job| job.id.clone()).collect();
    if comments(spec) {
        jobs.push(comment(spec));
    }
    jobs.push(verdict(spec, needs, planned));
    jobs
}

/// A repository with many projects asks for the check of each, on every change: so each always
/// runs, and finds out first whether it is meant.
fn changed() -> Job {
    let look = plain("Compare the project with its base", Action::Compare);
    let steps = vec![
        plain("Check out the repository", Action::Checkout(History::Base))
            .because("With its past, to compare with."),
        look.because("When in doubt, it changed."),
    ];
    let why = "Whether the change touches this project. Decided here and not by a filter of paths: \
        a required check that never starts would hold the change for ever.";
    let mut job = job(CHANGED.0, "Changed", why, 10, steps);
    job.outputs = vec![Output {
        name: CHANGED.2.to_owned(),
        step: CHANGED.1.to_owned(),
    }];
    job
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
    job(
        SPECIFICATION,
        "Spec",
        why,
        step::around(&spec.ci.install),
        steps,
    )
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
    let why = match (&python.lint, &python.test) {
        (Some(_), Some(_)) => "Style and tests of the project's own code.",
        (Some(_), None) => "Style of the project's own code.",
        (None, Some(_)) => "Tests of the project's own code.",
        (None, None) => "The project can be installed.",
    };
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
            .filter_map(|stage| step::stage(stage, &variables)),
    );
    steps.extend(spec.gates_of_versions().map(|gate| rehearse(&gate.name)));
    if spec.gates_of_versions().next().is_some() {
        steps.push(step::decisions("ci-decisions".to_owned()));
        steps.extend(evidence(spec));
    }
    let why = "Every stage once, from nothing, on an embedded MLflow store. The gates only report: \
        there is no champion here, and often little data.";
    let timeout = step::timeout(&spec.stages, &spec.ci.install);
    let mut job = job("train", "Train", why, timeout, steps);
    job.needs = vec![SPECIFICATION.to_owned(), "test".to_owned()];
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
        attest: false,
        env: Env::new(),
    };
    plain(format!("Gate {gate} (report only)"), Action::Gate(check))
}

const EVIDENCE: &str = "ci-evidence";

/// What the comment is made from: what the gates read, and what they were asked.
fn evidence(spec: &Spec) -> [Step; 2] {
    let mut files = vec![spec_name(spec).to_owned()];
    for waivers in spec.gates.iter().filter_map(|gate| gate.waivers.as_ref()) {
        if !files.contains(waivers) {
            files.push(waivers.clone());
        }
    }
    [
        plain("Gather the evidence", Action::GatherEvidence(files))
            .because("The comment is written by another job, which has a token and no code."),
        plain(
            "Publish the evidence",
            Action::PublishEvidence(EVIDENCE.to_owned()),
        ),
    ]
}

fn spec_name(spec: &Spec) -> &str {
    spec.path.rsplit('/').next().unwrap_or(&spec.path)
}

/// The token that writes to the pull request never meets the author's code.
fn comment(spec: &Spec) -> Job {
    let mut steps = step::gatewright_alone(&spec.ci.install);
    let fetch = Action::FetchEvidence(EVIDENCE.to_owned());
    steps.push(plain("Fetch the evidence", fetch));
    for gate in spec.gates_of_versions() {
        let comment = Action::Comment(gate.name.clone());
        steps.push(plain(format!("Comment on gate {}", gate.name), comment));
    }
    let why = "Keeps one comment for each gate on the pull request. Its token may write there, so \
        it checks out nothing and runs nothing of the author's: it judges the recorded evidence \
        once more. It is talk: whatever the gates say, or keeps it from saying it, fails nothing.";
    let timeout = step::around(&spec.ci.install);
    let mut job = job("comment", "Comment", why, timeout, steps);
    job.needs = vec!["train".to_owned()];
    job.when = When::Reviewable;
    job
}

/// GitHub's required check: skipped and cancelled jobs count as merged unless someone looks.
fn verdict(spec: &Spec, needs: Vec<String>, planned: Vec<String>) -> Job {
    let filtered = needs.iter().any(|id| id == CHANGED.0);
    let why = if filtered {
        "The one check to require on the branch: it runs whatever became of the others, and fails \
         unless every one of them succeeded, or was left out because the change does not touch the \
         project."
    } else {
        "The one check to require on the branch: it runs whatever became of the others, and fails \
         unless every one of them succeeded. A job that was skipped or cancelled did not."
    };
    let why = if planned.is_empty() {
        why.to_owned()
    } else {
        format!("{why} A plan has to be left out for a fork, and where there is no pull request.")
    };
    let steps = vec![plain(
        "Fail unless every job succeeded",
        Action::Aggregate(planned),
    )];
    let mut job = job("ci", &format!("{} ci", spec.project), &why, 5, steps);
    job.when = When::Always;
    job.needs = needs;
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
