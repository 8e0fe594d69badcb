//! The queries, and what their rows mean.
//!
//! The one decision here: a value of a type that MLflow never writes is an error. SQLite would
//! happily turn text into `0.0`, and `0.0` is a perfect loss.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, ToSql};

use super::fault;
use super::schema::Schema;
use crate::evidence::{Metric, Metrics, ModelVersion, Reading, Run};
use crate::store::StoreError;

/// The most metrics that are read of one run.
const MOST_METRICS: usize = 100_000;

/// The most bytes that the names of a run's metrics may have together.
const MOST_NAME_BYTES: usize = 32 << 20;

/// The alias that MLflow resolves to the highest version, in any case of letters.
const LATEST: &str = "latest";

/// How MLflow marks a version that was deleted; the row stays.
const DELETED: &str = "Deleted_Internal";

/// The tag that holds the commit a run was made from.
const COMMIT: &str = "mlflow.source.git.commit";

/// Reads rows of one store.
pub(super) struct Rows<'a> {
    pub(super) connection: &'a Connection,
    pub(super) schema: Schema,
    pub(super) workspace: &'a str,
    pub(super) path: &'a str,
}

impl Rows<'_> {
    /// Whether the registry has a model of this name.
    pub(super) fn has_model(&self, model: &str) -> Result<bool, StoreError> {
        let query = self.in_workspace("SELECT 1 FROM registered_models WHERE name = ?1", 2);
        let found = self.one(&query, &self.with_workspace(&[&model]), |_| Ok(()))?;
        Ok(found.is_some())
    }

    /// The version an alias points to.
    pub(super) fn by_alias(
        &self,
        model: &str,
        alias: &str,
    ) -> Result<Option<ModelVersion>, StoreError> {
        if alias.eq_ignore_ascii_case(LATEST) {
            return self.latest(model);
        }
        let query = self.in_workspace(
            "SELECT version FROM registered_model_aliases WHERE name = ?1 AND alias = ?2",
            3,
        );
        let values = self.with_workspace(&[&model, &alias]);
        let Some(number) = self.one(&query, &values, |row| self.integer(row, 0, "version"))? else {
            return Ok(None);
        };
        // Deleting a version removes its aliases, so this cannot be "there is no champion yet".
        let version = self.by_number(model, number)?.ok_or_else(|| {
            self.damaged(format!(
                "the alias `{alias}` of `{model}` points to version {number}, which does not exist"
            ))
        })?;
        Ok(Some(version))
    }

    fn latest(&self, model: &str) -> Result<Option<ModelVersion>, StoreError> {
        let query = self.in_workspace(
            "SELECT version FROM model_versions WHERE name = ?1 AND current_stage IS NOT ?2",
            3,
        );
        let query = format!("{query} ORDER BY version DESC LIMIT 1");
        let values = self.with_workspace(&[&model, &DELETED]);
        match self.one(&query, &values, |row| self.integer(row, 0, "version"))? {
            Some(number) => self.by_number(model, number),
            None => Ok(None),
        }
    }

    /// The version with this number, unless it was deleted.
    pub(super) fn by_number(
        &self,
        model: &str,
        number: i64,
    ) -> Result<Option<ModelVersion>, StoreError> {
        let query = self.in_workspace(
            "SELECT version, run_id, source FROM model_versions \
             WHERE name = ?1 AND version = ?2 AND current_stage IS NOT ?3",
            4,
        );
        let values = self.with_workspace(&[&model, &number, &DELETED]);
        self.one(&query, &values, |row| {
            let number = self.integer(row, 0, "version")?;
            Ok(ModelVersion {
                number: u64::try_from(number)
                    .map_err(|_| self.damaged(format!("version {number} of `{model}`")))?,
                run_id: self.text(row, 1, "run_id")?.filter(|id| !id.is_empty()),
                source: self.text(row, 2, "source")?.unwrap_or_default(),
                created_ms: None,
                tags: BTreeMap::new(),
            })
        })
    }

    /// A run with its latest metrics.
    pub(super) fn run(&self, id: &str) -> Result<Run, StoreError> {
        let stage = self
            .one(
                "SELECT lifecycle_stage FROM runs WHERE run_uuid = ?1",
                &[&id],
                |row| self.text(row, 0, "lifecycle_stage"),
            )?
            .ok_or_else(|| StoreError::RunNotFound { run: id.to_owned() })?;
        let deleted = match stage.as_deref() {
            Some("active") => false,
            Some("deleted") => true,
            _ => return Err(self.damaged(format!("run `{id}` is neither active nor deleted"))),
        };
        let commit = self.one(
            "SELECT value FROM tags WHERE run_uuid = ?1 AND key = ?2",
            &[&id, &COMMIT],
            |row| self.text(row, 0, "value"),
        )?;
        Ok(Run {
            deleted,
            tags: commit
                .flatten()
                .map(|commit| (COMMIT.to_owned(), commit))
                .into_iter()
                .collect(),
            metrics: self.metrics(id)?,
            ..Run::empty(id)
        })
    }

    fn metrics(&self, run: &str) -> Result<Metrics, StoreError> {
        let problem = |error: rusqlite::Error| fault::explain(self.path, &error);
        let mut statement = self
            .connection
            .prepare("SELECT key, value, is_nan, step, timestamp FROM latest_metrics WHERE run_uuid = ?1")
            .map_err(problem)?;
        let mut rows = statement.query([run]).map_err(problem)?;
        let mut metrics = BTreeMap::new();
        let mut name_bytes = 0;
        while let Some(row) = rows.next().map_err(problem)? {
            let Some(name) = self.text(row, 0, "key")? else {
                return Err(self.damaged(format!("a metric of run `{run}` has no name")));
            };
            name_bytes += name.len();
            if metrics.len() == MOST_METRICS || name_bytes > MOST_NAME_BYTES {
                return Err(StoreError::TooLarge {
                    place: self.path.to_owned(),
                    reason: format!(
                        "run `{run}` has more metrics than the {MOST_METRICS} that are read"
                    ),
                });
            }
            let metric = self.metric(row, &name)?;
            match metrics.entry(name) {
                Entry::Vacant(entry) => drop(entry.insert(metric)),
                Entry::Occupied(entry) => {
                    let name = entry.key();
                    return Err(self.damaged(format!("run `{run}` has two latest `{name}`")));
                }
            }
        }
        Ok(metrics)
    }

    fn metric(&self, row: &Row<'_>, name: &str) -> Result<Metric, StoreError> {
        let value = match self.value(row, 1)? {
            ValueRef::Real(value) => value,
            other => {
                let kind = other.data_type();
                return Err(self.damaged(format!("metric `{name}` is {kind}, not a number")));
            }
        };
        let reading = match self.integer(row, 2, "is_nan")? {
            0 => Reading::from_stored(value),
            1 => Reading::NaN,
            other => return Err(self.damaged(format!("metric `{name}` has `is_nan` {other}"))),
        };
        Ok(Metric {
            reading,
            step: self.integer(row, 3, "step")?,
            timestamp_ms: self.integer(row, 4, "timestamp")?,
        })
    }

    /// Adds the workspace to a query's condition where the schema knows workspaces.
    fn in_workspace(&self, query: &str, parameter: usize) -> String {
        if self.schema.workspaces {
            format!("{query} AND workspace = ?{parameter}")
        } else {
            query.to_owned()
        }
    }

    fn with_workspace<'v>(&'v self, values: &[&'v dyn ToSql]) -> Vec<&'v dyn ToSql> {
        let mut values = values.to_vec();
        if self.schema.workspaces {
            values.push(&self.workspace);
        }
        values
    }

    fn one<T>(
        &self,
        query: &str,
        values: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let problem = |error: rusqlite::Error| fault::explain(self.path, &error);
        let mut statement = self.connection.prepare(query).map_err(problem)?;
        let mut rows = statement.query(values).map_err(problem)?;
        let found = match rows.next().map_err(problem)? {
            Some(row) => read(row)?,
            None => return Ok(None),
        };
        // MLflow's primary keys allow one row; a table without them could hold any number.
        match rows.next().map_err(problem)? {
            Some(_) => Err(self.damaged(format!("two rows where one is possible: {query}"))),
            None => Ok(Some(found)),
        }
    }

    fn value<'r>(&self, row: &'r Row<'_>, column: usize) -> Result<ValueRef<'r>, StoreError> {
        row.get_ref(column)
            .map_err(|error| fault::explain(self.path, &error))
    }

    fn integer(&self, row: &Row<'_>, column: usize, name: &str) -> Result<i64, StoreError> {
        match self.value(row, column)? {
            ValueRef::Integer(value) => Ok(value),
            other => Err(self.unexpected(name, &other)),
        }
    }

    fn text(&self, row: &Row<'_>, column: usize, name: &str) -> Result<Option<String>, StoreError> {
        match self.value(row, column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(text.to_owned())),
                Err(_) => Err(self.damaged(format!("`{name}` is not UTF-8"))),
            },
            other => Err(self.unexpected(name, &other)),
        }
    }

    fn unexpected(&self, column: &str, value: &ValueRef<'_>) -> StoreError {
        self.damaged(format!("`{column}` is {}", value.data_type()))
    }

    fn damaged(&self, reason: String) -> StoreError {
        StoreError::Damaged {
            path: self.path.to_owned(),
            reason,
        }
    }
}
