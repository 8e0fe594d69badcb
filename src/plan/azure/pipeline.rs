//! From a planned pipeline to a pipeline of Azure.

use super::expression::{condition, name};
use super::job;
use super::model::{Pipeline, Pool, Stage, Variable};
use super::trigger::{parameters, pull_requests, schedules, trigger};
use crate::plan::{self, Action, AzureTarget, Comment, Kind, Process};

/// Where the pipeline is written, from the repository root.
#[must_use]
pub fn path(process: &Process, kind: Kind) -> String {
    format!(".azure/pipelines/{}-{}.yml", process.project, kind.name())
}

/// The pipeline as Azure has it.
#[must_use]
pub fn pipeline(process: &Process, target: &AzureTarget, pipeline: &plan::Pipeline) -> Pipeline {
    Pipeline {
        comment: Comment::from(comment(pipeline)),
        parameters: parameters(pipeline),
        trigger: trigger(process, pipeline),
        pr: pull_requests(&pipeline.triggers),
        schedules: schedules(&pipeline.triggers),
        lock_behavior: matches!(pipeline.kind, Kind::Deliver | Kind::Rollback)
            .then(|| "sequential".to_owned()),
        pool: Pool {
            vm_image: target.vm_image.clone(),
        },
        variables: pipeline
            .env
            .iter()
            .map(|(name, value)| variable(name, value))
            .collect(),
        stages: match pipeline.kind {
            Kind::Ci | Kind::Monitor => vec![together(process, pipeline)],
            Kind::Deliver | Kind::Rollback => pipeline
                .jobs
                .iter()
                .map(|job| delivery(process, job))
                .collect(),
        },
    }
}

fn comment(pipeline: &plan::Pipeline) -> String {
    let why = &pipeline.why;
    match pipeline.kind {
        Kind::Monitor => why.clone(),
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

/// All jobs in one stage. Azure's check is the pipeline as a whole: it needs no aggregator.
fn together(process: &Process, pipeline: &plan::Pipeline) -> Stage {
    let aggregates = |job: &&plan::Job| {
        job.steps
            .iter()
            .any(|step| step.action == Action::Aggregate)
    };
    let jobs = pipeline.jobs.iter().filter(|job| !aggregates(job));
    Stage {
        comment: Comment::default(),
        stage: pipeline.kind.name().to_owned(),
        display_name: pipeline.name.clone(),
        depends_on: Vec::new(),
        condition: None,
        jobs: jobs.map(|job| job::job(process, job)).collect(),
    }
}

fn delivery(process: &Process, job: &plan::Job) -> Stage {
    Stage {
        comment: job.why.as_str().into(),
        stage: name(&job.id),
        display_name: job.name.clone(),
        depends_on: job.needs.iter().map(|id| name(id)).collect(),
        condition: condition(&job.when),
        jobs: vec![job::deployment(process, job)],
    }
}
