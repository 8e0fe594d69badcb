//! The registry behind a `sqlite:///` URI.

use super::transaction::Writing;
use super::{apply, copy};
use crate::registry::names;
use crate::registry::{Applied, Change, Registry, RegistryError};
use crate::store::{File, StoreError};

/// A SQLite file, open for writing.
pub(in crate::registry) struct SqliteRegistry {
    file: Writing,
}

impl SqliteRegistry {
    /// Opens a file.
    ///
    /// # Errors
    /// As [`Writing::open`].
    pub(in crate::registry) fn open(file: File) -> Result<Self, StoreError> {
        Ok(Self {
            file: Writing::open(file)?,
        })
    }
}

impl Registry for SqliteRegistry {
    fn location(&self) -> &str {
        &self.file.path
    }

    fn apply(&self, change: &Change) -> Result<Applied, RegistryError> {
        names::check(change)?;
        self.file
            .transaction(|table| apply::carry_out(table, change))
    }

    fn copy_version(&self, from: (&str, u64), to_model: &str) -> Result<u64, RegistryError> {
        self.file
            .transaction(|table| copy::copy(table, from, to_model))
    }

    fn set_version_tag(
        &self,
        model: &str,
        version: u64,
        tag: &str,
        value: &str,
    ) -> Result<(), RegistryError> {
        names::check_tag(tag, value)?;
        self.file.transaction(|table| {
            table.require_version(model, version)?;
            table.set_version_tag((model, version), tag, value)
        })
    }

    fn delete_version_tag(
        &self,
        model: &str,
        version: u64,
        tag: &str,
    ) -> Result<(), RegistryError> {
        self.file.transaction(|table| {
            table.require_version(model, version)?;
            table.delete_version_tag((model, version), tag)
        })
    }
}
