//! The serving endpoint of an environment.
//!
//! The one decision here: a bundle says that the endpoint is there and which version it begins
//! with, and nothing about shares of the traffic. Bundles know no way to leave a field alone once it
//! was written (`lifecycle` has `prevent_destroy` only), but what was never written is left as it is
//! found: `config.traffic_config` and the names of served entities count as the server's own
//! (the command line's `bundle/direct/dresources`, `backend_default`, in
//! all versions that a bundle of ours takes).

use super::bundle::Place;
use super::model::{Endpoint, EndpointConfig, Lifecycle, ServedEntity};
use crate::plan::error::{PlanError, Problem};
use crate::spec::databricks::Mode;
use crate::spec::{Driver, Environment, Online, Spec};

/// Its key among the resources.
const KEY: &str = "online";

/// The size where the spec names none: what Databricks itself begins with.
const SIZE: &str = "Small";

/// The variables that an endpoint brings along, and what they are.
pub(super) const VARIABLES: [(&str, &str); 3] = [
    ("endpoint", "The name of the serving endpoint"),
    ("model", "The model that it serves"),
    (
        "live_version",
        "The version that gets all of its traffic already; the promoted one, if it is new",
    ),
];

const WHY: &str = "Its traffic is moved by `gatewright rollout`, so no share is said here: \
    `live_version` is the version that gets all of it already, and then a deployment leaves it as it \
    is. Another number would get everything at once, past the steps and their gate. Deploy this after \
    a rollout, never during one; the first time after the promotion.";

/// The endpoint of every target, where Databricks serves the model.
pub(super) fn endpoint(spec: &Spec) -> Option<(String, Endpoint)> {
    let Driver::Databricks {
        size,
        scale_to_zero,
        ..
    } = &spec.online.as_ref()?.driver
    else {
        return None;
    };
    let entity = ServedEntity {
        entity_name: "${var.model}".to_owned(),
        entity_version: "${var.live_version}".to_owned(),
        workload_size: size.clone().unwrap_or_else(|| SIZE.to_owned()),
        scale_to_zero_enabled: scale_to_zero.unwrap_or(true),
    };
    let endpoint = Endpoint {
        comment: WHY.into(),
        name: "${var.endpoint}".to_owned(),
        config: EndpointConfig {
            served_entities: vec![entity],
        },
        // Somebody asks it: a line of a spec does not take it away, nor does another name for it.
        lifecycle: Some(Lifecycle {
            prevent_destroy: true,
        }),
    };
    Some((KEY.to_owned(), endpoint))
}

/// What the endpoint is in a target.
pub(super) fn variables(spec: &Spec, place: &Place<'_>) -> Vec<(&'static str, String)> {
    let Some(online) = &spec.online else {
        return Vec::new();
    };
    let Driver::Databricks { entity, .. } = &online.driver else {
        return Vec::new();
    };
    let model = entity.as_ref().unwrap_or(&place.environment.model.name);
    vec![
        ("endpoint", name(online, place.environment).to_owned()),
        ("model", model.clone()),
    ]
}

/// What the endpoint of an environment is called, where Databricks serves the model.
pub(in crate::plan) fn of(spec: &Spec, environment: &Environment) -> Option<String> {
    let online = spec.online.as_ref()?;
    matches!(online.driver, Driver::Databricks { .. }).then(|| name(online, environment).to_owned())
}

/// What it is called in an environment.
fn name<'s>(online: &'s Online, environment: &'s Environment) -> &'s str {
    environment.endpoint.as_deref().unwrap_or(&online.endpoint)
}

/// An endpoint belongs to one environment: two of a workspace that call theirs the same would take
/// turns replacing what it serves.
pub(super) fn shared(spec: &Spec) -> Vec<PlanError> {
    let mut errors = Vec::new();
    let Some(online) = spec
        .online
        .as_ref()
        .filter(|it| matches!(it.driver, Driver::Databricks { .. }))
    else {
        return errors;
    };
    let mut known: Vec<(&str, &str, &str)> = Vec::new();
    for environment in &spec.environments {
        let production = |here: &&_| is_production(here);
        let Some(here) = environment.databricks.as_ref().filter(production) else {
            continue;
        };
        let name = name(online, environment);
        let same =
            |(host, endpoint, _): &&(&str, &str, &str)| (*host, *endpoint) == (&here.host, name);
        if let Some((_, _, first)) = known.iter().find(same) {
            let problem = Problem::SameId {
                first: format!("the endpoint of `{first}`"),
                second: format!("that of `{}`, in the same workspace,", environment.name),
                id: name.to_owned(),
            };
            let at = [
                "environments",
                environment.name.as_str(),
                "serving",
                "endpoint",
            ];
            errors.push(PlanError::new(&at, problem));
        }
        known.push((&here.host, name, &environment.name));
    }
    errors
}

fn is_production(workspace: &crate::spec::databricks::Workspace) -> bool {
    workspace.mode == Mode::Production
}
