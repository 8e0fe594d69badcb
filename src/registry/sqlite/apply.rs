//! A change, inside of its transaction.

use super::transaction::Table;
use crate::registry::compare::{self, Found};
use crate::registry::{Applied, Change, RegistryError};

/// Compares, and writes what is missing.
///
/// # Errors
/// As [`compare::compare`], and whatever keeps SQLite from reading or writing.
pub(super) fn carry_out(table: &Table<'_>, change: &Change) -> Result<Applied, RegistryError> {
    let about = (change.model.as_str(), change.version);
    let version = table.require_version(about.0, about.1)?;
    compare::require_ready(about.0, about.1, version.status.as_deref())?;
    let found = Found {
        alias: table.alias(&change.model, &change.alias)?,
        head: table.head(&change.model)?,
        entry: version.tags.get(&change.tag).cloned(),
        elsewhere: table.elsewhere(about, &change.tag)?,
    };
    let missing = compare::compare(change, &found)?;
    if missing.is_nothing() {
        return Ok(Applied::Before);
    }
    if missing.entry {
        table.set_version_tag(about, &change.tag, &change.entry)?;
    }
    if missing.head {
        table.set_head(&change.model, &change.head.text())?;
    }
    if !table.move_alias(change)? {
        let now = table.alias(&change.model, &change.alias)?;
        compare::require_alias(change, now)?;
        return Err(RegistryError::Conflict {
            found: format!("the alias `{}` cannot be moved", change.alias),
        });
    }
    Ok(Applied::Now)
}
