//! From a planned hook to a step or a job of a workflow.
//!
//! The one decision here: a hook beside a job is called as a reusable workflow and has a token of its
//! own; one between steps is an action, which has the token of its job. Secrets go by name. What is
//! called is the file of the commit that runs, which no step before it can have changed:
//! <https://github.blog/changelog/2026-07-30-reference-same-repository-actions-with-self-repository-syntax/>.

use super::expression;
use super::job::env;
use super::model::{Job, Permission};
use super::parts::{Inputs, Step};
use crate::plan::{self, Comment, GithubTarget, HookCall, Mapping};

/// A hook between steps.
pub(super) fn step(target: &GithubTarget, call: &HookCall) -> Step {
    Step {
        uses: path(target, call),
        uses_comment: "of this commit".into(),
        inputs: Some(told(call)),
        env: env(&call.env),
        ..Step::default()
    }
}

/// A hook that is a job. How long it may take, and where it runs, its own file says.
pub(super) fn job(
    target: &GithubTarget,
    job: &plan::Job,
    call: &HookCall,
    permissions: Mapping<Permission>,
) -> Job {
    Job {
        comment: Comment::from(job.why.as_str()),
        name: job.name.clone(),
        condition: expression::condition(&job.when),
        needs: job.needs.clone(),
        permissions,
        uses: path(target, call),
        inputs: Some(told(call)),
        secrets: env(&call.env),
        ..Job::default()
    }
}

/// A GitHub Enterprise Server knows only files of the workspace.
fn path(target: &GithubTarget, call: &HookCall) -> Option<String> {
    let root = if target.github.enterprise_server {
        "./"
    } else {
        "$/"
    };
    call.github.as_ref().map(|path| format!("{root}{path}"))
}

fn told(call: &HookCall) -> Inputs {
    Inputs {
        plan: Some(call.plan.clone()),
        ..Inputs::default()
    }
}
