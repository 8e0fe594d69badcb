//! Whether stages, environments and the rest of the spec agree on where things run.
//!
//! The one decision here: the stages of an environment run in one place. A process that is half on
//! a runner and half in a job would have two orders, two logs and no gate that saw all of it.

use std::collections::BTreeMap;

use super::reference;
use crate::diagnostic::{Code, Diagnostic};
use crate::spec::databricks::{Compute, JOB_PARAMETERS};
use crate::spec::validate::context::{Context, join};
use crate::spec::{Environment, Install, Spec, Stage, Work};

/// Everything that only shows when all of the spec is known.
pub(in crate::spec::validate) fn placement(
    context: &mut Context<'_>,
    spec: &Spec,
    compute: &Compute,
) {
    // What the schema has refused is no ground to say more about.
    if ["/compute", "/stages", "/environments"]
        .iter()
        .any(|key| context.is_misfit(key))
    {
        return;
    }
    for stage in &spec.stages {
        place(context, spec, stage, compute);
        parameters(context, spec, stage);
        own_job(context, spec, stage);
    }
    for environment in &spec.environments {
        agrees(context, environment);
    }
    let anywhere = spec
        .environments
        .iter()
        .map(|one| &one.compute)
        .chain([compute]);
    if anywhere.into_iter().any(|one| *one != Compute::Runner) {
        task_keys(context, spec);
        whole(context, spec);
    } else if !spec.quality_monitors.is_empty() {
        let message = "quality monitors are profiles that Databricks makes".to_owned();
        let help = "write `compute: databricks`, or remove them";
        context.error(Code::InvalidValue, "/quality_monitors", message, help);
    }
}

/// A stage is where its environments are, and its work is of that place.
fn place(context: &mut Context<'_>, spec: &Spec, stage: &Stage, compute: &Compute) {
    let name = &stage.name;
    let pointer = join("/stages", name);
    let here = spec
        .environments
        .iter()
        .map(|one| (Some(&one.name), &one.compute));
    let nowhere = spec.environments.is_empty().then_some((None, compute));
    for (environment, compute) in here.chain(nowhere) {
        let whose = environment.map_or("the spec".to_owned(), |name| format!("`{name}`"));
        let on_databricks = *compute != Compute::Runner;
        if stage
            .compute
            .as_ref()
            .is_some_and(|own| (*own != Compute::Runner) != on_databricks)
        {
            let message = format!("{whose} runs its stages elsewhere than `{name}`");
            let help = "the stages of an environment run in one place; a stage may only choose other machines there";
            context.error(
                Code::InvalidValue,
                &join(&pointer, "compute"),
                message,
                help,
            );
            return;
        }
        let (key, what) = kind(&stage.work);
        if on_databricks && stage.command().is_some_and(|run| !run.is_empty()) {
            let message = format!("`{name}` is {what}, and {whose} runs its stages on Databricks");
            let help =
                "give it a `notebook`, a `python_file` or a `wheel`; or write `compute: runner`";
            context.error(Code::InvalidValue, &join(&pointer, key), message, help);
            return;
        }
        if !on_databricks && stage.command().is_none() {
            let message = format!("`{name}` is {what}, and {whose} runs its stages on a CI runner");
            let help = "write `compute: databricks`, or give it a `run` command";
            context.error(Code::InvalidValue, &join(&pointer, key), message, help);
            return;
        }
    }
}

fn kind(work: &Work) -> (&'static str, &'static str) {
    match work {
        Work::Command(_) => ("run", "a shell command"),
        Work::Notebook(_) => ("notebook", "a notebook"),
        Work::PythonFile(_) => ("python_file", "a Python file on Databricks"),
        Work::Wheel { .. } => ("wheel", "a wheel on Databricks"),
    }
}

/// A command is told by variables, a task by parameters; both refer to what there is.
fn parameters(context: &mut Context<'_>, spec: &Spec, stage: &Stage) {
    let pointer = join("/stages", &stage.name);
    if stage.command().is_some() {
        if !stage.parameters.is_empty() {
            let message = "a command has no parameters".to_owned();
            let help = "write them into `run`, or use `env`";
            context.error(
                Code::InvalidValue,
                &join(&pointer, "parameters"),
                message,
                help,
            );
        }
        return;
    }
    if !stage.env.is_empty() {
        let message = "a task on Databricks gets no environment variables".to_owned();
        let help = "use `parameters`";
        context.error(Code::InvalidValue, &join(&pointer, "env"), message, help);
    }
    for (name, value) in &stage.parameters {
        if let Some((message, help)) = reference::dangling(spec, value) {
            let pointer = join(&join(&pointer, "parameters"), name);
            context.error(Code::UnknownReference, &pointer, message, &help);
        }
    }
}

/// A stage with a schedule is a job of its own, so nothing comes before or after it.
fn own_job(context: &mut Context<'_>, spec: &Spec, stage: &Stage) {
    if stage.schedule.is_none() {
        return;
    }
    let name = &stage.name;
    let pointer = join("/stages", name);
    let needed_by = spec.stages.iter().find(|other| other.needs.contains(name));
    if stage.command().is_some() {
        let message = format!(
            "`{name}` is a shell command, and only a job on Databricks has a schedule of its own"
        );
        let help = "write `compute: databricks`, or let a scheduled pipeline of yours call it";
        context.error(
            Code::InvalidValue,
            &join(&pointer, "schedule"),
            message,
            help,
        );
    } else if let Some(other) = needed_by {
        let message = format!(
            "`{name}` is a job of its own, and `{}` needs it",
            other.name
        );
        let help = "remove the schedule, or the need";
        context.error(
            Code::InvalidValue,
            &join(&pointer, "schedule"),
            message,
            help,
        );
    } else if !stage.needs.is_empty() {
        let message = format!("`{name}` is a job of its own, and waits for no other stage");
        let help = "remove `needs` or `schedule`";
        context.error(Code::InvalidValue, &join(&pointer, "needs"), message, help);
    }
}

/// An environment on Databricks has a workspace, and one on a runner has none.
fn agrees(context: &mut Context<'_>, environment: &Environment) {
    let name = &environment.name;
    let pointer = join("/environments", name);
    match (&environment.compute, &environment.databricks) {
        (Compute::Databricks(_), None) => {
            let span = context.key_span(&pointer);
            let message = format!("`{name}` runs its stages on Databricks, and nothing says where");
            let help = "add `databricks: {host: https://..., catalog: ...}`, or `compute: runner`";
            context.report(Diagnostic::error(Code::MissingKey, span, message).help(help));
        }
        (Compute::Runner, Some(_)) => {
            let message =
                format!("`{name}` runs its stages on a CI runner, which needs no workspace");
            let help = "write `compute: databricks`, or remove it";
            context.error(
                Code::InvalidValue,
                &join(&pointer, "databricks"),
                message,
                help,
            );
        }
        _ => {}
    }
}

/// Tasks know no `-`, and the gates and the promotion are tasks as well.
fn task_keys(context: &mut Context<'_>, spec: &Spec) {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    known.insert("promotion".to_owned(), "the promotion".to_owned());
    for gate in &spec.gates {
        let key = format!("gate_{}", gate.name.replace('-', "_"));
        known.insert(key, format!("the gate `{}`", gate.name));
    }
    for stage in &spec.stages {
        let key = stage.name.replace('-', "_");
        let job = key == "training" || key.starts_with("retrain_");
        let other = match stage.schedule {
            Some(_) if job => Some("a job".to_owned()),
            _ => known.get(&key).cloned(),
        };
        if let Some(other) = other {
            let span = context.key_span(&join("/stages", &stage.name));
            let message = format!(
                "the stage `{}` and {other} would both be `{key}`",
                stage.name
            );
            context.report(Diagnostic::error(Code::NameClash, span, message).help("rename one"));
        }
        known.insert(key, format!("the stage `{}`", stage.name));
    }
}

/// What a bundle needs of the rest of the spec.
fn whole(context: &mut Context<'_>, spec: &Spec) {
    if !spec.stages.is_empty() && spec.stages.iter().all(|stage| stage.schedule.is_some()) {
        let message = "every stage has a schedule of its own, so none trains".to_owned();
        let help = "remove the schedule of the stages that make the model; when they run is `environments.*.databricks.schedule`";
        context.error(Code::InvalidValue, "/stages", message, help);
    }
    if spec.model.name.contains(['.', ' ']) {
        let message = format!("`{}` cannot name a model in Unity Catalog", spec.model.name);
        let help = "write the last part alone; catalog and schema are those of each environment";
        context.error(Code::InvalidValue, "/model/name", message, help);
    }
    if spec.ci.install != Install::Pypi {
        let message = "a task on Databricks gets gatewright from PyPI".to_owned();
        let help = "write `install: {from: pypi}`, or leave it out";
        context.error(Code::InvalidValue, "/ci/install", message, help);
    }
    for environment in &spec.environments {
        let pointer = join(&join("/environments", &environment.name), "variables");
        for name in environment.variables.keys() {
            if JOB_PARAMETERS.contains(&name.as_str()) {
                let message = format!("every job has a parameter `{name}` already");
                context.error(Code::NameClash, &join(&pointer, name), message, "rename it");
            }
        }
    }
}
