//! What Databricks says about an endpoint, and what it is told.
//!
//! The one decision here: an entity is kept as it came. Settings that this version does not know
//! are sent back as they are; only what Databricks adds of itself is left out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Workload;
use crate::rollout::{Routes, Side};
use crate::serving::{Change, ServingError};

/// What an entity has when it is read, and must not have when it is written
/// (`ServedEntityOutput` and `ServedEntityInput`).
const READ_ONLY: [&str; 6] = [
    "creation_timestamp",
    "creator",
    "state",
    "foundation_model",
    "type",
    "id",
];

/// `GET /api/2.0/serving-endpoints/{name}`.
#[derive(Debug, Deserialize)]
pub(super) struct EndpointAnswer {
    pub(super) state: EndpointState,
    pub(super) config: Option<Config>,
    pub(super) pending_config: Option<Config>,
}

/// Whether it answers, and whether it is being changed.
#[derive(Debug, Deserialize)]
pub(super) struct EndpointState {
    pub(super) ready: String,
    pub(super) config_update: String,
}

/// What is deployed, and who gets which share.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Config {
    #[serde(default)]
    served_entities: Vec<Map<String, Value>>,
    traffic_config: Option<TrafficConfig>,
}

#[derive(Debug, Deserialize)]
struct TrafficConfig {
    #[serde(default)]
    routes: Vec<Route>,
}

/// Newer answers call it `served_entity_name`, all of them `served_model_name`.
#[derive(Debug, Deserialize)]
struct Route {
    served_model_name: Option<String>,
    served_entity_name: Option<String>,
    traffic_percentage: u8,
}

impl Config {
    /// The share of everything that is deployed.
    pub(super) fn routes(&self) -> Result<Routes, ServingError> {
        let mut routes: Routes = self
            .served_entities
            .iter()
            .map(|it| (name_of(it), 0))
            .collect();
        match &self.traffic_config {
            Some(traffic) => {
                for route in &traffic.routes {
                    let name = route.served_model_name.as_ref();
                    let name = name.or(route.served_entity_name.as_ref());
                    let name = name.ok_or_else(|| ServingError::silent("a route has no name"))?;
                    routes = routes.with(name, route.traffic_percentage);
                }
            }
            None => {
                if let [only] = self.served_entities.as_slice() {
                    routes = routes.with(name_of(only), 100);
                }
            }
        }
        let whole: u32 = routes.iter().map(|(_, share)| u32::from(share)).sum();
        if whole != 100 && !self.served_entities.is_empty() {
            let reason = format!("its shares of the traffic make {whole} %");
            return Err(ServingError::silent(reason));
        }
        Ok(routes)
    }

    /// The versions of a model that are deployed, by their name here.
    pub(super) fn versions(&self, model: &str) -> BTreeMap<String, u64> {
        let of_model = self
            .served_entities
            .iter()
            .filter(|entity| entity.get("entity_name").and_then(Value::as_str) == Some(model));
        of_model
            .filter_map(|entity| {
                let version = entity.get("entity_version")?.as_str()?.parse().ok()?;
                Some((name_of(entity).to_owned(), version))
            })
            .collect()
    }

    fn entity(&self, name: &str) -> Option<&Map<String, Value>> {
        let mut entities = self.served_entities.iter();
        entities.find(|entity| name_of(entity) == name)
    }

    /// The body of `PUT /api/2.0/serving-endpoints/{name}/config` for a change of this one.
    pub(super) fn changed(
        &self,
        change: Change<'_>,
        workload: &Workload,
    ) -> Result<Value, ServingError> {
        let Change { from, to, routes } = change;
        let is_off = |name: &str| (name == from.route || name == to.route) && !routes.has(name);
        let mut entities: Vec<Map<String, Value>> = self
            .served_entities
            .iter()
            .filter(|entity| !is_off(name_of(entity)))
            .map(writable)
            .collect();
        // Whichever is missing, the new one or, on the way back, the one before.
        for (missing, other) in [(to, from), (from, to)] {
            if !routes.has(&missing.route) || self.entity(&missing.route).is_some() {
                continue;
            }
            let like = self.entity(&other.route).ok_or_else(|| {
                ServingError::silent(format!("`{}` is not deployed any more", other.route))
            })?;
            entities.push(deployed_like(like, missing, workload));
        }
        let shares: Vec<_> = entities
            .iter()
            .map(|entity| {
                let name = name_of(entity);
                json!({"served_model_name": name, "traffic_percentage": routes.share(name)})
            })
            .collect();
        Ok(json!({"served_entities": entities, "traffic_config": {"routes": shares}}))
    }
}

fn name_of(entity: &Map<String, Value>) -> &str {
    entity
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn writable(entity: &Map<String, Value>) -> Map<String, Value> {
    let kept = entity
        .iter()
        .filter(|(key, _)| !READ_ONLY.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// A version with the settings of the other one, but for what the spec says.
fn deployed_like(
    like: &Map<String, Value>,
    side: &Side,
    workload: &Workload,
) -> Map<String, Value> {
    let mut entity = writable(like);
    entity.insert("name".to_owned(), json!(side.route));
    entity.insert("entity_name".to_owned(), json!(workload.entity));
    entity.insert("entity_version".to_owned(), json!(side.version.to_string()));
    if let Some(size) = &workload.size {
        // Databricks takes a size or a range, and not both.
        entity.remove("min_provisioned_concurrency");
        entity.remove("max_provisioned_concurrency");
        entity.insert("workload_size".to_owned(), json!(size));
    }
    if let Some(scale_to_zero) = workload.scale_to_zero {
        entity.insert("scale_to_zero_enabled".to_owned(), json!(scale_to_zero));
    }
    entity
}
