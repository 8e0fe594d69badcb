//! From a planned job to a job of a workflow.

use super::expression;
use super::model::{Access, Job, Permissions};
use super::step;
use super::workflow::defaults;
use crate::plan::{self, Action, Comment, Env, GithubTarget, Mapping, Process};

/// One job.
pub(super) fn job(process: &Process, target: &GithubTarget, job: &plan::Job) -> Job {
    let folder = process.folder.as_deref().filter(|_| works_in_folder(job));
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
        steps: job
            .steps
            .iter()
            .map(|step| step::step(process, target, job, step))
            .collect(),
    }
}

/// Whether the shell lines of a job belong in the spec's folder.
fn works_in_folder(job: &plan::Job) -> bool {
    let in_folder = |action: &Action| matches!(action, Action::Command { .. } | Action::Gate(_));
    job.steps.iter().any(|step| in_folder(&step.action))
}

/// Only what the steps need; a job that fetches nothing needs nothing.
fn permissions(job: &plan::Job) -> Option<Permissions> {
    let fetches = job.steps.iter().any(|step| step.action == Action::Checkout);
    fetches.then(|| Permissions {
        contents: Access::Read,
        contents_comment: "to check out the repository".into(),
    })
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
