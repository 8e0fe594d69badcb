//! A copy of a version, as MLflow's SQL store makes it (`create_model_version` in
//! `store/model_registry/sqlalchemy_store.py`, asked by `copy_model_version`).

use rusqlite::ToSql;

use super::transaction::Table;
use crate::registry::{RegistryError, compare, copy};
use crate::store::StoreError;
use crate::store::sqlite;

/// Milliseconds since the Unix epoch by the database's clock, as a server would use its own.
const NOW: &str = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/// The columns that a copy needs, and the gate does not.
const NEEDED: [&str; 4] = [
    "last_updated_time",
    "description",
    "run_link",
    "storage_location",
];

/// Copies a version, or finds the copy that is there.
///
/// # Errors
/// As [`crate::registry::Registry::copy_version`].
pub(super) fn copy(
    table: &Table<'_>,
    from: (&str, u64),
    to_model: &str,
) -> Result<u64, RegistryError> {
    let original = table.require_version(from.0, from.1)?;
    compare::require_ready(from.0, from.1, original.status.as_deref())?;
    copy::check(from, to_model, &original.tags)?;
    let address = copy::address(from);
    let made = register(table, to_model)?;
    if !made {
        let versions = table.copies(to_model)?;
        if let Some(existing) = copy::find(&versions, &address, true) {
            return Ok(existing);
        }
    }
    require_columns(table)?;
    let number = table.next_version(to_model)?;
    insert(table, from, (to_model, number), &address)?;
    for (tag, value) in copy::tags(original.tags, &address) {
        table.set_version_tag((to_model, number), &tag, &value)?;
    }
    Ok(number)
}

/// Makes the registered model, unless there is one; says whether it did.
fn register(table: &Table<'_>, model: &str) -> Result<bool, RegistryError> {
    match table.rows.require_model(model) {
        Ok(()) => return Ok(false),
        Err(StoreError::ModelNotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let (column, parameter) = table.workspace_column(2);
    let statement = format!(
        "INSERT INTO registered_models (name, creation_time, last_updated_time{column}) \
         VALUES (?1, {NOW}, {NOW}{parameter})"
    );
    let values = table.rows.with_workspace(&[&model as &dyn ToSql]);
    table.change(&statement, &values)?;
    Ok(true)
}

fn require_columns(table: &Table<'_>) -> Result<(), RegistryError> {
    let path = table.rows.path();
    let columns = sqlite::columns(table.rows.connection, "model_versions")
        .map_err(|error| sqlite::explain(path, &error))?;
    let missing = match columns {
        Err(absence) => absence,
        Ok(columns) => match NEEDED.iter().find(|column| !columns.contains(**column)) {
            Some(column) => format!("no column `model_versions.{column}`"),
            None => return Ok(()),
        },
    };
    Err(RegistryError::Store(StoreError::UnknownSchema {
        path: path.to_owned(),
        missing,
        revision: None,
    }))
}

/// The row of the copy. The files stay where they are: the copy's storage location is the
/// original's, or its source.
fn insert(
    table: &Table<'_>,
    from: (&str, u64),
    to: (&str, u64),
    address: &str,
) -> Result<(), RegistryError> {
    let (column, parameter) = table.workspace_column(6);
    let original = table
        .rows
        .in_workspace("WHERE o.name = ?1 AND o.version = ?2", 6);
    let statement = format!(
        "INSERT INTO model_versions (name, version, creation_time, last_updated_time, \
             description, current_stage, source, run_id, status, run_link, storage_location{column}) \
         SELECT ?3, ?4, {NOW}, {NOW}, o.description, 'None', ?5, o.run_id, 'READY', o.run_link, \
             coalesce(nullif(o.storage_location, ''), o.source){parameter} \
         FROM model_versions o {original}"
    );
    let (from_version, to_version) = (table.number(from.1)?, table.number(to.1)?);
    let values = [
        &from.0 as &dyn ToSql,
        &from_version,
        &to.0,
        &to_version,
        &address,
    ];
    let inserted = table.change(&statement, &table.rows.with_workspace(&values))?;
    if inserted != 1 {
        let reason = format!("{inserted} versions of one number");
        return Err(table.rows.damaged(reason).into());
    }
    let touch = table.rows.in_workspace(
        &format!("UPDATE registered_models SET last_updated_time = {NOW} WHERE name = ?1"),
        2,
    );
    let values = table.rows.with_workspace(&[&to.0 as &dyn ToSql]);
    table.change(&touch, &values).map(drop)
}
