//! What both kinds of registry have in common about copies.
//!
//! The one decision here: a copy is known by a tag that names its original, so that whoever copies
//! once more gets the copy that is there.

use std::collections::BTreeMap;

use super::RegistryError;
use crate::evidence::{ENTRY_TAG, ModelVersion, ROLLOUT_TAG};

/// The tag of a copy that names its original: `models:/NAME/VERSION`.
pub const COPIED_TAG: &str = "gatewright.copied-from";

/// The tag of MLflow's prompts, which are kept as versions of models.
const PROMPT_TAG: &str = "mlflow.prompt.is_prompt";

/// How MLflow spells a version.
pub(super) fn address((model, version): (&str, u64)) -> String {
    format!("models:/{model}/{version}")
}

/// What the tags begin with that say what became of a version: its promotions, its rollouts.
const OF_THE_ORIGINAL: [&str; 2] = [ENTRY_TAG, ROLLOUT_TAG];

/// The tags of a copy: those of the original without what became of that, and where it is from.
pub(super) fn tags(original: BTreeMap<String, String>, from: &str) -> BTreeMap<String, String> {
    let mut tags = original;
    tags.retain(|tag, _| !OF_THE_ORIGINAL.iter().any(|start| tag.starts_with(start)));
    tags.insert(COPIED_TAG.to_owned(), from.to_owned());
    tags
}

/// The first copy of `from` among the versions of a model, if there is one. A tag can be set by
/// anybody: where the registry keeps the source as it was given (`with_source`), that has to agree.
pub(super) fn find(versions: &[ModelVersion], from: &str, with_source: bool) -> Option<u64> {
    let is_copy = |version: &&ModelVersion| {
        version.tags.get(COPIED_TAG).is_some_and(|tag| tag == from)
            && (!with_source || version.source == from)
            && version.status.as_deref() == Some("READY")
    };
    let copies = versions.iter().filter(is_copy);
    copies.map(|version| version.number).min()
}

/// That the original is a model, and that the copy can have its name.
///
/// # Errors
/// [`RegistryError::Unsupported`] when not.
pub(super) fn check(
    from: (&str, u64),
    to_model: &str,
    tags: &BTreeMap<String, String>,
) -> Result<(), RegistryError> {
    let is_prompt = |value: &String| value.eq_ignore_ascii_case("true");
    if tags.get(PROMPT_TAG).is_some_and(is_prompt) {
        return Err(RegistryError::Unsupported {
            what: format!("copy {}: it is a prompt", address(from)),
            help: "name a version of a model".to_owned(),
        });
    }
    // `_validate_model_name` in `mlflow/utils/validation.py`, and the width of the column.
    let is_name = !to_model.trim().is_empty()
        && to_model.chars().count() <= 256
        && !to_model.contains(['/', ':'])
        && !to_model.chars().any(char::is_control);
    if is_name && to_model != from.0 {
        return Ok(());
    }
    Err(RegistryError::Unsupported {
        what: format!("hold a copy named `{to_model}`"),
        help: "give the environment's model a name of its own, without `/` and `:`".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: u64, from: &str, source: &str, status: &str) -> ModelVersion {
        ModelVersion {
            number,
            run_id: None,
            source: source.to_owned(),
            created_ms: None,
            status: Some(status.to_owned()),
            tags: [(COPIED_TAG.to_owned(), from.to_owned())].into(),
        }
    }

    #[test]
    fn a_copy_is_what_says_so_and_has_its_source_from_there() {
        let from = "models:/staging/3";
        let versions = [
            version(1, from, "s3://elsewhere", "READY"),
            version(2, "models:/staging/31", "models:/staging/31", "READY"),
            version(3, from, from, "PENDING_REGISTRATION"),
            version(5, from, from, "READY"),
            version(4, from, from, "READY"),
        ];
        assert_eq!(find(&versions, from, true), Some(4));
        assert_eq!(find(&versions, from, false), Some(1));
        assert_eq!(find(&versions[..3], from, true), None);
    }

    #[test]
    fn promotions_and_rollouts_are_not_copied() {
        let original = [
            "gatewright.promotion.1",
            "gatewright.rollout.fare",
            "kind",
            COPIED_TAG,
        ]
        .map(|tag| (tag.to_owned(), "x".to_owned()));
        let copied = tags(original.into(), "models:/m/1");
        assert_eq!(copied.len(), 2);
        assert_eq!(copied[COPIED_TAG], "models:/m/1");
    }
}
