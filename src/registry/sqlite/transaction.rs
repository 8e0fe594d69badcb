//! One transaction, and what may be written in it.
//!
//! The one decision here: the file is as hostile as it is to the reading door. Its tables are looked
//! over before anything is written, and a trigger on one of them is somebody else's code: a store
//! that has one is not written.

use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};

use crate::registry::RegistryError;
use crate::store::sqlite::{self, Deadline, Rows};
use crate::store::{File, StoreError};

/// The tables that are written.
const WRITTEN: [&str; 5] = [
    "registered_models",
    "registered_model_aliases",
    "registered_model_tags",
    "model_versions",
    "model_version_tags",
];

/// An open file that can be written.
pub(super) struct Writing {
    connection: Connection,
    deadline: Deadline,
    workspace: String,
    pub(super) path: String,
}

impl Writing {
    /// Opens a file that exists.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Unreadable`], [`StoreError::NotADatabase`], and
    /// [`StoreError::NotWritable`].
    pub(super) fn open(file: File) -> Result<Self, StoreError> {
        let path = file.path.display().to_string();
        let real = sqlite::regular_file(&file.path, &path)?;
        // SQLite opens a file that is write-protected for reading, and says nothing.
        let mut connection = Connection::open_with_flags(real, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .map_err(|error| explain(&path, &error))?;
        let deadline = sqlite::guard_writer(&mut connection, file.wait)
            .map_err(|error| explain(&path, &error))?;
        Ok(Self {
            connection,
            deadline,
            workspace: file.workspace,
            path,
        })
    }

    /// Does `work` in one transaction: all of it, or nothing when it fails.
    ///
    /// # Errors
    /// Those of `work`, and whatever keeps SQLite from reading or writing.
    pub(super) fn transaction<T>(
        &self,
        work: impl FnOnce(&Table<'_>) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let problem = |error: rusqlite::Error| explain(&self.path, &error);
        self.connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(problem)?;
        self.deadline.restart();
        let done = self.looked_over().and_then(|table| work(&table));
        self.deadline.restart();
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.connection.execute_batch(end).map_err(problem);
        if ended.is_err() {
            // A commit that was refused leaves the transaction open; closing the file ends it too.
            drop(self.connection.execute_batch("ROLLBACK"));
        }
        let done = done?;
        ended?;
        Ok(done)
    }

    fn looked_over(&self) -> Result<Table<'_>, RegistryError> {
        let problem = |error: rusqlite::Error| explain(&self.path, &error);
        if self.connection.is_readonly("main").map_err(problem)? {
            return Err(StoreError::NotWritable {
                path: self.path.clone(),
                reason: "it is write-protected, or of a form that this SQLite does not write"
                    .to_owned(),
            }
            .into());
        }
        let schema = sqlite::probe(&self.connection, &self.path)?;
        let rows = Rows::new(&self.connection, schema, &self.workspace, &self.path);
        let table = Table { rows };
        table.require_model_tags()?;
        table.refuse_triggers()?;
        sqlite::require_intact(&self.connection, &self.path)?;
        Ok(table)
    }
}

/// The tables, inside of a transaction.
pub(super) struct Table<'a> {
    pub(super) rows: Rows<'a>,
}

impl Table<'_> {
    /// Changes rows; says how many.
    pub(super) fn change(
        &self,
        statement: &str,
        values: &[&dyn ToSql],
    ) -> Result<usize, RegistryError> {
        let changed = self.rows.connection.execute(statement, values);
        changed.map_err(|error| explain(self.rows.path(), &error).into())
    }

    /// The column and the parameter of the workspace, where the schema has workspaces.
    pub(super) fn workspace_column(&self, parameter: usize) -> (&'static str, String) {
        if self.rows.schema.workspaces {
            (", workspace", format!(", ?{parameter}"))
        } else {
            ("", String::new())
        }
    }

    fn require_model_tags(&self) -> Result<(), RegistryError> {
        let table = "registered_model_tags";
        let mut needed = vec!["key", "value", "name"];
        if self.rows.schema.workspaces {
            needed.push("workspace");
        }
        let columns = sqlite::columns(self.rows.connection, table)
            .map_err(|error| explain(self.rows.path(), &error))?;
        let missing = match columns {
            Err(absence) => absence,
            Ok(columns) => match needed.iter().find(|column| !columns.contains(**column)) {
                Some(column) => format!("no column `{table}.{column}`"),
                None => return Ok(()),
            },
        };
        Err(RegistryError::Store(StoreError::UnknownSchema {
            path: self.rows.path().to_owned(),
            missing,
            revision: None,
        }))
    }

    fn refuse_triggers(&self) -> Result<(), RegistryError> {
        for table in WRITTEN {
            let query = "SELECT name FROM sqlite_schema \
                         WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE LIMIT 1";
            let found = self
                .rows
                .one(query, &[&table], |row| self.rows.text(row, 0, "name"))?;
            if found.is_some() {
                return Err(RegistryError::Store(StoreError::Damaged {
                    path: self.rows.path().to_owned(),
                    reason: format!(
                        "there is a trigger on `{table}`; a store with triggers is not written"
                    ),
                }));
            }
        }
        Ok(())
    }
}

/// What an error of SQLite means to somebody who writes.
pub(super) fn explain(path: &str, error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::DiskFull,
        ) => StoreError::NotWritable {
            path: path.to_owned(),
            reason: sqlite::reason(error),
        },
        _ => sqlite::explain(path, error),
    }
}
