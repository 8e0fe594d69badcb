//! Tables that came with some version of MLflow.
//!
//! The one decision here: only a store that is from before a table has none of what the table
//! holds. In any other store a table that is missing was renamed, and what it holds is unknown.

use rusqlite::Connection;

use super::fault;
use super::schema::{columns, revision};
use crate::store::StoreError;

/// Tables that came together with some version of MLflow, and are looked for only where they are
/// wanted.
pub(super) struct Family {
    /// Every table that is read, with every column that is read. The first is the one whose
    /// absence means that the store is from before.
    tables: &'static [(&'static str, &'static [&'static str])],
    /// Names of tables, as patterns of `LIKE`, that nothing from before has.
    later: &'static [&'static str],
}

/// The data sets that runs took in: in MLflow 2.22, and in no store from before they were logged.
pub(super) const DATASETS: Family = Family {
    tables: &[
        ("datasets", &["dataset_uuid", "name", "digest"]),
        (
            "inputs",
            &[
                "input_uuid",
                "source_type",
                "source_id",
                "destination_type",
                "destination_id",
            ],
        ),
        ("input_tags", &["input_uuid", "name", "value"]),
    ],
    later: &["inputs", "input_tags", "trace_info"],
};

/// Logged models, since MLflow 3.0.
pub(super) const LOGGED_MODELS: Family = Family {
    tables: &[
        (
            "logged_models",
            &[
                "model_id",
                "status",
                "lifecycle_stage",
                "source_run_id",
                "artifact_location",
            ],
        ),
        (
            "logged_model_metrics",
            &[
                "model_id",
                "metric_name",
                "metric_value",
                "metric_step",
                "metric_timestamp_ms",
                "run_id",
                "dataset_name",
                "dataset_digest",
            ],
        ),
        (
            "logged_model_params",
            &["model_id", "param_key", "param_value"],
        ),
        ("logged_model_tags", &["model_id", "tag_key", "tag_value"]),
        POINTS,
    ],
    later: &["%logged%model%", "assessments", "workspaces"],
};

/// What judges said about traces: there in MLflow 3.4, not in 2.22.
pub(super) const ASSESSMENTS: Family = Family {
    tables: &[
        (
            "assessments",
            &[
                "assessment_id",
                "trace_id",
                "name",
                "assessment_type",
                "value",
                "error",
                "created_timestamp",
                "source_type",
                "source_id",
                "overrides",
                "valid",
                "assessment_metadata",
            ],
        ),
        ("trace_info", &["request_id", "request_preview"]),
        ("trace_request_metadata", &["request_id", "key", "value"]),
    ],
    later: &["%assessment%", "%feedback%", "workspaces"],
};

/// What belongs to what: there in MLflow 3.4, not in 2.22, and used for traces by 3.9.
pub(super) const ASSOCIATIONS: Family = Family {
    tables: &[(
        "entity_associations",
        &[
            "source_type",
            "source_id",
            "destination_type",
            "destination_id",
        ],
    )],
    later: &["%association%", "workspaces"],
};

/// Every logged point of every metric, in every version of MLflow.
pub(super) const HISTORIES: Family = Family {
    tables: &[POINTS],
    later: &["runs"],
};

/// The tags of registered models, in every version of MLflow that has aliases.
pub(super) const MODEL_TAGS: Family = Family {
    tables: &[("registered_model_tags", &["name", "key", "value"])],
    later: &["registered_model_aliases"],
};

const POINTS: (&str, &[&str]) = (
    "metrics",
    &["run_uuid", "key", "value", "is_nan", "step", "timestamp"],
);

/// Whether a family of tables is there. `false` only where nothing in the database is newer than
/// the family: a table that was renamed is not a store from before.
///
/// # Errors
/// [`StoreError::UnknownSchema`] naming everything that is missing, where some of it is there or
/// should be, and whatever keeps SQLite from reading the schema.
pub(super) fn has(
    connection: &Connection,
    path: &str,
    family: &Family,
) -> Result<bool, StoreError> {
    let problem = |error: rusqlite::Error| fault::explain(path, &error);
    let mut missing = Vec::new();
    let mut is_from_before = false;
    for (place, (table, needed)) in family.tables.iter().enumerate() {
        match columns(connection, table).map_err(problem)? {
            Ok(columns) => {
                let absent = needed.iter().filter(|column| !columns.contains(**column));
                missing.extend(absent.map(|column| format!("no column `{table}.{column}`")));
            }
            Err(absence) => {
                is_from_before |= place == 0;
                missing.push(absence);
            }
        }
    }
    if missing.is_empty() {
        return Ok(true);
    }
    if is_from_before && !has_any(connection, family.later).map_err(problem)? {
        return Ok(false);
    }
    Err(StoreError::UnknownSchema {
        path: path.to_owned(),
        missing: missing.join(", "),
        revision: revision(connection),
    })
}

/// Whether the schema has anything with a name like one of these.
fn has_any(connection: &Connection, patterns: &[&str]) -> rusqlite::Result<bool> {
    let mut statement =
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE tbl_name LIKE ?1 LIMIT 1")?;
    for pattern in patterns {
        if statement.exists([pattern])? {
            return Ok(true);
        }
    }
    Ok(false)
}
