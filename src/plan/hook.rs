//! Hooks: files of the user's own between the steps and beside the jobs of a plan.
//!
//! The one decision here: a hook beside a stage or a step is a step, on the same machine, with the
//! same files and whatever its job may do. A hook beside a job is a job, with nothing of the other
//! but its place in the order.

use super::action::{Action, HookCall};
use super::error::{PlanError, Problem};
use super::hook_plan::HookPlan;
use super::hook_problem::HookProblem;
use super::job::{Job, Step, Value};
use super::patch::same_variable;
use super::place::{self, Wrong, ids, unknown};
use super::process::{Kind, Pipeline, Process};
use super::step::{self, plain};
use super::{hook_job, refs, text};
use crate::spec::{Hook, HookPlace, Side, Spec};

/// The version of the document that hooks get.
const VERSION: u32 = 1;

/// What the texts of hooks must not hold.
pub(super) fn check(spec: &Spec) -> Vec<PlanError> {
    let mut errors = Vec::new();
    for (index, hook) in spec.ci.hooks.iter().enumerate() {
        let index = index.to_string();
        let side = hook.side.name();
        for (provider, path) in [("github", &hook.github), ("azure", &hook.azure)] {
            let Some(path) = path else { continue };
            let elsewhere = path.contains('@').then(|| {
                let path = path.clone();
                Problem::Hook(HookProblem::Elsewhere { path })
            });
            let at = ["ci", "hooks", &index, side, provider];
            let problem = text::path(path).or(elsewhere);
            errors.extend(problem.map(|problem| PlanError::new(&at, problem)));
        }
        for (number, name) in hook.secrets.iter().enumerate() {
            let at = ["ci", "hooks", &index, "secrets", &number.to_string()];
            errors.extend(text::variable(name).map(|problem| PlanError::new(&at, problem)));
        }
    }
    errors
}

/// Where a change to a hook is one of the project.
pub(super) fn sources(process: &Process, spec: &Spec) -> Vec<String> {
    let mut sources = Vec::new();
    for hook in &spec.ci.hooks {
        let github = hook.github.iter().filter(|_| process.github.is_some());
        sources.extend(github.map(|path| match hook.place {
            HookPlace::Job(_) => path.clone(),
            _ => format!("{path}/"),
        }));
        let azure = hook.azure.iter().filter(|_| process.azure.is_some());
        sources.extend(azure.cloned());
    }
    sources
}

/// Puts every hook where it belongs; gives those that belong nowhere.
pub(super) fn apply(process: &mut Process, spec: &Spec) -> Vec<PlanError> {
    let mut errors = Vec::new();
    for (index, hook) in spec.ci.hooks.iter().enumerate() {
        if let Err((key, problem)) = one(&mut process.pipelines, spec, hook) {
            let path = ["ci", "hooks", &index.to_string(), key];
            errors.push(PlanError::new(&path, problem));
        }
    }
    errors
}

fn one(pipelines: &mut [Pipeline], spec: &Spec, hook: &Hook) -> Result<(), Wrong> {
    let named = hook.pipeline.as_deref();
    match &hook.place {
        HookPlace::Stage(stage) => of_stage(pipelines, spec, hook, stage),
        HookPlace::Job(id) => {
            hook_job::beside(place::pipeline(pipelines, named, id)?, spec, hook, id)
        }
        HookPlace::Step { job, step } => {
            let pipeline = place::pipeline(pipelines, named, job)?;
            let kind = pipeline.kind;
            let job = place::job(pipeline, job)?;
            let ids = ids(&job.steps);
            match ids.iter().position(|id| id == step) {
                Some(position) => between(spec, hook, kind, job, position),
                None => Err(("step", unknown("step", step, ids))),
            }
        }
    }
}

fn of_stage(
    pipelines: &mut [Pipeline],
    spec: &Spec,
    hook: &Hook,
    stage: &str,
) -> Result<(), Wrong> {
    let names = || spec.stages.iter().map(|stage| stage.name.clone());
    if !names().any(|name| name == stage) {
        return Err(("stage", unknown("stage", stage, names().collect())));
    }
    if let Some(name) = &hook.pipeline
        && !pipelines.iter().any(|one| one.kind.name() == name)
    {
        let kinds = pipelines.iter().map(|one| one.kind.name().to_owned());
        return Err(("pipeline", unknown("pipeline", name, kinds.collect())));
    }
    let no_step = |environment: Option<&str>| {
        let problem = HookProblem::OnDatabricks {
            stage: stage.to_owned(),
            environment: environment.map(str::to_owned),
        };
        ("stage", Problem::Hook(problem))
    };
    let wanted = |kind: Kind| {
        hook.pipeline
            .as_deref()
            .is_none_or(|name| name == kind.name())
    };
    let elsewhere = refs::deployed(spec).find(|(environment, _)| environment.databricks.is_some());
    if let Some((environment, _)) = elsewhere.filter(|_| wanted(Kind::Deliver)) {
        // To be called in some environments and not in others would be nobody's intention.
        return Err(no_step(Some(&environment.name)));
    }
    let name = step::stage_name(stage);
    let mut is_called = false;
    for pipeline in pipelines.iter_mut().filter(|one| wanted(one.kind)) {
        for job in &mut pipeline.jobs {
            if let Some(position) = job.steps.iter().position(|step| step.name == name) {
                between(spec, hook, pipeline.kind, job, position)?;
                is_called = true;
            }
        }
    }
    if is_called {
        Ok(())
    } else {
        Err(no_step(None))
    }
}

/// A step beside the one at this position.
fn between(
    spec: &Spec,
    hook: &Hook,
    kind: Kind,
    job: &mut Job,
    position: usize,
) -> Result<(), Wrong> {
    let Some(place) = job.steps.get(position) else {
        return Ok(());
    };
    let name = format!("{} {}", capital(hook.side), lower(&place.name));
    let at = match hook.side {
        Side::Before => position,
        // Hooks of one side are called in the order of the spec.
        Side::After => {
            let others = job.steps.iter().skip(position + 1);
            position + 1 + others.take_while(|step| step.name == name).count()
        }
    };
    let fetches = |step: &Step| matches!(step.action, Action::Checkout(_));
    if !job.steps.iter().take(at).any(fetches) {
        let job = job.id.clone();
        return Err((key(hook), Problem::Hook(HookProblem::NoRepository { job })));
    }
    let moves = |step: &Step| matches!(step.action, Action::Promote(_) | Action::Rollback(_));
    if job.steps.iter().any(moves) {
        let job = job.id.clone();
        return Err((key(hook), Problem::Hook(HookProblem::MovesAlias { job })));
    }
    if kind == Kind::Ci && job.environment.is_some() {
        let job = job.id.clone();
        return Err((key(hook), Problem::Hook(HookProblem::SignsIn { job })));
    }
    let mut plan = plan(spec, hook, kind, job);
    plan.step = ids(&job.steps).into_iter().nth(position);
    let call = call(hook, kind, &plan, false)?;
    same_variable(job.env.keys().chain(call.env.keys()))
        .map_err(|(_, wrong)| ("secrets", wrong))?;
    if let Some(environment) = job.environment.as_mut().filter(|_| !call.env.is_empty()) {
        environment.has_settings = true;
    }
    let why = "A hook of the spec. It may do what this job may.";
    job.steps
        .insert(at, plain(name, Action::Hook(call)).because(why));
    Ok(())
}

pub(super) fn call(
    hook: &Hook,
    kind: Kind,
    plan: &HookPlan,
    is_job: bool,
) -> Result<HookCall, Wrong> {
    let is_proposed = matches!(kind, Kind::Ci | Kind::Preview);
    if is_proposed && !hook.secrets.is_empty() {
        let pipeline = kind.name();
        let problem = HookProblem::SecretsOfProposal { pipeline };
        return Err(("secrets", Problem::Hook(problem)));
    }
    let secret = |name: &String| (name.clone(), Value::Secret(name.clone()));
    Ok(HookCall {
        github: hook.github.clone(),
        azure: hook.azure.clone(),
        is_job,
        plan: plan.text(),
        env: hook.secrets.iter().map(secret).collect(),
    })
}

pub(super) fn plan(spec: &Spec, hook: &Hook, kind: Kind, job: &Job) -> HookPlan {
    let ours = job.environment.as_ref().and_then(|there| {
        let names = spec
            .environments
            .iter()
            .map(|environment| &environment.name);
        let mut names =
            names.filter(|name| **name == there.name || step::promotion_id(name) == there.name);
        names.next().cloned()
    });
    HookPlan {
        version: VERSION,
        project: spec.project.clone(),
        spec: spec.path.clone(),
        pipeline: kind.name().to_owned(),
        job: job.id.clone(),
        step: None,
        stage: match &hook.place {
            HookPlace::Stage(stage) => Some(stage.clone()),
            _ => None,
        },
        environment: ours,
        when: hook.side.name().to_owned(),
    }
}

fn key(hook: &Hook) -> &'static str {
    match hook.place {
        HookPlace::Stage(_) => "stage",
        HookPlace::Job(_) => "job",
        HookPlace::Step { .. } => "step",
    }
}

pub(super) fn capital(side: Side) -> &'static str {
    match side {
        Side::Before => "Before",
        Side::After => "After",
    }
}

fn lower(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}

/// The hook that a job is there for.
pub(super) fn of_job(job: &Job) -> Option<&HookCall> {
    job.steps.iter().find_map(|step| match &step.action {
        Action::Hook(call) if call.is_job => Some(call),
        _ => None,
    })
}

/// A pipeline as one provider has it: without the hooks that call nothing there.
pub(super) fn on(pipeline: &Pipeline, path: fn(&HookCall) -> Option<&String>) -> Pipeline {
    let calls = |step: &Step| match &step.action {
        Action::Hook(call) => path(call).is_some(),
        _ => true,
    };
    let mut pipeline = pipeline.clone();
    let is_gone = |job: &Job| of_job(job).is_some_and(|call| path(call).is_none());
    let gone: Vec<_> = pipeline
        .jobs
        .iter()
        .filter(|job| is_gone(job))
        .map(|job| job.id.clone())
        .collect();
    pipeline.jobs.retain(|job| !gone.contains(&job.id));
    for job in &mut pipeline.jobs {
        job.needs.retain(|id| !gone.contains(id));
        job.steps.retain(calls);
    }
    pipeline
}
