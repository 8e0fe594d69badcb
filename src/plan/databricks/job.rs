//! Jobs: the one that makes, judges and promotes, and those of stages with a schedule.

use super::bundle::Place;
use super::model::{Emails, Job, Overrides, Parameter, Queue, ResourceFile, Resources, Schedule};
use super::share::{Shared, share};
use super::{machines, task};
use crate::plan::{Comment, Mapping};
use crate::spec::databricks::{self, Machines};
use crate::spec::{Environment, Spec, Stage};

/// The job of stages, gates and promotion, in every place.
pub(super) fn training(spec: &Spec, places: &[Place<'_>]) -> (String, ResourceFile) {
    let each = each(places, |place, machines| {
        let own = spec.stages.iter().filter(|stage| stage.schedule.is_none());
        let mut tasks: Vec<_> = own
            .clone()
            .filter_map(|stage| task::stage(stage, machines))
            .collect();
        tasks.extend(task::judgement(spec, place, machines));
        let job = Job {
            name: Some(format!("{} training", spec.project)),
            schedule: place.workspace.schedule.as_ref().map(schedule),
            tasks,
            ..common(place)
        };
        machines::provided(spec, machines, own, job)
    });
    file("training", &training_why(spec, places), each)
}

fn training_why(spec: &Spec, places: &[Place<'_>]) -> String {
    let starters = if places
        .iter()
        .any(|place| place.workspace.schedule.is_some())
    {
        "a pipeline, a person or the schedule"
    } else {
        "a pipeline or a person"
    };
    let why =
        format!("Makes a model, judges it and lets it go live, whoever starts it: {starters}.");
    let left: Vec<_> = places
        .iter()
        .filter(|place| !task::promotes_itself(spec, place.environment))
        .collect();
    let names: Vec<_> = left
        .iter()
        .map(|place| format!("`{}`", place.target))
        .collect();
    let names = match names.split_last() {
        None => return why,
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    };
    let any = |is_so: fn(&Environment) -> bool| left.iter().any(|place| is_so(place.environment));
    let reasons = [
        any(|it| it.approval.is_some()).then_some("a person approves"),
        any(|it| it.verify.is_some()).then_some("something looks at what is live"),
        spec.online.as_ref().map(|_| "traffic follows"),
    ];
    let reasons: Vec<_> = reasons.into_iter().flatten().collect();
    format!(
        "{why} In {names} it ends with the gates, because {} there: the deliver pipeline promotes.",
        reasons.join(" or ")
    )
}

/// The job of a stage with a schedule, in every place.
pub(super) fn of_stage(spec: &Spec, stage: &Stage, places: &[Place<'_>]) -> (String, ResourceFile) {
    let each = each(places, |place, machines| {
        let job = Job {
            name: Some(format!("{} {}", spec.project, stage.name)),
            schedule: stage.schedule.as_ref().map(schedule),
            tasks: task::stage(stage, machines).into_iter().collect(),
            ..common(place)
        };
        machines::provided(spec, machines, std::iter::once(stage), job)
    });
    let why = format!(
        "The stage `{}`, which has a schedule of its own.",
        stage.name
    );
    file(&task::key(&stage.name), &why, each)
}

/// A job per place.
pub(super) fn each<'p>(
    places: &[Place<'p>],
    make: impl Fn(&Place<'p>, &Machines) -> Job,
) -> Vec<(String, Job)> {
    let one = |place: &Place<'p>| {
        let machines = place.environment.compute.machines()?;
        Some((place.target.to_owned(), make(place, machines)))
    };
    places.iter().filter_map(one).collect()
}

/// The file of one job: what every place has, and what is different in some.
pub(super) fn file(key: &str, why: &str, each: Vec<(String, Job)>) -> (String, ResourceFile) {
    let Shared { base, overrides } = share(each);
    let jobs = |job: Job| Resources {
        jobs: [(key.to_owned(), job)].into_iter().collect(),
        ..Resources::default()
    };
    let different = |(target, job): (String, Job)| {
        let resources = jobs(job);
        (target, Overrides { resources })
    };
    let file = ResourceFile {
        comment: Comment::from(why),
        resources: jobs(base),
        targets: overrides.into_iter().map(different).collect::<Mapping<_>>(),
    };
    (format!("resources/{key}.job.yml"), file)
}

/// What every job has.
pub(super) fn common(place: &Place<'_>) -> Job {
    let told = &place.workspace.on_failure;
    Job {
        max_concurrent_runs: Some(1),
        queue: Some(Queue { enabled: true }),
        email_notifications: (!told.is_empty()).then(|| Emails {
            on_failure: told.clone(),
        }),
        parameters: parameters(place),
        ..Job::default()
    }
}

fn parameters(place: &Place<'_>) -> Vec<Parameter> {
    let own = place.environment.variables.iter();
    [
        ("environment", "${var.environment}"),
        ("catalog", "${var.catalog}"),
        ("schema", "${var.schema}"),
        ("model_name", task::MODEL),
        (
            "experiment_name",
            "${resources.experiments.experiment.name}",
        ),
        ("git_commit", "${bundle.git.commit}"),
    ]
    .into_iter()
    .chain(own.map(|(name, value)| (name.as_str(), value.as_str())))
    .map(|(name, default)| Parameter {
        name: name.to_owned(),
        default: default.to_owned(),
    })
    .collect()
}

/// A schedule as jobs write it.
pub(super) fn schedule(schedule: &databricks::Schedule) -> Schedule {
    Schedule {
        quartz_cron_expression: schedule.cron.line().to_owned(),
        timezone_id: schedule.timezone.clone(),
        pause_status: None,
    }
}
