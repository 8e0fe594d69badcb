//! SQLite stores as MLflow makes them, row by row.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use tempfile::TempDir;

/// The table definitions of MLflow 3.17.2, as its server wrote them.
const DDL_3_17_2: &str = include_str!("ddl/sqlite-3.17.2.sql");

/// The table definitions of MLflow 2.22.
const DDL_2_22: &str = include_str!("ddl/sqlite-2.22.sql");

/// A store in a folder of its own, with a connection for changing it.
pub(crate) struct SqliteStore {
    folder: TempDir,
    /// The connection of "the other process".
    pub(crate) connection: Connection,
    workspaces: bool,
}

impl SqliteStore {
    /// A store of the newest MLflow.
    pub(crate) fn new() -> Self {
        let store = Self::empty(true);
        store.connection.execute_batch(DDL_3_17_2).unwrap();
        store.revision("dc11669786a5");
        store
    }

    /// A store of MLflow 2.22, before workspaces and logged models.
    pub(crate) fn of_2_22() -> Self {
        let store = Self::empty(false);
        store.connection.execute_batch(DDL_2_22).unwrap();
        store.revision("0584bdc529eb");
        store
    }

    /// A database without tables.
    pub(crate) fn empty(workspaces: bool) -> Self {
        let folder = TempDir::new().unwrap();
        let connection = Connection::open(folder.path().join("mlflow.db")).unwrap();
        connection
            .pragma_update(None, "foreign_keys", false)
            .unwrap();
        connection
            .pragma_update(None, "synchronous", "OFF")
            .unwrap();
        Self {
            folder,
            connection,
            workspaces,
        }
    }

    /// The folder that holds `mlflow.db`.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("mlflow.db")
    }

    /// Runs SQL as the other process.
    pub(crate) fn sql(&self, sql: &str) {
        self.connection.execute_batch(sql).unwrap();
    }

    fn revision(&self, revision: &str) {
        self.connection
            .execute("INSERT INTO alembic_version VALUES (?1)", [revision])
            .unwrap();
    }

    /// Registers a model without versions.
    pub(crate) fn model(&self, name: &str) -> &Self {
        self.connection
            .execute("INSERT INTO registered_models (name) VALUES (?1)", [name])
            .unwrap();
        self
    }

    /// Adds a version of a model; `run` may be empty.
    pub(crate) fn version(&self, model: &str, number: i64, run: &str) -> &Self {
        let sql = "INSERT INTO model_versions (name, version, current_stage, source, run_id, status) \
                   VALUES (?1, ?2, 'None', 'models:/m-1', ?3, 'READY')";
        self.connection
            .execute(sql, params![model, number, run])
            .unwrap();
        self
    }

    /// Points an alias to a version.
    pub(crate) fn alias(&self, model: &str, alias: &str, number: i64) -> &Self {
        let sql = "INSERT INTO registered_model_aliases (name, alias, version) VALUES (?1, ?2, ?3)";
        self.connection
            .execute(sql, params![model, alias, number])
            .unwrap();
        self
    }

    /// Adds a run without metrics.
    pub(crate) fn run(&self, id: &str) -> &Self {
        let sql = "INSERT INTO runs (run_uuid, lifecycle_stage, status, experiment_id) \
                   VALUES (?1, 'active', 'FINISHED', 1)";
        self.connection.execute(sql, [id]).unwrap();
        self
    }

    /// Sets a metric's latest value, at step 0.
    pub(crate) fn metric(&self, run: &str, name: &str, value: f64) -> &Self {
        let sql = "INSERT OR REPLACE INTO latest_metrics (run_uuid, key, value, is_nan, step, timestamp) \
                   VALUES (?1, ?2, ?3, 0, 0, 1795413011696)";
        self.connection
            .execute(sql, params![run, name, value])
            .unwrap();
        self
    }

    /// Whether the schema has workspaces.
    pub(crate) fn has_workspaces(&self) -> bool {
        self.workspaces
    }
}
