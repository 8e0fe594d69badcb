//! From a planned job to a job of a workflow.

use super::expression;
use super::hook;
use super::model::{Access, Job, Permission};
use super::parts::Step;
use super::runner::RunsOn;
use super::step;
use super::workflow::defaults;
use crate::plan::hook::of_job;
use crate::plan::{
    self, Action, Comment, Env, GithubTarget, Kind, Mapping, MonitorCheck, Pipeline, Process,
    PromoteCall, Value,
};
use crate::spec::Runner;

/// One job of a pipeline.
pub(super) fn job(
    process: &Process,
    target: &GithubTarget,
    pipeline: &Pipeline,
    job: &plan::Job,
) -> Job {
    if let Some(call) = of_job(job) {
        return hook::job(target, job, call, permissions(target, pipeline, job));
    }
    let folder = process.folder.as_deref().filter(|_| works_in_folder(job));
    let settings = &target.github.settings;
    let steps = job.steps.iter();
    let steps = steps.map(|step| step::step(process, target, job, step));
    Job {
        comment: Comment::from(job.why.as_str()),
        name: job.name.clone(),
        condition: expression::condition(&job.when),
        needs: job.needs.clone(),
        runs_on: Some(runs_on(&target.github.runner)),
        container: settings.container.clone(),
        timeout_minutes: Some(settings.timeout(pipeline.kind.name(), &job.id, job.timeout_minutes)),
        environment: job
            .environment
            .as_ref()
            .map(|environment| environment.name.clone()),
        permissions: permissions(target, pipeline, job),
        env: env(&job.env),
        defaults: folder.map(|folder| defaults(Some(folder))),
        outputs: job.outputs.iter().map(output).collect(),
        steps: if target.github.caches && pipeline.kind == Kind::Ci {
            steps.map(cached).collect()
        } else {
            steps.collect()
        },
        ..Job::default()
    }
}

fn runs_on(runner: &Runner) -> RunsOn {
    match runner {
        Runner::Label(label) => RunsOn {
            label: Some(label.clone()),
            ..RunsOn::default()
        },
        Runner::Labels(labels) => RunsOn {
            labels: labels.clone(),
            ..RunsOn::default()
        },
        Runner::Group { group, labels } => RunsOn {
            label: None,
            labels: labels.clone(),
            group: Some(group.clone()),
        },
    }
}

/// A step that keeps what it downloads, where it is one that can. What a pull request keeps only
/// that pull request sees.
fn cached(mut step: Step) -> Step {
    if let Some(inputs) = &mut step.inputs
        && inputs.enable_cache.is_some()
    {
        inputs.enable_cache = Some(true);
        inputs.comment = "Packages are kept from run to run.".into();
    }
    step
}

/// Whether the shell lines of a job belong in the spec's folder, which only a checkout brings.
fn works_in_folder(job: &plan::Job) -> bool {
    let in_folder = |action: &Action| {
        matches!(
            action,
            Action::Command { .. }
                | Action::Bundle(_)
                | Action::Gate(_)
                | Action::Promote(_)
                | Action::Rollout(_)
                | Action::Rollback(_)
                | Action::Monitor(_)
        )
    };
    job.steps.iter().any(|step| in_folder(&step.action))
}

/// What the steps need, and what the spec asks for. A job that needs nothing gets nothing.
fn permissions(target: &GithubTarget, pipeline: &Pipeline, job: &plan::Job) -> Mapping<Permission> {
    let mut permissions: Vec<(&str, Permission)> = Vec::new();
    for step in &job.steps {
        for (scope, access, what_for) in needed(&step.action) {
            permissions.push((scope, permission(*access, what_for)));
        }
    }
    if job.steps.iter().any(|step| signs_in(&step.action)) {
        let what_for = "to sign in as this job";
        permissions.push(("id-token", permission(Access::Write, what_for)));
    }
    for (kind, id, scope, access) in &target.github.permissions {
        if kind == pipeline.kind.name() && *id == job.id {
            let access = match access.as_str() {
                "write" => Access::Write,
                _ => Access::Read,
            };
            let known = permissions.iter().find(|(known, _)| known == scope);
            // What gatewright needs is not taken away.
            if known.is_none_or(|(_, permission)| permission.access == Access::Read) {
                permissions.push((scope, permission(access, "as the spec asks")));
            }
        }
    }
    permissions.into_iter().collect()
}

fn permission(access: Access, what_for: &str) -> Permission {
    let comment = Comment::from(what_for);
    Permission { access, comment }
}

/// Whether a step signs in with the identity of its job.
fn signs_in(action: &Action) -> bool {
    action
        .env()
        .is_some_and(|env| env.values().any(|value| *value == Value::WorkloadIdentity))
}

fn needed(action: &Action) -> &'static [(&'static str, Access, &'static str)] {
    match action {
        Action::Checkout(_) => &[("contents", Access::Read, "to check out the repository")],
        Action::Comment(_) => &[(
            "pull-requests",
            Access::Write,
            "to keep the comment on the pull request",
        )],
        Action::Monitor(MonitorCheck { trigger: true, .. }) => {
            &[("actions", Access::Write, "to start a delivery")]
        }
        Action::Promote(PromoteCall { approved: true, .. }) => {
            &[("actions", Access::Read, "to see who approved this run")]
        }
        Action::SignInToAzure => &[("id-token", Access::Write, "to sign in to Azure as this job")],
        Action::Attest(_) => &[
            ("id-token", Access::Write, "to sign in the name of this job"),
            ("attestations", Access::Write, "to keep what was signed"),
        ],
        _ => &[],
    }
}

/// Variables as GitHub writes them.
pub(super) fn env(env: &Env) -> Mapping<String> {
    env.iter()
        .map(|(name, value)| (name, expression::value(value)))
        .collect()
}

fn output(output: &plan::Output) -> (String, String) {
    let value = format!("${{{{ steps.{}.outputs.{} }}}}", output.step, output.name);
    (output.name.clone(), value)
}
