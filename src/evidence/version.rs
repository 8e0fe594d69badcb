//! Versions of a registered model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a model version's source begins with where it is a logged model of MLflow 3.
const LOGGED_MODEL: &str = "models:/m-";

/// The tag of a version that was copied from another model; its value is `models:/NAME/VERSION`.
pub const COPIED_TAG: &str = "gatewright.copied-from";

/// A version of a registered model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelVersion {
    /// The version number, counted from 1 by the registry.
    pub number: u64,
    /// The run that made this version; `None` where it was registered without one.
    pub run_id: Option<String>,
    /// Where the model's files are: `models:/m-<id>` in MLflow 3, an artifact URI before.
    pub source: String,
    /// When it was registered, in milliseconds since the Unix epoch; `None` where the registry
    /// does not say.
    pub created_ms: Option<i64>,
    /// Whether its registration is complete: `READY`, or what MLflow says instead
    /// (`PENDING_REGISTRATION`, `FAILED_REGISTRATION`).
    pub status: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl ModelVersion {
    /// What its registration is where it is known not to be complete.
    #[must_use]
    pub fn unready(&self) -> Option<&str> {
        self.status.as_deref().filter(|status| *status != "READY")
    }

    /// Whether it was copied from a version of another model.
    #[must_use]
    pub fn is_copy_of(&self, model: &str, number: u64) -> bool {
        self.tags.get(COPIED_TAG) == Some(&format!("models:/{model}/{number}"))
    }

    /// Whether this is that version, or a copy of it under another name. The number alone does not
    /// tell: the candidate may be a version of another model than the live one, and each model
    /// counts from 1.
    #[must_use]
    pub fn is_or_copies(&self, other: &Self) -> bool {
        let copied = self.tags.get(COPIED_TAG);
        let copied = copied.and_then(|from| from.rsplit_once('/'));
        let is_copy = copied.is_some_and(|(_, number)| *number == other.number.to_string());
        let is_itself = self.number == other.number
            && self.source == other.source
            && self.created_ms == other.created_ms;
        self.run_id == other.run_id && (is_itself || is_copy)
    }

    /// The id of the logged model behind it (`m-` and 32 hexadecimal digits), in MLflow 3.
    #[must_use]
    pub fn logged_model_id(&self) -> Option<&str> {
        let id = self.source.strip_prefix("models:/")?;
        let is_id = self.source.starts_with(LOGGED_MODEL)
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        is_id.then_some(id)
    }
}
