//! What can exist only once a model is live: profiles of its predictions.
//!
//! The one decision here: it is a bundle of its own, with a state of its own. In one bundle, a
//! first deployment would fail because there is no table yet, and one that left the profile out
//! later would delete it.

use super::bundle::{CLI, PULL_REQUEST, Place, environment, place_in_catalog};
use super::model::{
    Bundle, Identity, InferenceLog, MlProblem, Monitor, MonitorSchedule, Resources, Target,
    Variable,
};
use crate::plan::Mapping;
use crate::spec::Spec;
use crate::spec::databricks::{self, Mode, QualityMonitor};

const WHY: &str = "The second phase: what can exist only once a model is live. Deploy it from this \
    folder after the first promotion. It is a bundle of its own, so that a deployment of the first \
    phase can neither fail for want of it nor delete it.";

/// The second bundle; `None` where there is nothing to put in, or nowhere to put it.
pub(super) fn bundle(spec: &Spec, places: &[Place<'_>]) -> Option<Bundle> {
    let targets: Mapping<Target> = places
        .iter()
        .filter(|place| place.workspace.mode == Mode::Production && place.target != PULL_REQUEST)
        .map(target)
        .collect();
    if targets.is_empty() || spec.quality_monitors.is_empty() {
        return None;
    }
    let variable = |(name, about): (&str, &str)| {
        let variable = Variable {
            description: about.to_owned(),
            default: None,
        };
        (name.to_owned(), variable)
    };
    Some(Bundle {
        comment: WHY.into(),
        bundle: Identity {
            name: format!("{}-serving", spec.project),
            databricks_cli_version: CLI.to_owned(),
        },
        include: Vec::new(),
        artifacts: Mapping::default(),
        variables: [
            ("catalog", "The catalog of the model and its tables"),
            ("schema", "The schema in the catalog"),
        ]
        .map(variable)
        .into_iter()
        .collect(),
        targets,
        resources: Some(Resources {
            quality_monitors: spec.quality_monitors.iter().map(monitor).collect(),
            ..Resources::default()
        }),
    })
}

fn target(place: &Place<'_>) -> (String, Target) {
    let target = Target {
        comment: "There once, for all.".into(),
        variables: place_in_catalog(place).collect(),
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
