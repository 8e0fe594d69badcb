//! What holds the results: the experiment with its runs, and the model with its versions.
//!
//! The one decision here: in production neither goes away because a line of a spec does. In
//! development and for a pull request both have to.

use super::bundle::{PULL_REQUEST, Place};
use super::model::{
    Experiment, Grant, Lifecycle, Overrides, RegisteredModel, ResourceFile, Resources,
};
use super::share::share;
use crate::plan::Mapping;
use crate::spec::Spec;
use crate::spec::databricks::Mode;

const WHY: &str = "Where results are kept. Aliases are not set here: which version is live is for the \
    gates and the promotion to say.";

/// The file with the experiment and the model.
pub(super) fn model(spec: &Spec, places: &[Place<'_>]) -> (String, ResourceFile) {
    let target = |place: &Place<'_>| place.target.to_owned();
    let experiments = places
        .iter()
        .map(|place| (target(place), experiment(place)));
    let experiments = share(experiments.collect());
    let models = places
        .iter()
        .map(|place| (target(place), registered(spec, place)));
    let models = share(models.collect());
    let mut targets: Mapping<Overrides> = Mapping::default();
    for place in places {
        let find = |name: &str| name == place.target;
        let resources = Resources {
            experiments: keyed(
                "experiment",
                experiments.overrides.iter().find(|one| find(&one.0)),
            ),
            registered_models: keyed("model", models.overrides.iter().find(|one| find(&one.0))),
            ..Resources::default()
        };
        if resources != Resources::default() {
            targets = with(&targets, place.target, Overrides { resources });
        }
    }
    let file = ResourceFile {
        comment: WHY.into(),
        resources: Resources {
            experiments: [("experiment", experiments.base)].into_iter().collect(),
            registered_models: [("model", models.base)].into_iter().collect(),
            ..Resources::default()
        },
        targets,
    };
    ("resources/model.yml".to_owned(), file)
}

fn keyed<T: Clone>(key: &str, one: Option<&(String, T)>) -> Mapping<T> {
    one.map(|(_, value)| (key, value.clone()))
        .into_iter()
        .collect()
}

fn with<T: Clone>(mapping: &Mapping<T>, key: &str, value: T) -> Mapping<T> {
    let known = mapping
        .iter()
        .map(|(key, value)| (key.to_owned(), value.clone()));
    known.chain([(key.to_owned(), value)]).collect()
}

fn experiment(place: &Place<'_>) -> Experiment {
    Experiment {
        name: Some("${var.experiment}".to_owned()),
        lifecycle: lifecycle(place),
        ..Experiment::default()
    }
}

fn registered(spec: &Spec, place: &Place<'_>) -> RegisteredModel {
    let grant = |grant: &crate::spec::databricks::Grant| Grant {
        principal: grant.principal.clone(),
        privileges: grant.privileges.clone(),
    };
    RegisteredModel {
        name: Some(spec.model.name.clone()),
        catalog_name: Some("${var.catalog}".to_owned()),
        schema_name: Some("${var.schema}".to_owned()),
        description: Some(format!(
            "The model of {}, made as its gatewright.yaml says",
            spec.project
        )),
        grants: place.workspace.grants.iter().map(grant).collect(),
        lifecycle: lifecycle(place),
        ..RegisteredModel::default()
    }
}

fn lifecycle(place: &Place<'_>) -> Option<Lifecycle> {
    let kept = place.workspace.mode == Mode::Production && place.target != PULL_REQUEST;
    kept.then_some(Lifecycle {
        prevent_destroy: true,
    })
}
