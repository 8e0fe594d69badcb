//! What every generated pipeline keeps to, whatever the spec: no secret where the author's code
//! runs, no expression in a shell line, a limit on every job.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gatewright::{plan, render};

use crate::specs;

fn generated(spec: &gatewright::spec::Spec) -> BTreeMap<PathBuf, String> {
    let files = render::files(
        &plan::process(spec).unwrap(),
        &render::PinsOnDisk::new(),
        &render::Templates::default(),
    )
    .unwrap();
    files
        .into_iter()
        .map(|file| (PathBuf::from(file.path), file.body))
        .collect()
}

#[test]
fn no_pipeline_hands_a_secret_to_ci_or_a_token_to_anyone() {
    for (name, spec) in specs::all() {
        for (path, text) in generated(&spec) {
            let ci = path.to_str().unwrap().ends_with("-ci.yml");
            let secrets = [
                "secrets.",
                "vars.",
                "environment:",
                "group: taxi-fare-prod",
                "id-token",
            ];
            for word in secrets.iter().filter(|_| ci) {
                assert!(!text.contains(word), "{name}/{}: {word}", path.display());
            }
            // What else may be written is the business of the next test.
            let mut writes = text.lines().filter(|line| ci && line.contains(": write"));
            let bad = writes.find(|line| !line.contains("pull-requests: write # to keep"));
            assert_eq!(bad, None, "{name}/{}", path.display());
        }
    }
}

#[test]
fn a_shell_line_holds_no_expression() {
    for (_, spec) in specs::all() {
        let process = plan::process(&spec).unwrap();
        let target = process.github.as_ref().unwrap();
        for pipeline in &process.pipelines {
            let workflow = plan::github::workflow(&process, target, pipeline);
            for (_, job) in workflow.jobs.iter() {
                for step in &job.steps {
                    assert!(
                        !step.run.as_deref().unwrap_or_default().contains("${{"),
                        "{step:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_job_has_a_limit_and_secrets_only_inside_an_environment() {
    for (_, spec) in specs::all() {
        let process = plan::process(&spec).unwrap();
        for job in process.pipelines.iter().flat_map(|pipeline| &pipeline.jobs) {
            assert!(job.timeout_minutes > 0);
            let has_secrets = format!("{job:?}").contains("Secret(");
            assert!(!has_secrets || job.environment.is_some(), "{}", job.id);
        }
    }
}

/// What the token of a job may change.
fn written(job: &plan::github::Job) -> Vec<&str> {
    let writes = |permission: &plan::github::Permission| {
        permission.access == plan::github::model::Access::Write
    };
    let scopes = job.permissions.iter();
    scopes
        .filter(|(_, permission)| writes(permission))
        .map(|(scope, _)| scope)
        .collect()
}

#[test]
fn a_token_that_writes_never_meets_the_code_of_the_project() {
    let process = plan::process(&specs::watched()).unwrap();
    let target = process.github.as_ref().unwrap();
    let mut found = Vec::new();
    for pipeline in &process.pipelines {
        let workflow = plan::github::workflow(&process, target, pipeline);
        for planned in &pipeline.jobs {
            let job = workflow.jobs.get(&planned.id).unwrap();
            let writes = written(job);
            if writes.is_empty() {
                continue;
            }
            let runs = |step: &plan::Step| {
                matches!(
                    step.action,
                    plan::Action::Command { .. } | plan::Action::VirtualEnvironment
                )
            };
            assert!(!planned.steps.iter().any(runs), "{}", planned.id);
            found.push(format!(
                "{} {}: {}",
                pipeline.kind.name(),
                planned.id,
                writes.join(", ")
            ));
        }
    }
    insta::assert_snapshot!(found.join("\n"), @r"
    ci comment: pull-requests
    deliver staging-promotion: id-token, attestations
    deliver prod-promotion: id-token, attestations
    monitor drift: actions
    monitor volume: actions
    ");
}

#[test]
fn the_promotion_judges_the_approved_version_and_runs_no_code_of_the_project() {
    let process = plan::process(&specs::full()).unwrap();
    let mut jobs = process.pipelines[1].jobs.iter();
    let promotion = jobs.find(|job| job.id == "prod-promotion").unwrap();
    for step in &promotion.steps {
        match &step.action {
            plan::Action::Gate(check) => {
                assert_eq!(check.candidate.as_deref(), Some("CANDIDATE_VERSION"));
            }
            plan::Action::Command { .. } | plan::Action::VirtualEnvironment => {
                panic!("{}", step.name)
            }
            _ => {}
        }
    }
}
