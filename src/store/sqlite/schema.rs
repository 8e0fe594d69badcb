//! Whether a database has the tables and columns that the gate reads.
//!
//! The one decision here: what counts is the columns, never the revision. MLflow moves its schema
//! with most releases; nearly all of it is not ours, and a store that is newer than this program
//! is read as long as every column it reads is there.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _};

use super::fault;
use crate::store::StoreError;

/// What differs between the schemas that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schema {
    /// Whether the registry's tables have a `workspace` column (MLflow 3.10 and later).
    pub(crate) workspaces: bool,
}

/// Every table that every gate reads, with every column that is read.
const NEEDED: [(&str, &[&str]); 8] = [
    ("registered_models", &["name"]),
    ("registered_model_aliases", &["name", "alias", "version"]),
    (
        "model_versions",
        &[
            "name",
            "version",
            "current_stage",
            "source",
            "run_id",
            "creation_time",
            "status",
        ],
    ),
    ("model_version_tags", &["name", "version", "key", "value"]),
    (
        "runs",
        &[
            "run_uuid",
            "lifecycle_stage",
            "status",
            "start_time",
            "end_time",
            "artifact_uri",
            "experiment_id",
        ],
    ),
    (
        "latest_metrics",
        &["run_uuid", "key", "value", "is_nan", "step", "timestamp"],
    ),
    ("params", &["run_uuid", "key", "value"]),
    ("tags", &["run_uuid", "key", "value"]),
];

/// The tables whose primary key begins with the workspace from MLflow 3.10 on.
const REGISTRY: [&str; 4] = [
    "registered_models",
    "registered_model_aliases",
    "model_versions",
    "model_version_tags",
];

/// Looks at the schema of the database at `path`.
///
/// # Errors
/// [`StoreError::UnknownSchema`] naming everything that is missing, and whatever keeps SQLite from
/// reading the schema.
pub(crate) fn probe(connection: &Connection, path: &str) -> Result<Schema, StoreError> {
    let problem = |error: rusqlite::Error| fault::explain(path, &error);
    let mut missing = Vec::new();
    let mut with_workspace = Vec::new();
    for (table, needed) in NEEDED {
        match columns(connection, table).map_err(problem)? {
            Ok(columns) => {
                let absent = needed.iter().filter(|column| !columns.contains(**column));
                missing.extend(absent.map(|column| format!("no column `{table}.{column}`")));
                if REGISTRY.contains(&table) && columns.contains("workspace") {
                    with_workspace.push(table);
                }
            }
            Err(absence) => missing.push(absence),
        }
    }
    if missing.is_empty() && !with_workspace.is_empty() {
        let without = REGISTRY
            .iter()
            .filter(|table| !with_workspace.contains(table));
        missing.extend(without.map(|table| format!("no column `{table}.workspace`")));
    }
    if missing.is_empty() {
        return Ok(Schema {
            workspaces: !with_workspace.is_empty(),
        });
    }
    Err(StoreError::UnknownSchema {
        path: path.to_owned(),
        missing: missing.join(", "),
        revision: revision(connection),
    })
}

/// The stored columns of a table, in lower case, or what stands in its place. A view or a virtual
/// table could compute anything, for ever; a generated column likewise.
pub(crate) fn columns(
    connection: &Connection,
    table: &str,
) -> rusqlite::Result<Result<BTreeSet<String>, String>> {
    let found = connection
        .query_row(
            "SELECT type, rootpage FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE",
            [table],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
        )
        .optional()?;
    match found {
        None => return Ok(Err(format!("no table `{table}`"))),
        Some((kind, rootpage)) if kind != "table" || rootpage == 0 => {
            return Ok(Err(format!("`{table}` is not a stored table")));
        }
        Some(_) => {}
    }
    let mut statement = connection.prepare(&format!("PRAGMA table_xinfo({table})"))?;
    let mut rows = statement.query([])?;
    let mut columns = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let stored = row.get::<_, i64>("hidden")? == 0;
        if stored {
            columns.insert(row.get::<_, String>("name")?.to_ascii_lowercase());
        }
    }
    Ok(Ok(columns))
}

/// The revision that MLflow's migrations left, if it looks like one. Only for the message.
pub(super) fn revision(connection: &Connection) -> Option<String> {
    columns(connection, "alembic_version").ok()?.ok()?;
    let revision: String = connection
        .query_row("SELECT version_num FROM alembic_version", [], |row| {
            row.get(0)
        })
        .ok()?;
    let plain = revision.len() <= 64 && revision.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then_some(revision)
}
