//! The tables of the model registry: models, versions, aliases, tags.
//!
//! The one decision here: what was deleted does not exist. MLflow keeps the rows of a deleted
//! version, and marks them.

use std::collections::BTreeMap;

use rusqlite::ToSql;

use super::rows::Rows;
use crate::evidence::ModelVersion;
use crate::store::StoreError;

/// The alias that MLflow resolves to the highest version, in any case of letters.
const LATEST: &str = "latest";

/// How MLflow marks a version that was deleted; the row stays.
pub(crate) const DELETED: &str = "Deleted_Internal";

impl Rows<'_> {
    /// That the registry has a model of this name.
    ///
    /// # Errors
    /// [`StoreError::ModelNotFound`] when it has none.
    pub(crate) fn require_model(&self, model: &str) -> Result<(), StoreError> {
        let query = self.in_workspace("SELECT 1 FROM registered_models WHERE name = ?1", 2);
        let found = self.one(&query, &self.with_workspace(&[&model]), |_| Ok(()))?;
        found.ok_or_else(|| StoreError::ModelNotFound {
            model: model.to_owned(),
        })
    }

    /// The version an alias points to.
    pub(super) fn by_alias(
        &self,
        model: &str,
        alias: &str,
    ) -> Result<Option<ModelVersion>, StoreError> {
        if alias.eq_ignore_ascii_case(LATEST) {
            return self.latest(model);
        }
        let query = self.in_workspace(
            "SELECT version FROM registered_model_aliases WHERE name = ?1 AND alias = ?2",
            3,
        );
        let values = self.with_workspace(&[&model, &alias]);
        let Some(number) = self.one(&query, &values, |row| self.integer(row, 0, "version"))? else {
            return Ok(None);
        };
        // Deleting a version removes its aliases, so this cannot be "there is no champion yet".
        let version = self.by_number(model, number)?.ok_or_else(|| {
            self.damaged(format!(
                "the alias `{alias}` of `{model}` points to version {number}, which does not exist"
            ))
        })?;
        Ok(Some(version))
    }

    fn latest(&self, model: &str) -> Result<Option<ModelVersion>, StoreError> {
        let query = self.in_workspace(
            "SELECT version FROM model_versions WHERE name = ?1 AND current_stage IS NOT ?2",
            3,
        );
        let query = format!("{query} ORDER BY version DESC LIMIT 1");
        self.numbered(model, &query, &self.with_workspace(&[&model, &DELETED]))
    }

    /// The version with the highest number among those that carry a tag with this value.
    pub(super) fn newest(
        &self,
        model: &str,
        tag: &str,
        value: &str,
    ) -> Result<Option<ModelVersion>, StoreError> {
        let tagged = self.in_workspace(
            "SELECT version FROM model_version_tags WHERE name = ?1 AND key = ?3 AND value = ?4",
            5,
        );
        let query = self.in_workspace(
            &format!(
                "SELECT version FROM model_versions \
                 WHERE name = ?1 AND current_stage IS NOT ?2 AND version IN ({tagged})"
            ),
            5,
        );
        let query = format!("{query} ORDER BY version DESC LIMIT 1");
        let values = self.with_workspace(&[&model, &DELETED, &tag, &value]);
        self.numbered(model, &query, &values)
    }

    /// The version whose number a query answers with.
    fn numbered(
        &self,
        model: &str,
        query: &str,
        values: &[&dyn ToSql],
    ) -> Result<Option<ModelVersion>, StoreError> {
        match self.one(query, values, |row| self.integer(row, 0, "version"))? {
            Some(number) => self.by_number(model, number),
            None => Ok(None),
        }
    }

    /// The version with this number, unless it was deleted.
    pub(crate) fn by_number(
        &self,
        model: &str,
        number: i64,
    ) -> Result<Option<ModelVersion>, StoreError> {
        let query = self.in_workspace(
            "SELECT version, run_id, source, creation_time, status FROM model_versions \
             WHERE name = ?1 AND version = ?2 AND current_stage IS NOT ?3",
            4,
        );
        let values = self.with_workspace(&[&model, &number, &DELETED]);
        let version = self.one(&query, &values, |row| {
            Ok(ModelVersion {
                number: self.version_number(self.integer(row, 0, "version")?, model)?,
                run_id: self.text(row, 1, "run_id")?.filter(|id| !id.is_empty()),
                source: self.text(row, 2, "source")?.unwrap_or_default(),
                created_ms: self.whole(row, 3, "creation_time")?,
                status: self.text(row, 4, "status")?,
                tags: BTreeMap::new(),
            })
        })?;
        let Some(mut version) = version else {
            return Ok(None);
        };
        let query = self.in_workspace(
            "SELECT key, value FROM model_version_tags WHERE name = ?1 AND version = ?2",
            3,
        );
        let values = self.with_workspace(&[&model, &number]);
        version.tags = self.pairs(&query, &values, "tags of a version")?;
        Ok(Some(version))
    }

    pub(super) fn version_number(&self, number: i64, model: &str) -> Result<u64, StoreError> {
        u64::try_from(number).map_err(|_| self.damaged(format!("version {number} of `{model}`")))
    }
}
