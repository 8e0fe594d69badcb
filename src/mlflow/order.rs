//! What may be ordered.
//!
//! The one decision here: a change is another type than a [`super::Question`], so that nothing that
//! only asks can change anything, and an order is sent once. Whoever gave it looks whether it was
//! carried out before it is given again.

use std::collections::BTreeMap;

use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value, json};

use super::question::SEGMENT;

/// A change of the registry, or of a serving endpoint, below a server's base URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    /// How it is sent.
    pub(super) verb: Verb,
    /// The path.
    pub(super) path: String,
    /// The body.
    pub(super) body: Value,
}

/// A version to be registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NewVersion {
    /// Where its files are.
    pub(crate) source: String,
    /// The run that made it.
    pub(crate) run_id: Option<String>,
    /// The page of that run, on another server.
    pub(crate) run_link: Option<String>,
    /// What people say about it.
    pub(crate) description: Option<String>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// How an order is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// POST.
    Post,
    /// DELETE; MLflow wants a body with it, and not parameters.
    Delete,
    /// PUT.
    Put,
}

impl Order {
    /// Lets an alias point to a version (`SetRegisteredModelAlias`). `endpoint` is
    /// `registered-models/alias` as the registry spells it. A version is text: MLflow refuses
    /// numbers.
    pub(crate) fn set_alias(endpoint: &str, model: &str, alias: &str, version: u64) -> Self {
        let body = json!({"name": model, "alias": alias, "version": version.to_string()});
        Self::new(Verb::Post, endpoint, body)
    }

    /// Sets a tag of a registered model (`SetRegisteredModelTag`), at `registered-models/set-tag`.
    pub(crate) fn set_model_tag(endpoint: &str, model: &str, tag: &str, value: &str) -> Self {
        let body = json!({"name": model, "key": tag, "value": value});
        Self::new(Verb::Post, endpoint, body)
    }

    /// Removes a tag of a registered model (`DeleteRegisteredModelTag`), at
    /// `registered-models/delete-tag`.
    pub(crate) fn delete_model_tag(endpoint: &str, model: &str, tag: &str) -> Self {
        let body = json!({"name": model, "key": tag});
        Self::new(Verb::Delete, endpoint, body)
    }

    /// Sets a tag of a version (`SetModelVersionTag`), at `model-versions/set-tag`.
    pub(crate) fn set_version_tag(
        endpoint: &str,
        (model, version): (&str, u64),
        tag: &str,
        value: &str,
    ) -> Self {
        let body =
            json!({"name": model, "version": version.to_string(), "key": tag, "value": value});
        Self::new(Verb::Post, endpoint, body)
    }

    /// Removes a tag of a version (`DeleteModelVersionTag`), at `model-versions/delete-tag`.
    pub(crate) fn delete_version_tag(
        endpoint: &str,
        (model, version): (&str, u64),
        tag: &str,
    ) -> Self {
        let body = json!({"name": model, "version": version.to_string(), "key": tag});
        Self::new(Verb::Delete, endpoint, body)
    }

    /// Registers a model without versions (`CreateRegisteredModel`), at `registered-models/create`.
    pub(crate) fn create_model(endpoint: &str, model: &str) -> Self {
        Self::new(Verb::Post, endpoint, json!({"name": model}))
    }

    /// Registers a version (`CreateModelVersion`), at `model-versions/create`.
    pub(crate) fn create_version(endpoint: &str, model: &str, version: &NewVersion) -> Self {
        let tags: Vec<_> = version
            .tags
            .iter()
            .map(|(key, value)| json!({"key": key, "value": value}))
            .collect();
        let mut body = Map::new();
        body.insert("name".to_owned(), json!(model));
        body.insert("source".to_owned(), json!(version.source));
        body.insert("tags".to_owned(), json!(tags));
        let optional = [
            ("run_id", &version.run_id),
            ("run_link", &version.run_link),
            ("description", &version.description),
        ];
        for (name, value) in optional {
            // What is empty is left out: to MLflow an empty run is a wrong one.
            if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                body.insert(name.to_owned(), json!(value));
            }
        }
        Self::new(Verb::Post, endpoint, Value::Object(body))
    }

    /// Replaces the configuration of a serving endpoint of Databricks.
    pub(crate) fn configure_endpoint(name: &str, body: Value) -> Self {
        let name = utf8_percent_encode(name, SEGMENT);
        Self {
            verb: Verb::Put,
            path: format!("api/2.0/serving-endpoints/{name}/config"),
            body,
        }
    }

    fn new(verb: Verb, endpoint: &str, body: Value) -> Self {
        Self {
            verb,
            path: format!("api/2.0/mlflow/{endpoint}"),
            body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_sent_as_text_because_mlflow_refuses_a_number() {
        let order = Order::set_alias("registered-models/alias", "m", "champion", 3);
        assert_eq!(order.path, "api/2.0/mlflow/registered-models/alias");
        assert_eq!(order.body["version"], "3");
    }
}
