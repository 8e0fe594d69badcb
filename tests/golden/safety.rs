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

#[test]
fn a_session_of_azure_begins_after_the_installation_and_ends_with_what_needs_it() {
    let process = plan::process(&specs::full()).unwrap();
    let mut found = Vec::new();
    for job in process.pipelines.iter().flat_map(|pipeline| &pipeline.jobs) {
        let mut names = job
            .steps
            .iter()
            .map(|step| (step.name.as_str(), &step.action));
        let before: Vec<_> = names
            .by_ref()
            .take_while(|(_, action)| **action != plan::Action::SignInToAzure)
            .map(|(name, _)| name)
            .collect();
        if before.len() < job.steps.len() {
            let after: Vec<_> = names.map(|(name, _)| name).collect();
            found.push(format!(
                "{}: {} | {}",
                job.id,
                before.join(", "),
                after.join(", ")
            ));
        }
    }
    insta::assert_snapshot!(found.join("\n"), @"
    staging: Check out the repository, Set up Python, Install uv, Install the project, Use the project's virtual environment, Install gatewright | Stage features, Stage train, Stage evaluate, Gate promote, Gate data-quality, Publish the decisions
    prod: Check out the repository, Set up Python, Install uv, Install the project, Use the project's virtual environment, Install gatewright | Stage features, Stage train, Stage evaluate, Gate promote, Gate data-quality, Publish the decisions
    prod-verify: Check out the repository, Set up Python, Install uv, Install the project, Use the project's virtual environment | Verify
    ");
}

#[test]
fn on_azure_only_what_runs_the_projects_commands_is_signed_in() {
    let process = plan::process(&specs::full()).unwrap();
    let target = process.azure.as_ref().unwrap();
    let mut found = Vec::new();
    for pipeline in &process.pipelines {
        let pipeline = plan::azure::pipeline(&process, target, pipeline);
        for stage in &pipeline.stages {
            let deployed = |job: &plan::azure::Job| {
                let strategy = job.strategy.as_ref();
                strategy.map(|strategy| strategy.run_once.deploy.steps.clone())
            };
            let steps = stage.jobs.iter().filter_map(deployed).flatten();
            for step in steps {
                let inputs = step.inputs.clone().unwrap_or_default();
                if let Some(connection) = inputs.azure_subscription {
                    let name = step.display_name.unwrap_or_default();
                    found.push(format!("{} {name}: {connection}", stage.stage));
                }
            }
        }
    }
    insta::assert_snapshot!(found.join("\n"), @"
    staging Stage features: taxi-fare azure
    staging Stage train: taxi-fare azure
    staging Stage evaluate: taxi-fare azure
    prod Stage features: taxi-fare-prod
    prod Stage train: taxi-fare-prod
    prod Stage evaluate: taxi-fare-prod
    prod_verify Verify: taxi-fare-prod
    ");
}
