//! The pipeline that looks after the live model.
//!
//! The one decision here: it reads with the credentials of the environment that makes models, and
//! can move nothing. Where a model has to be made again it starts the delivery, which asks the
//! gates and the people as always.

use super::action::{Action, MonitorCheck};
use super::environment::Variables;
use super::job::{CiEnvironment, Env, Job, When};
use super::process::{Kind, Pipeline, Schedule, Triggers};
use super::refs;
use super::step::{self, plain};
use crate::spec::{Monitor, Spec};

/// Plans the pipeline; `None` where the spec has no monitors.
pub(super) fn pipeline(spec: &Spec) -> Option<Pipeline> {
    if spec.monitors.is_empty() {
        return None;
    }
    let schedule = |monitor: &Monitor| Schedule {
        name: monitor.name.clone(),
        cron: monitor.schedule.clone(),
    };
    Some(Pipeline {
        kind: Kind::Monitor,
        name: format!("{} monitor", spec.project),
        why: why(spec),
        triggers: Triggers {
            manual: true,
            schedules: spec.monitors.iter().map(schedule).collect(),
            scheduled_branch: refs::main_branch(spec),
            ..Triggers::default()
        },
        env: step::pipeline_env(spec),
        jobs: spec
            .monitors
            .iter()
            .filter_map(|monitor| job(spec, monitor))
            .collect(),
    })
}

fn why(spec: &Spec) -> String {
    let starts_one = spec.monitors.iter().any(|monitor| {
        let environment = spec.environment(&monitor.environment);
        environment.is_some_and(|environment| environment.deploy.is_some())
    });
    let delivery = if starts_one {
        ", and starts a delivery where it has to be made again"
    } else {
        ""
    };
    format!("Looks after the live model{delivery}. The times are UTC.")
}

fn job(spec: &Spec, monitor: &Monitor) -> Option<Job> {
    let environment = spec.environment(&monitor.environment)?;
    let variables = Variables::of(environment);
    let (name, at) = (monitor.name.as_str(), environment.name.as_str());
    let mut steps = step::judge(&spec.ci.install);
    steps.push(plain(
        format!("Monitor {name}"),
        Action::Monitor(MonitorCheck {
            monitor: name.to_owned(),
            environment: at.to_owned(),
            trigger: environment.deploy.is_some(),
            env: variables.step.clone(),
        }),
    ));
    let why = format!("Asks the monitor `{name}` about the model that is live in `{at}`.");
    Some(Job {
        id: name.to_owned(),
        name: name.to_owned(),
        why,
        needs: Vec::new(),
        when: When::Due {
            name: name.to_owned(),
            cron: monitor.schedule.clone(),
            among_others: spec
                .monitors
                .iter()
                .any(|other| other.schedule != monitor.schedule),
        },
        environment: Some(CiEnvironment {
            name: at.to_owned(),
            has_settings: variables.has_settings(),
            deploys: false,
        }),
        timeout_minutes: step::around(&spec.ci.install) * 2,
        env: variables.job.into_iter().collect::<Env>(),
        outputs: Vec::new(),
        steps,
    })
}
