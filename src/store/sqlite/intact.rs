//! Whether a file is whole, before anything in it is believed.
//!
//! The one decision here: SQLite notices damage where it happens to read, and an index that lost an
//! entry reads like a champion that does not exist yet. So a small file is looked over completely,
//! and of a large one the tables in which an absence means something.

use rusqlite::Connection;

use super::fault;
use crate::store::StoreError;

/// Files up to this size are looked over completely, in bytes: that takes some 10 ms a MiB.
const SMALL: i64 = 8 << 20;

/// Where nothing found means "nothing there yet": the registry, which is small in any store.
const REGISTRY: [&str; 5] = [
    "registered_models",
    "registered_model_aliases",
    "registered_model_tags",
    "model_versions",
    "model_version_tags",
];

/// Looks over the database.
///
/// # Errors
/// [`StoreError::NotADatabase`] when it is damaged, and whatever keeps SQLite from looking.
pub(crate) fn require(connection: &Connection, path: &str) -> Result<(), StoreError> {
    let problem = |error: rusqlite::Error| fault::explain(path, &error);
    let number = |pragma: &str| {
        connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0))
    };
    let size = number("page_count")
        .and_then(|pages| Ok(pages.saturating_mul(number("page_size")?)))
        .map_err(problem)?;
    let checks = if size <= SMALL {
        vec!["PRAGMA integrity_check".to_owned()]
    } else {
        REGISTRY
            .iter()
            .map(|table| format!("PRAGMA integrity_check({table})"))
            .collect()
    };
    for check in checks {
        let fault = first_fault(connection, &check).map_err(problem)?;
        if let Some(reason) = fault {
            return Err(StoreError::NotADatabase {
                path: path.to_owned(),
                reason,
            });
        }
    }
    Ok(())
}

/// The first thing that is damaged. A value that a constraint of the table would not take any more
/// is none: constraints came with some version of MLflow, and rows may be older.
fn first_fault(connection: &Connection, check: &str) -> rusqlite::Result<Option<String>> {
    let mut statement = connection.prepare(check)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        let is_constraint = ["NULL value in", "CHECK constraint failed"]
            .iter()
            .any(|kind| line.starts_with(kind));
        if line != "ok" && !is_constraint {
            return Ok(Some(line));
        }
    }
    Ok(None)
}
