//! The job that asks a quality monitor, and retrains where it finds a violation.
//!
//! The one decision here: it only asks and starts. What it starts is the job of the stages, so a
//! model that was made because the data moved passes the same gates as any other.

use super::bundle::Place;
use super::model::{Condition, Dependency, Job, ResourceFile, RunJob, Task};
use super::{job, machines, task};
use crate::spec::Spec;
use crate::spec::databricks::QualityMonitor;

/// The job of a monitor, in every place; `None` where nothing is to be retrained.
pub(super) fn job(
    spec: &Spec,
    monitor: &QualityMonitor,
    places: &[Place<'_>],
) -> Option<(String, ResourceFile)> {
    let schedule = monitor.retrain.as_ref()?;
    let each = job::each(places, |place, machines| {
        let job = Job {
            name: Some(format!(
                "{} retraining after {}",
                spec.project, monitor.name
            )),
            schedule: Some(job::schedule(schedule)),
            tasks: tasks(spec, monitor, machines),
            ..job::common(place)
        };
        machines::provided(spec, machines, std::iter::empty(), job)
    });
    let why = format!(
        "Asks the monitor `{}`, and starts the training where it finds a violation. No data is a \
         violation too.",
        monitor.name
    );
    Some(job::file(
        &format!("retrain_{}", task::key(&monitor.name)),
        &why,
        each,
    ))
}

fn tasks(
    spec: &Spec,
    monitor: &QualityMonitor,
    machines: &crate::spec::databricks::Machines,
) -> Vec<Task> {
    let words = ["monitor", "check", monitor.name.as_str()];
    let why = "Hands over whether there is a violation. Where it cannot tell, it fails.";
    let ask = task::gatewright(spec, machines, "monitor", Vec::new(), &words, why);
    let is_violated = Task {
        task_key: "is_violated".to_owned(),
        depends_on: vec![task::after("monitor")],
        condition_task: Some(Condition {
            op: "EQUAL_TO".to_owned(),
            left: "{{tasks.monitor.values.violated}}".to_owned(),
            right: "true".to_owned(),
        }),
        ..Task::default()
    };
    let retrain = Task {
        task_key: "retrain".to_owned(),
        depends_on: vec![Dependency {
            task_key: "is_violated".to_owned(),
            outcome: Some("true".to_owned()),
        }],
        run_job_task: Some(RunJob {
            job_id: "${resources.jobs.training.id}".to_owned(),
        }),
        ..Task::default()
    };
    vec![ask, is_violated, retrain]
}
