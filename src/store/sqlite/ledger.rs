//! The tables that hold a ledger: aliases, tags of the model, tags of its versions.
//!
//! The one decision here: it is all read inside the one transaction that the store is open in, so
//! what is read was true at one time.

use super::families::MODEL_TAGS;
use super::registry::DELETED;
use super::rows::{MOST_ROWS, Rows};
use crate::evidence::{ENTRY_TAG, Entry, HEAD_TAG, Ledger};
use crate::store::StoreError;

/// The first text after every text that begins with [`ENTRY_TAG`].
const AFTER_ENTRY_TAG: &str = "gatewright.promotion/";

impl Rows<'_> {
    /// The ledger of a model that exists.
    pub(super) fn ledger(&self, model: &str) -> Result<Ledger, StoreError> {
        let mut ledger = Ledger {
            head: self.head(model)?,
            entries: self.entries(model)?,
            ..Ledger::default()
        };
        let query = self.in_workspace(
            "SELECT alias, version FROM registered_model_aliases WHERE name = ?1",
            2,
        );
        let values = self.with_workspace(&[&model]);
        self.each(&query, &values, (MOST_ROWS, "aliases"), |row| {
            let alias = self.name(row, 0, "alias")?;
            let version = self.version_number(self.integer(row, 1, "version")?, model)?;
            match ledger.aliases.insert(alias, version) {
                Some(_) => Err(self.damaged("two versions of one alias".to_owned())),
                None => Ok(()),
            }
        })?;
        let query = self.in_workspace(
            "SELECT version FROM model_versions WHERE name = ?1 AND current_stage IS NOT ?2",
            3,
        );
        let values = self.with_workspace(&[&model, &DELETED]);
        self.each(&query, &values, (MOST_ROWS, "versions"), |row| {
            let version = self.version_number(self.integer(row, 0, "version")?, model)?;
            ledger.versions.insert(version);
            Ok(())
        })?;
        Ok(ledger)
    }

    fn head(&self, model: &str) -> Result<Option<String>, StoreError> {
        if !self.has(&MODEL_TAGS)? {
            return Ok(None);
        }
        let query = self.in_workspace(
            "SELECT value FROM registered_model_tags WHERE name = ?1 AND key = ?2",
            3,
        );
        let values = self.with_workspace(&[&model, &HEAD_TAG]);
        self.one(&query, &values, |row| {
            Ok(self.text(row, 0, "value")?.unwrap_or_default())
        })
    }

    /// The entries, in the order of versions and names.
    fn entries(&self, model: &str) -> Result<Vec<Entry>, StoreError> {
        let alive = self.in_workspace(
            "SELECT version FROM model_versions WHERE name = ?1 AND current_stage IS NOT ?2",
            5,
        );
        let query = self.in_workspace(
            &format!(
                "SELECT version, key, value FROM model_version_tags \
                 WHERE name = ?1 AND key >= ?3 AND key < ?4 AND version IN ({alive})"
            ),
            5,
        );
        let values = self.with_workspace(&[&model, &DELETED, &ENTRY_TAG, &AFTER_ENTRY_TAG]);
        let mut entries = Vec::new();
        self.each(&query, &values, (MOST_ROWS, "promotions"), |row| {
            entries.push(Entry {
                version: self.version_number(self.integer(row, 0, "version")?, model)?,
                tag: self.name(row, 1, "tags of a version")?,
                text: self.text(row, 2, "value")?.unwrap_or_default(),
            });
            Ok(())
        })?;
        entries.sort_by(|one, other| (one.version, &one.tag).cmp(&(other.version, &other.tag)));
        Ok(entries)
    }
}
