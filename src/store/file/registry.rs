//! The model registry: `models/<name>/version-<N>` and `models/<name>/aliases/<alias>`.
//!
//! The one decision here: the file of an alias is what counts. MLflow repeats the aliases in the
//! model's `meta.yaml`, and reads them from their files.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::folder::{Folder, SMALL, is_plain};
use super::runs::{META, MODELS};
use crate::evidence::{HEAD_TAG, Ledger, ModelVersion};
use crate::store::StoreError;

/// The alias that MLflow resolves to the highest version, in any case of letters.
const LATEST: &str = "latest";

/// How MLflow marks a version that was deleted; the folder stays.
const DELETED: &str = "Deleted_Internal";

/// What the folder of a version begins with; its number follows.
const VERSION: &str = "version-";

/// A version's `meta.yaml`.
#[derive(Deserialize)]
struct Meta {
    name: String,
    version: u64,
    current_stage: Option<String>,
    creation_timestamp: Option<i64>,
    run_id: Option<String>,
    source: Option<String>,
    status: Option<String>,
}

impl Folder<'_> {
    /// The folder of a registered model.
    ///
    /// # Errors
    /// [`StoreError::ModelNotFound`] when there is none.
    pub(super) fn model(&self, name: &str) -> Result<PathBuf, StoreError> {
        // MLflow forbids these in the names of models (`store/model_registry/file_store.py`).
        let is_name = is_plain(name) && !name.contains([':', '%']);
        if !is_name || !self.has_folder(Path::new(MODELS), name)? {
            return Err(StoreError::ModelNotFound {
                model: name.to_owned(),
            });
        }
        Ok(Path::new(MODELS).join(name))
    }

    /// The version an alias points to.
    pub(super) fn by_alias(
        &self,
        model: &Path,
        alias: &str,
    ) -> Result<Option<ModelVersion>, StoreError> {
        if alias.eq_ignore_ascii_case(LATEST) {
            return Ok(self.versions(model)?.pop());
        }
        let folder = model.join("aliases");
        let entries = self.entries(&folder)?;
        if !entries.iter().any(|entry| entry.name == alias) {
            return Ok(None);
        }
        let text = self.text(&folder.join(alias), SMALL)?.unwrap_or_default();
        let number = text.trim();
        let wrong = |what: &str| {
            let model = model.display();
            self.damaged(format!("the alias `{alias}` of `{model}` {what}"))
        };
        let number = number
            .parse()
            .map_err(|_| wrong("points to no version number"))?;
        // Deleting a version removes its aliases, so this cannot be "there is no champion yet".
        let version = self
            .by_number(model, number)?
            .ok_or_else(|| wrong(&format!("points to version {number}, which does not exist")))?;
        Ok(Some(version))
    }

    /// The version with the highest number among those that carry a tag with this value.
    pub(super) fn newest(
        &self,
        model: &Path,
        tag: &str,
        value: &str,
    ) -> Result<Option<ModelVersion>, StoreError> {
        let mut versions = self.versions(model)?;
        versions.retain(|version| version.tags.get(tag).is_some_and(|found| found == value));
        Ok(versions.pop())
    }

    /// All versions that were not deleted, in the order of their numbers.
    fn versions(&self, model: &Path) -> Result<Vec<ModelVersion>, StoreError> {
        let mut versions = Vec::new();
        for name in self.folders(model)? {
            let Some(number) = name.strip_prefix(VERSION) else {
                continue;
            };
            let number = number
                .parse()
                .map_err(|_| self.damaged(format!("`{}/{name}` has no number", model.display())))?;
            versions.extend(self.by_number(model, number)?);
        }
        versions.sort_by_key(|version| version.number);
        Ok(versions)
    }

    /// The version with this number, unless it was deleted.
    pub(super) fn by_number(
        &self,
        model: &Path,
        number: u64,
    ) -> Result<Option<ModelVersion>, StoreError> {
        let place = model.join(format!("{VERSION}{number}"));
        let Some(meta) = self.yaml::<Meta>(&place.join(META), SMALL)? else {
            return Ok(None);
        };
        if meta.version != number || model.file_name().is_none_or(|name| *name != *meta.name) {
            let place = place.display();
            return Err(self.damaged(format!("`{place}/{META}` is about another version")));
        }
        if meta.current_stage.as_deref() == Some(DELETED) {
            return Ok(None);
        }
        Ok(Some(ModelVersion {
            number,
            run_id: meta.run_id.filter(|id| !id.is_empty()),
            source: meta.source.unwrap_or_default(),
            created_ms: meta.creation_timestamp,
            status: meta.status,
            tags: self.texts(&place.join("tags"))?,
        }))
    }

    /// The ledger, as it is.
    pub(super) fn ledger(&self, model: &Path) -> Result<Ledger, StoreError> {
        let mut ledger = Ledger {
            head: self.texts(&model.join("tags"))?.remove(HEAD_TAG),
            ..Ledger::default()
        };
        for (alias, text) in self.texts(&model.join("aliases"))? {
            let number = text.trim().parse().map_err(|_| {
                let model = model.display();
                self.damaged(format!(
                    "the alias `{alias}` of `{model}` points to no version number"
                ))
            })?;
            ledger.aliases.insert(alias, number);
        }
        Ok(ledger.with(self.versions(model)?))
    }
}
