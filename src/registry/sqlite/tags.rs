//! Tags and aliases, statement by statement.

use rusqlite::ToSql;

use super::transaction::Table;
use crate::evidence::{HEAD_TAG, ModelVersion};
use crate::registry::{COPIED_TAG, Change, RegistryError, compare};
use crate::store::sqlite::DELETED;

/// The most copies that are looked through.
const MOST_COPIES: usize = 100_000;

impl Table<'_> {
    /// A version that was not deleted, with its tags.
    ///
    /// # Errors
    /// [`RegistryError::Conflict`] when there is none.
    pub(super) fn require_version(
        &self,
        model: &str,
        version: u64,
    ) -> Result<ModelVersion, RegistryError> {
        self.rows.require_model(model)?;
        let number = i64::try_from(version).unwrap_or(i64::MAX);
        let found = self.rows.by_number(model, number)?;
        found.ok_or_else(|| compare::absent(model, version))
    }

    /// The version an alias points to.
    pub(super) fn alias(&self, model: &str, alias: &str) -> Result<Option<u64>, RegistryError> {
        let query = self.rows.in_workspace(
            "SELECT version FROM registered_model_aliases WHERE name = ?1 AND alias = ?2",
            3,
        );
        let values = self.rows.with_workspace(&[&model, &alias]);
        Ok(self.rows.one(&query, &values, |row| {
            let version = self.rows.integer(row, 0, "version")?;
            u64::try_from(version).map_err(|_| self.rows.damaged(format!("version {version}")))
        })?)
    }

    /// Moves an alias by one statement that changes one row, or none when it is not where it is
    /// expected; says whether it did.
    pub(super) fn move_alias(&self, change: &Change) -> Result<bool, RegistryError> {
        let version = self.number(change.version)?;
        let moved = match change.expected {
            Some(expected) => self.update_alias(change, self.number(expected)?, version),
            None => self.insert_alias(change, version),
        };
        Ok(moved? == 1)
    }

    fn update_alias(&self, change: &Change, from: i64, to: i64) -> Result<usize, RegistryError> {
        let statement = self.rows.in_workspace(
            "UPDATE registered_model_aliases SET version = ?3 \
             WHERE name = ?1 AND alias = ?2 AND version = ?4",
            5,
        );
        let values: [&dyn ToSql; 4] = [&change.model, &change.alias, &to, &from];
        self.change(&statement, &self.rows.with_workspace(&values))
    }

    fn insert_alias(&self, change: &Change, to: i64) -> Result<usize, RegistryError> {
        let (column, parameter) = self.workspace_column(4);
        let existing = self.rows.in_workspace(
            "SELECT 1 FROM registered_model_aliases WHERE name = ?1 AND alias = ?2",
            4,
        );
        let statement = format!(
            "INSERT INTO registered_model_aliases (name, alias, version{column}) \
             SELECT ?1, ?2, ?3{parameter} WHERE NOT EXISTS ({existing})"
        );
        let values: [&dyn ToSql; 3] = [&change.model, &change.alias, &to];
        self.change(&statement, &self.rows.with_workspace(&values))
    }

    /// The text of the head of the ledger.
    pub(super) fn head(&self, model: &str) -> Result<Option<String>, RegistryError> {
        let query = self.rows.in_workspace(
            "SELECT value FROM registered_model_tags WHERE name = ?1 AND key = ?2",
            3,
        );
        let values = self.rows.with_workspace(&[&model, &HEAD_TAG]);
        let head = self.rows.one(&query, &values, |row| {
            Ok(self.rows.text(row, 0, HEAD_TAG)?.unwrap_or_default())
        })?;
        Ok(head)
    }

    /// Writes the head of the ledger.
    pub(super) fn set_head(&self, model: &str, text: &str) -> Result<(), RegistryError> {
        let update = self.rows.in_workspace(
            "UPDATE registered_model_tags SET value = ?3 WHERE name = ?1 AND key = ?2",
            4,
        );
        let (column, parameter) = self.workspace_column(4);
        let insert = format!(
            "INSERT INTO registered_model_tags (name, key, value{column}) \
             VALUES (?1, ?2, ?3{parameter})"
        );
        let values = self.rows.with_workspace(&[&model, &HEAD_TAG, &text]);
        self.update_or_insert(&update, &insert, &values)
    }

    /// Another version with a tag of this name, that was not deleted.
    pub(super) fn elsewhere(
        &self,
        (model, version): (&str, u64),
        tag: &str,
    ) -> Result<Option<u64>, RegistryError> {
        let alive = self.rows.in_workspace(
            "SELECT version FROM model_versions WHERE name = ?1 AND current_stage IS NOT ?4",
            5,
        );
        let query = self.rows.in_workspace(
            &format!(
                "SELECT min(version) FROM model_version_tags \
                 WHERE name = ?1 AND key = ?2 AND version <> ?3 AND version IN ({alive})"
            ),
            5,
        );
        let version = self.number(version)?;
        let values = self
            .rows
            .with_workspace(&[&model, &tag, &version, &DELETED]);
        let found = self.rows.one(&query, &values, |row| {
            let version = self.rows.whole(row, 0, "version")?;
            Ok(version.and_then(|version| u64::try_from(version).ok()))
        })?;
        Ok(found.flatten())
    }

    /// Sets a tag of a version.
    pub(super) fn set_version_tag(
        &self,
        (model, version): (&str, u64),
        tag: &str,
        value: &str,
    ) -> Result<(), RegistryError> {
        let update = self.rows.in_workspace(
            "UPDATE model_version_tags SET value = ?4 \
             WHERE name = ?1 AND version = ?2 AND key = ?3",
            5,
        );
        let (column, parameter) = self.workspace_column(5);
        let insert = format!(
            "INSERT INTO model_version_tags (name, version, key, value{column}) \
             VALUES (?1, ?2, ?3, ?4{parameter})"
        );
        let version = self.number(version)?;
        let values = self.rows.with_workspace(&[&model, &version, &tag, &value]);
        self.update_or_insert(&update, &insert, &values)
    }

    /// Removes a tag of a version.
    pub(super) fn delete_version_tag(
        &self,
        (model, version): (&str, u64),
        tag: &str,
    ) -> Result<(), RegistryError> {
        let statement = self.rows.in_workspace(
            "DELETE FROM model_version_tags WHERE name = ?1 AND version = ?2 AND key = ?3",
            4,
        );
        let version = self.number(version)?;
        let values = self.rows.with_workspace(&[&model, &version, &tag]);
        self.change(&statement, &values).map(drop)
    }

    fn update_or_insert(
        &self,
        update: &str,
        insert: &str,
        values: &[&dyn ToSql],
    ) -> Result<(), RegistryError> {
        let changed = match self.change(update, values)? {
            0 => self.change(insert, values)?,
            changed => changed,
        };
        match changed {
            1 => Ok(()),
            _ => Err(self
                .rows
                .damaged(format!("{changed} tags of one name"))
                .into()),
        }
    }

    /// The versions of a model that say where they are copied from.
    pub(super) fn copies(&self, model: &str) -> Result<Vec<ModelVersion>, RegistryError> {
        let query = self.rows.in_workspace(
            "SELECT version FROM model_version_tags WHERE name = ?1 AND key = ?2",
            3,
        );
        let mut numbers = Vec::new();
        let values = self.rows.with_workspace(&[&model, &COPIED_TAG]);
        let bound = (MOST_COPIES, "copies in one model");
        self.rows.each(&query, &values, bound, |row| {
            numbers.push(self.rows.integer(row, 0, "version")?);
            Ok(())
        })?;
        let mut copies = Vec::new();
        for number in numbers {
            copies.extend(self.rows.by_number(model, number)?);
        }
        Ok(copies)
    }

    /// The number of the next version: those of deleted ones are not used again.
    pub(super) fn next_version(&self, model: &str) -> Result<u64, RegistryError> {
        let query = self.rows.in_workspace(
            "SELECT coalesce(max(version), 0) + 1 FROM model_versions WHERE name = ?1",
            2,
        );
        let values = self.rows.with_workspace(&[&model]);
        let next = self.rows.one(&query, &values, |row| {
            let next = self.rows.integer(row, 0, "version")?;
            u64::try_from(next).map_err(|_| self.rows.damaged(format!("version {next}")))
        })?;
        Ok(next.unwrap_or(1))
    }

    /// A version as the tables hold it.
    pub(super) fn number(&self, version: u64) -> Result<i64, RegistryError> {
        i64::try_from(version).map_err(|_| RegistryError::Conflict {
            found: format!("{} has no version {version}", self.rows.path()),
        })
    }
}
