//! Registered models and their versions, of a tracking server and of Unity Catalog.
//!
//! The one decision here: only what both registries send is essential. Unity Catalog has no stages,
//! and its search leaves tags out (`mlflow/utils/_unity_catalog_utils.py`).

use super::{Integer, Tag};

/// The answer of `registered-models/alias` and `model-versions/get`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct ModelVersionAnswer {
    pub(crate) model_version: ModelVersion,
}

/// The answer of `model-versions/search`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct ModelVersionsAnswer {
    #[serde(default)]
    pub(crate) model_versions: Vec<ModelVersion>,
    #[serde(default)]
    pub(crate) next_page_token: Option<String>,
}

/// A version of a registered model.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct ModelVersion {
    pub(crate) name: String,
    pub(crate) version: Integer,
    pub(crate) current_stage: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) run_id: Option<String>,
    pub(crate) creation_timestamp: Option<Integer>,
    pub(crate) status: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) run_link: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    /// Names; objects in Unity Catalog. Older servers leave them out.
    #[serde(default)]
    aliases: Vec<serde_json::Value>,
}

impl ModelVersion {
    /// Whether it says that it has this alias, or says nothing of aliases. `latest` is none of
    /// them, and Unity Catalog does not tell cases of letters apart.
    pub(crate) fn may_have(&self, alias: &str) -> bool {
        let has = |value: &serde_json::Value| {
            let name = value.as_str().or_else(|| value.get("alias")?.as_str());
            name.is_some_and(|name| name.eq_ignore_ascii_case(alias))
        };
        self.aliases.is_empty()
            || alias.eq_ignore_ascii_case("latest")
            || self.aliases.iter().any(has)
    }
}

/// The answer of `registered-models/get`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RegisteredModelAnswer {
    pub(crate) registered_model: RegisteredModel,
}

/// A registered model.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RegisteredModel {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) aliases: Vec<Alias>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

/// An alias of a registered model.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Alias {
    pub(crate) alias: String,
    pub(crate) version: Integer,
}
