//! What is served, where, and how long is waited for it: from the words of the spec to an endpoint.

use std::time::Duration;

use crate::commands::gate;
use crate::commands::load::Loaded;
use crate::error::Error;
use crate::observer::Observer;
use crate::rollout::Limits;
use crate::serving::{self, CommandEndpoint, DatabricksEndpoint, Endpoint, Workload};
use crate::spec::{Driver, Mlflow, Model, Online, Spec};

/// How long the endpoint may take for a change where nothing else is said, in seconds: a new
/// version is built into an image and started.
const UPDATE_SECONDS: u64 = 1800;

/// How long the user's program may take for one thing.
const COMMAND_LIMIT: Duration = Duration::from_mins(2);

/// The longest time without contact, in milliseconds, however long a step lasts.
const LONGEST_SILENCE_MS: i64 = 30 * 60 * 1000;

/// What is served, and where it is recorded.
pub(super) struct Served<'a> {
    /// The endpoint's part of the spec.
    pub(super) online: &'a Online,
    /// The endpoint's name in this environment.
    pub(super) name: &'a str,
    /// The registered model in this environment, with its aliases.
    pub(super) model: &'a Model,
    /// Its stores.
    pub(super) mlflow: &'a Mlflow,
}

impl<'a> Served<'a> {
    /// What a spec serves, in the environment that was named.
    pub(super) fn of(spec: &'a Spec, named: Option<&str>) -> Result<Self, Error> {
        let online = spec.online.as_ref().ok_or_else(|| {
            Error::usage(
                "the spec serves nothing",
                "add `serving: {online: {endpoint: ...}}`",
            )
        })?;
        let environment = named
            .map(|name| gate::environment(spec, name))
            .transpose()?;
        let endpoint = environment.and_then(|it| it.endpoint.as_deref());
        Ok(Self {
            online,
            name: endpoint.unwrap_or(&online.endpoint),
            model: spec.model_of(named),
            mlflow: environment.map_or(&spec.mlflow, |it| &it.mlflow),
        })
    }
}

/// The endpoint. Nothing is sent yet.
pub(super) fn open<'e>(
    served: &Served<'_>,
    registry: &str,
    loaded: &Loaded,
    lookup: &'e dyn Fn(&str) -> Option<String>,
    observer: &Observer,
) -> Result<Box<dyn Endpoint + 'e>, Error> {
    match &served.online.driver {
        Driver::Command(command) => Ok(Box::new(CommandEndpoint::new(
            served.name,
            command,
            loaded.folder(),
            COMMAND_LIMIT,
        ))),
        Driver::Databricks {
            entity,
            size,
            scale_to_zero,
        } => {
            let workload = Workload {
                entity: entity.as_ref().unwrap_or(&served.model.name).clone(),
                size: size.clone(),
                scale_to_zero: *scale_to_zero,
            };
            // The workspace of the registry, where that is one.
            let profile = registry
                .strip_prefix("databricks")
                .and_then(|rest| rest.split_once("://"));
            let profile = profile.map(|(_, profile)| profile);
            let endpoint = DatabricksEndpoint::open(served.name, workload, profile, lookup);
            let endpoint =
                endpoint.map_err(|error| Error::evidence(error.to_string(), error.help()))?;
            Ok(Box::new(endpoint.observed(observer)))
        }
    }
}

/// How long is waited for what.
pub(super) fn limits(
    served: &Served<'_>,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Limits, Error> {
    let settings = &served.online.rollout;
    let update_ms = serving::update_limit_ms(lookup, UPDATE_SECONDS)
        .map_err(|error| Error::evidence(error.to_string(), error.help()))?;
    let contact_ms = settings.bake_ms.min(LONGEST_SILENCE_MS);
    Ok(Limits {
        bake_ms: settings.bake_ms,
        contact_ms: contact_ms.max(settings.poll_ms.saturating_mul(2)),
        update_ms,
        gated: settings.gate.is_some(),
        on_failure: settings.on_failure,
    })
}
