//! What can exist only once a model is live: its endpoint, and profiles of its predictions.
//!
//! The one decision here: it is a bundle of its own, with a state of its own. In one bundle, a
//! first deployment would fail because there is no version and no table yet, and one that left them
//! out later would delete them.

use super::bundle::{PULL_REQUEST, Place, environment, identity, place_in_catalog};
use super::endpoint;
use super::model::{
    Bundle, InferenceLog, MlProblem, Monitor, MonitorSchedule, Resources, Target, Variable,
};
use crate::plan::Mapping;
use crate::spec::databricks::{self, Mode, QualityMonitor};
use crate::spec::{Environment, Spec};

const WHY: &str = "The second phase: what can exist only once a model is live. Deploy it from this \
    folder after the first promotion. It is a bundle of its own, so that a deployment of the first \
    phase can neither fail for want of it nor delete it.";

/// The second bundle; `None` where there is nothing to put in, or nowhere to put it.
pub(super) fn bundle(spec: &Spec, places: &[Place<'_>]) -> Option<Bundle> {
    let targets: Mapping<Target> = places
        .iter()
        .filter(|place| place.workspace.mode == Mode::Production && place.target != PULL_REQUEST)
        .map(|place| target(spec, place))
        .collect();
    let endpoint = endpoint::endpoint(spec);
    let is_empty = endpoint.is_none() && spec.quality_monitors.is_empty();
    if targets.is_empty() || is_empty {
        return None;
    }
    Some(Bundle {
        comment: WHY.into(),
        bundle: identity(format!("{}-serving", spec.project)),
        include: Vec::new(),
        artifacts: Mapping::default(),
        variables: variables(spec, endpoint.is_some()),
        targets,
        resources: Some(Resources {
            quality_monitors: spec.quality_monitors.iter().map(monitor).collect(),
            model_serving_endpoints: endpoint.into_iter().collect(),
            ..Resources::default()
        }),
    })
}

/// Whether the second bundle has something for an environment.
pub(in crate::plan) fn is_there(spec: &Spec, environment: &Environment) -> bool {
    let workspace = environment.databricks.as_ref();
    let is_production = workspace.is_some_and(|it| it.mode == Mode::Production);
    let has_something = endpoint::endpoint(spec).is_some() || !spec.quality_monitors.is_empty();
    is_production && has_something
}

/// What the targets have to say, and for an endpoint whoever deploys: which version is live.
fn variables(spec: &Spec, has_endpoint: bool) -> Mapping<Variable> {
    let of_monitors = [
        ("catalog", "The catalog of the model and its tables"),
        ("schema", "The schema in the catalog"),
    ];
    let of_monitors = of_monitors
        .into_iter()
        .filter(|_| !spec.quality_monitors.is_empty());
    let of_endpoint = endpoint::VARIABLES.into_iter().filter(|_| has_endpoint);
    let variable = |(name, about): (&str, &str)| {
        let variable = Variable {
            description: about.to_owned(),
            default: None,
        };
        (name.to_owned(), variable)
    };
    of_monitors.chain(of_endpoint).map(variable).collect()
}

fn target(spec: &Spec, place: &Place<'_>) -> (String, Target) {
    let of_monitors = place_in_catalog(place).filter(|_| !spec.quality_monitors.is_empty());
    let of_endpoint = endpoint::variables(spec, place);
    let target = Target {
        comment: "There once, for all.".into(),
        // Neither endpoints nor profiles run as somebody else than their owner, and the command line
        // refuses to deploy them for another.
        run_as: None,
        variables: of_monitors.chain(of_endpoint).collect(),
        ..environment(place)
    };
    (place.target.to_owned(), target)
}

fn monitor(monitor: &QualityMonitor) -> (String, Monitor) {
    let place = "${var.catalog}.${var.schema}";
    let profile = Monitor {
        table_name: format!("{place}.{}", monitor.table),
        output_schema_name: place.to_owned(),
        assets_dir: format!("${{workspace.root_path}}/monitors/{}", monitor.name),
        inference_log: InferenceLog {
            problem_type: match monitor.problem {
                databricks::MlProblem::Classification => MlProblem::Classification,
                databricks::MlProblem::Regression => MlProblem::Regression,
            },
            prediction_col: monitor.prediction_column.clone(),
            timestamp_col: monitor.timestamp_column.clone(),
            model_id_col: monitor.model_column.clone(),
            label_col: monitor.label_column.clone(),
            granularities: monitor.granularities.clone(),
        },
        schedule: MonitorSchedule {
            quartz_cron_expression: monitor.schedule.cron.line().to_owned(),
            timezone_id: monitor.schedule.timezone.clone(),
        },
    };
    (super::task::key(&monitor.name), profile)
}
