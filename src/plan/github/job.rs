//! From a planned job to a job of a workflow.

use super::expression;
use super::model::{Access, Job, Permission};
use super::step;
use super::workflow::defaults;
use crate::plan::{self, Action, Comment, Env, GithubTarget, Mapping, MonitorCheck, Process};

/// One job.
pub(super) fn job(process: &Process, target: &GithubTarget, job: &plan::Job) -> Job {
    let folder = process.folder.as_deref().filter(|_| works_in_folder(job));
    let steps = job.steps.iter();
    Job {
        comment: Comment::from(job.why.as_str()),
        name: job.name.clone(),
        condition: expression::condition(&job.when),
        needs: job.needs.clone(),
        runs_on: target.runner.clone(),
        timeout_minutes: job.timeout_minutes,
        environment: job
            .environment
            .as_ref()
            .map(|environment| environment.name.clone()),
        permissions: permissions(job),
        env: env(&job.env),
        defaults: folder.map(|folder| defaults(Some(folder))),
        outputs: job.outputs.iter().map(output).collect(),
        steps: steps
            .flat_map(|step| step::steps(process, target, job, step))
            .collect(),
    }
}

/// Whether the shell lines of a job belong in the spec's folder, which only a checkout brings.
fn works_in_folder(job: &plan::Job) -> bool {
    let in_folder = |action: &Action| {
        matches!(
            action,
            Action::Command { .. }
                | Action::Gate(_)
                | Action::Promote(_)
                | Action::Rollback(_)
                | Action::Monitor(_)
        )
    };
    job.steps.iter().any(|step| in_folder(&step.action))
}

/// Only what the steps need; a job whose steps need nothing gets nothing.
fn permissions(job: &plan::Job) -> Mapping<Permission> {
    let mut permissions = Vec::new();
    for step in &job.steps {
        for (scope, access, what_for) in needed(&step.action) {
            let comment = Comment::from(*what_for);
            let access = *access;
            permissions.push((*scope, Permission { access, comment }));
        }
    }
    permissions.into_iter().collect()
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
