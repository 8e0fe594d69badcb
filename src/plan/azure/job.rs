//! From a planned job to a job of Azure.

use super::expression::{self, DELIVERY, name};
use super::model::{Deploy, Job, RunOnce, Strategy, Variable};
use super::parts::Step;
use super::pipeline::variable;
use super::step;
use crate::plan::{self, Action, CiEnvironment, Comment, Process};

/// A job that deploys nothing. Such jobs fetch the repository, unless told.
pub(super) fn job(process: &Process, job: &plan::Job) -> Job {
    let steps = step::of_job(process, job);
    let nothing = Step {
        checkout: Some("none".to_owned()),
        ..Step::default()
    };
    let fetches = |step: &plan::Step| matches!(step.action, Action::Checkout(_));
    let nothing = Some(nothing).filter(|_| !job.steps.iter().any(fetches));
    Job {
        comment: job.why.as_str().into(),
        job: Some(name(&job.id)),
        display_name: job.name.clone(),
        depends_on: job.needs.iter().map(|id| name(id)).collect(),
        condition: expression::condition(&job.when),
        steps: nothing.into_iter().chain(steps).collect(),
        ..common(process, job)
    }
}

/// The one job of a stage that deploys nothing: its order and condition are the stage's.
pub(super) fn alone(process: &Process, planned: &plan::Job) -> Job {
    Job {
        comment: Comment::default(),
        job: Some(DELIVERY.to_owned()),
        depends_on: Vec::new(),
        condition: None,
        ..job(process, planned)
    }
}

/// A job that deploys into an environment. Such jobs fetch every artifact, and no repository, unless told.
pub(super) fn deployment(process: &Process, job: &plan::Job) -> Job {
    let nothing = Step {
        download: Some("none".to_owned()),
        ..Step::default()
    };
    let steps = step::of_job(process, job);
    let steps = std::iter::once(nothing).chain(steps).collect();
    Job {
        deployment: Some(DELIVERY.to_owned()),
        display_name: job.name.clone(),
        environment: job
            .environment
            .as_ref()
            .map(|environment| environment.name.clone()),
        strategy: Some(Strategy {
            run_once: RunOnce {
                deploy: Deploy { steps },
            },
        }),
        ..common(process, job)
    }
}

fn common(process: &Process, job: &plan::Job) -> Job {
    let group = job
        .environment
        .as_ref()
        .filter(|environment| environment.has_settings);
    let own = job
        .env
        .iter()
        .map(|(name, value)| variable(name, &expression::value(value)));
    Job {
        timeout_in_minutes: job.timeout_minutes.to_string(),
        variables: group
            .map(|environment| group_of(process, environment))
            .into_iter()
            .chain(own)
            .collect(),
        ..Job::default()
    }
}

/// The group in the library that stands for the secrets and settings of an environment.
fn group_of(process: &Process, environment: &CiEnvironment) -> Variable {
    let comment = format!(
        "From Pipelines > Library: the settings and secrets of `{}`. Let only the pipelines \
         that name it use it.",
        environment.name
    );
    Variable {
        comment: comment.into(),
        group: Some(format!("{}-{}", process.project, environment.name)),
        ..Variable::default()
    }
}
