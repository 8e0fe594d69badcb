//! Patches applied to a planned process.
//!
//! The one decision here: what makes a pipeline safe cannot be patched away. Commands, reports and
//! set-up steps can; a gate that may block, what moves between jobs, and the required check cannot.

use indexmap::IndexMap;

use super::action::Action;
use super::error::{PlanError, Problem};
use super::hook;
use super::job::{Env, Job, Moment, Step, Value};
use super::patch_problem::PatchProblem;
use super::place::{self, Wrong, ids, job, unknown};
use super::process::{Pipeline, Process};
use crate::spec::{Patch, PatchChange, PatchSettings, PatchStep};

/// Applies every patch, each to what the ones before it have left.
///
/// # Errors
/// Every patch that cannot be applied.
pub(super) fn apply(process: &mut Process, patches: &[Patch]) -> Result<(), Vec<PlanError>> {
    let mut errors = Vec::new();
    for (index, patch) in patches.iter().enumerate() {
        if let Err((key, problem)) = one(&mut process.pipelines, patch) {
            let path = ["ci", "patches", &index.to_string(), key];
            errors.push(PlanError::new(&path, problem));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn one(pipelines: &mut [Pipeline], patch: &Patch) -> Result<(), Wrong> {
    let pipeline = place::pipeline(pipelines, patch.pipeline.as_deref(), &patch.job)?;
    is_open(job(pipeline, &patch.job)?, patch)?;
    let Some(step) = &patch.step else {
        return of_job(pipeline, patch);
    };
    let job = job(pipeline, &patch.job)?;
    let ids = ids(&job.steps);
    let Some(position) = ids.iter().position(|id| id == step) else {
        return Err(("step", unknown("step", step, ids)));
    };
    match &patch.change {
        PatchChange::InsertBefore(new) => insert(job, position, new),
        PatchChange::InsertAfter(new) => insert(job, position + 1, new),
        PatchChange::Remove => {
            let what = || format!("the step `{step}`");
            if job.steps.get(position).is_some_and(is_essential) {
                return Err(("remove", essential(what())));
            }
            job.steps.remove(position);
            Ok(())
        }
        PatchChange::Set(settings) => set_step(job, position, step, settings),
    }
}

/// A job that is a hook has no steps of ours, and on GitHub nothing but a name.
fn is_open(job: &Job, patch: &Patch) -> Result<(), Wrong> {
    let names = |settings: &PatchSettings| {
        let name = settings.name.clone();
        let only = PatchSettings {
            name,
            ..PatchSettings::default()
        };
        *settings == only
    };
    let is_fine = match &patch.change {
        PatchChange::Remove => patch.step.is_none(),
        PatchChange::Set(settings) => patch.step.is_none() && names(settings),
        _ => false,
    };
    if is_fine || hook::of_job(job).is_none() {
        return Ok(());
    }
    let job = job.id.clone();
    Err(("job", Problem::Patch(PatchProblem::Hook { job })))
}

fn of_job(pipeline: &mut Pipeline, patch: &Patch) -> Result<(), Wrong> {
    if patch.change == PatchChange::Remove {
        return remove_job(pipeline, &patch.job);
    }
    let job = job(pipeline, &patch.job)?;
    match &patch.change {
        PatchChange::InsertBefore(new) => insert(job, 0, new),
        PatchChange::InsertAfter(new) => insert(job, job.steps.len(), new),
        PatchChange::Set(settings) => set_job(job, settings),
        PatchChange::Remove => Ok(()),
    }
}

fn remove_job(pipeline: &mut Pipeline, id: &str) -> Result<(), Wrong> {
    let is_it = |job: &&Job| job.id == id;
    if pipeline
        .jobs
        .iter()
        .find(is_it)
        .is_some_and(|job| job.steps.iter().any(is_essential))
    {
        return Err(("remove", essential(format!("the job `{id}`"))));
    }
    let gathers = |job: &Job| {
        job.steps
            .iter()
            .any(|step| matches!(step.action, Action::Aggregate(_)))
    };
    let needs = |job: &&Job| job.needs.iter().any(|needed| needed == id);
    if let Some(other) = pipeline.jobs.iter().filter(needs).find(|job| !gathers(job)) {
        let problem = PatchProblem::Needed {
            job: id.to_owned(),
            by: other.id.clone(),
        };
        return Err(("remove", Problem::Patch(problem)));
    }
    pipeline.jobs.retain(|job| job.id != id);
    for job in &mut pipeline.jobs {
        job.needs.retain(|needed| needed != id);
    }
    Ok(())
}

fn set_job(job: &mut Job, settings: &PatchSettings) -> Result<(), Wrong> {
    if settings.run.is_some() {
        let problem = PatchProblem::NotThere {
            what: format!("the job `{}`", job.id),
            key: "run",
        };
        return Err(("set", Problem::Patch(problem)));
    }
    if let Some(name) = &settings.name {
        job.name.clone_from(name);
    }
    job.timeout_minutes = settings.timeout_minutes.unwrap_or(job.timeout_minutes);
    add(&mut job.env, &settings.env);
    same_variable(job.env.keys())
}

fn set_step(
    job: &mut Job,
    position: usize,
    id: &str,
    settings: &PatchSettings,
) -> Result<(), Wrong> {
    let Some(step) = job.steps.get_mut(position) else {
        return Ok(());
    };
    if let Some(name) = &settings.name {
        step.name.clone_from(name);
    }
    let Action::Command {
        run,
        env,
        timeout_minutes,
        ..
    } = &mut step.action
    else {
        let asked = [
            ("run", settings.run.is_some()),
            ("env", !settings.env.is_empty()),
            ("timeout", settings.timeout_minutes.is_some()),
        ];
        return match asked.into_iter().find(|(_, asked)| *asked) {
            None => Ok(()),
            Some((key, _)) => {
                let what = format!("the step `{id}`");
                Err(("set", Problem::Patch(PatchProblem::NotThere { what, key })))
            }
        };
    };
    if let Some(command) = &settings.run {
        run.clone_from(command);
    }
    *timeout_minutes = settings.timeout_minutes.or(*timeout_minutes);
    add(env, &settings.env);
    same_variable(job.env.keys().chain(env.keys()))
}

fn insert(job: &mut Job, position: usize, new: &PatchStep) -> Result<(), Wrong> {
    let mut env = Env::new();
    add(&mut env, &new.env);
    same_variable(job.env.keys().chain(env.keys()))?;
    let step = Step {
        name: new.name.clone(),
        why: String::new(),
        moment: Moment::WhileGood,
        action: Action::Command {
            run: new.run.clone(),
            env,
            timeout_minutes: new.timeout_minutes,
            retries: 0,
        },
    };
    job.steps.insert(position.min(job.steps.len()), step);
    Ok(())
}

fn add(env: &mut Env, more: &IndexMap<String, String>) {
    for (name, value) in more {
        env.insert(name.clone(), Value::Literal(value.clone()));
    }
}

/// Neither provider tells names apart that differ in case only.
pub(super) fn same_variable<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), Wrong> {
    let mut known: IndexMap<String, &String> = IndexMap::new();
    for name in names {
        match known.insert(name.to_ascii_uppercase(), name) {
            Some(first) if first != name => {
                let problem = Problem::SameVariable {
                    first: first.clone(),
                    second: name.clone(),
                };
                return Err(("job", problem));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether leaving it out would leave a hole: everything that is not known to be harmless.
fn is_essential(step: &Step) -> bool {
    match &step.action {
        Action::Gate(check) => !check.report_only,
        Action::Checkout(_)
        | Action::Python(_)
        | Action::Uv
        | Action::Gatewright
        | Action::VirtualEnvironment
        | Action::Command { .. }
        | Action::Hook(_)
        | Action::ValidateSpec
        | Action::CheckDrift
        | Action::PublishTests(_)
        | Action::PublishDecisions(_) => false,
        _ => true,
    }
}

fn essential(what: String) -> Problem {
    Problem::Patch(PatchProblem::Essential { what })
}
