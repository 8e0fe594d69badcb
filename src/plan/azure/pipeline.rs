//! From a planned pipeline to a pipeline of Azure.

use super::expression::{condition, name};
use super::job;
use super::model::{Job, Pipeline, Pool, Stage, Variable};
use super::trigger::{parameters, pull_requests, schedules, trigger};
use crate::plan::{self, Action, AzureTarget, Comment, Kind, Process, When, hook};
use crate::spec::Machine;

/// Where the pipeline is written, from the repository root.
#[must_use]
pub fn path(process: &Process, kind: Kind) -> String {
    format!(".azure/pipelines/{}-{}.yml", process.project, kind.name())
}

/// The pipeline as Azure has it.
#[must_use]
pub fn pipeline(process: &Process, target: &AzureTarget, pipeline: &plan::Pipeline) -> Pipeline {
    let pipeline = &hook::on(pipeline, |call| call.azure.as_ref());
    Pipeline {
        comment: Comment::from(comment(pipeline)),
        parameters: parameters(pipeline),
        trigger: trigger(process, pipeline),
        pr: pull_requests(process, pipeline),
        schedules: schedules(target, pipeline),
        lock_behavior: matches!(pipeline.kind, Kind::Deliver | Kind::Rollback)
            .then(|| "sequential".to_owned()),
        pool: pool(&target.azure.machine),
        variables: pipeline
            .env
            .iter()
            .chain(&target.azure.settings.env)
            .map(|(name, value)| variable(name, value))
            .collect(),
        stages: match pipeline.kind {
            Kind::Ci | Kind::Monitor | Kind::Preview => vec![together(process, target, pipeline)],
            Kind::Deliver | Kind::Rollback => pipeline
                .jobs
                .iter()
                .map(|job| delivery(process, target, pipeline, job))
                .collect(),
        },
    }
}

fn comment(pipeline: &plan::Pipeline) -> String {
    let why = &pipeline.why;
    match pipeline.kind {
        Kind::Monitor => why.clone(),
        Kind::Preview => format!(
            "{why} Azure tells nobody that a pull request was closed, so all of it is in one run. In \
             Azure Repos `pr` has no effect: add this pipeline as an optional build validation of the \
             branch."
        ),
        Kind::Rollback => {
            format!("{why} The checks of the environment apply, its approval among them.")
        }
        Kind::Ci => format!(
            "{why} In Azure Repos `pr` has no effect: require this pipeline by a build validation \
             policy of the branch."
        ),
        Kind::Deliver => format!(
            "{why} Give every environment named here the check `Exclusive lock`: then deliveries \
             wait for each other, in order, and a pending approval is never cancelled."
        ),
    }
}

/// A named variable.
pub(super) fn variable(name: &str, value: &str) -> Variable {
    Variable {
        name: Some(name.to_owned()),
        value: Some(value.to_owned()),
        ..Variable::default()
    }
}

/// All jobs in one stage, but those of an event that there is not. Azure's check is the pipeline as a whole: it needs no aggregator.
fn together(process: &Process, target: &AzureTarget, pipeline: &plan::Pipeline) -> Stage {
    let aggregates = |job: &&plan::Job| {
        job.steps
            .iter()
            .any(|step| matches!(step.action, Action::Aggregate(_)))
    };
    let jobs = pipeline
        .jobs
        .iter()
        .filter(|job| !aggregates(job) && job.when != When::Closed);
    Stage {
        comment: Comment::default(),
        stage: pipeline.kind.name().to_owned(),
        display_name: pipeline.name.clone(),
        depends_on: Vec::new(),
        condition: None,
        jobs: jobs
            .map(|job| limited(target, pipeline, &job.id, job::job(process, job)))
            .collect(),
    }
}

/// A job with what the spec says about all of them, and its own limit.
fn limited(target: &AzureTarget, pipeline: &plan::Pipeline, id: &str, job: Job) -> Job {
    let settings = &target.azure.settings;
    let planned = job.timeout_in_minutes.parse().unwrap_or_default();
    let minutes = settings.timeout(pipeline.kind.name(), id, planned);
    Job {
        container: settings.container.clone(),
        timeout_in_minutes: minutes.to_string(),
        ..job
    }
}

fn pool(machine: &Machine) -> Pool {
    match machine {
        Machine::Hosted(image) => Pool {
            vm_image: Some(image.clone()),
            ..Pool::default()
        },
        Machine::Pool { name, demands } => Pool {
            vm_image: None,
            name: Some(name.clone()),
            demands: demands.clone(),
        },
    }
}

fn delivery(
    process: &Process,
    target: &AzureTarget,
    pipeline: &plan::Pipeline,
    job: &plan::Job,
) -> Stage {
    Stage {
        comment: job.why.as_str().into(),
        stage: name(&job.id),
        display_name: job.name.clone(),
        depends_on: job.needs.iter().map(|id| name(id)).collect(),
        condition: condition(&job.when),
        jobs: vec![limited(
            target,
            pipeline,
            &job.id,
            match hook::of_job(job) {
                Some(_) => job::alone(process, job),
                None => job::deployment(process, job),
            },
        )],
    }
}
