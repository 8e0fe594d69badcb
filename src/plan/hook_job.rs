//! Hooks that are jobs of their own.
//!
//! The one decision here: whoever waits for a job waits for the hook after it, but for what looks
//! whether a promotion went well.

use super::action::Action;
use super::error::Problem;
use super::hook::{call, capital, plan};
use super::hook_problem::HookProblem;
use super::job::{Env, Job, When};
use super::place::{self, Wrong};
use super::process::Pipeline;
use super::step::{self, plain};
use crate::spec::{Hook, Side, Spec};

/// A job beside the one of this id.
pub(super) fn beside(
    pipeline: &mut Pipeline,
    spec: &Spec,
    hook: &Hook,
    id: &str,
) -> Result<(), Wrong> {
    let own = free(pipeline, &format!("{id}-{}", hook.side.name()));
    let kind = pipeline.kind;
    let other = place::job(pipeline, id)?;
    if matches!(other.when, When::Always | When::Unverified { .. }) {
        let job = id.to_owned();
        return Err(("job", Problem::Hook(HookProblem::Last { job })));
    }
    let call = call(hook, kind, &plan(spec, hook, kind, other), true)?;
    let why = match hook.side {
        Side::Before => format!("A hook of the spec: `{id}` waits for it."),
        Side::After => format!("A hook of the spec, for when `{id}` went well."),
    };
    let mut job = Job {
        name: format!("{} {}", capital(hook.side), other.name),
        why,
        needs: other.needs.clone(),
        when: other.when.clone(),
        environment: None,
        timeout_minutes: step::ALLOWANCE * 2,
        env: Env::new(),
        outputs: Vec::new(),
        steps: vec![step::checkout(), plain("Call the hook", Action::Hook(call))],
        id: own,
    };
    match hook.side {
        Side::Before => other.needs.push(job.id.clone()),
        Side::After => job.needs.push(id.to_owned()),
    }
    hold(pipeline, hook.side, id, &job.id);
    let position = pipeline.jobs.iter().position(|one| one.id == id);
    let after = usize::from(hook.side == Side::After);
    let position = position.map_or(pipeline.jobs.len(), |position| position + after);
    pipeline.jobs.insert(position, job);
    Ok(())
}

/// Makes those wait for a hook that need its job: all that come after it, and for one before it the
/// required check. A verification does not: a hook that fails is no reason to put a version back.
fn hold(pipeline: &mut Pipeline, side: Side, id: &str, hook: &str) {
    let verifications: Vec<_> = pipeline
        .jobs
        .iter()
        .filter_map(|job| match &job.when {
            When::Unverified {
                promotion,
                verification,
            } if promotion == id => Some(verification.clone()),
            _ => None,
        })
        .collect();
    for job in &mut pipeline.jobs {
        let gathers = job
            .steps
            .iter()
            .any(|step| matches!(step.action, Action::Aggregate(_)));
        let is_free =
            verifications.contains(&job.id) || matches!(job.when, When::Unverified { .. });
        let needs = job.needs.iter().any(|needed| needed == id);
        if needs && !is_free && (gathers || side == Side::After) {
            job.needs.push(hook.to_owned());
        }
    }
}

/// The id, or with a number the first of its kind that is free.
fn free(pipeline: &Pipeline, id: &str) -> String {
    let same = |one: &str, other: &str| one.replace('-', "_") == other.replace('-', "_");
    let is_free = |id: &String| !pipeline.jobs.iter().any(|job| same(&job.id, id));
    let numbered = (2_u32..).map(|number| format!("{id}-{number}"));
    std::iter::once(id.to_owned())
        .chain(numbered)
        .find(is_free)
        .unwrap_or_default()
}
