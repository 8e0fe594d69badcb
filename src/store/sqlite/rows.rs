//! Rows, and the values in them.
//!
//! The one decision here: a value of a type that MLflow never writes is an error. SQLite would
//! happily turn text into `0.0`, and `0.0` is a perfect loss. Every row and every text that is
//! read is paid for here, so that a query written later cannot forget the bounds.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, ToSql};

use super::families::{self, DATASETS, Family};
use super::fault;
use super::schema::Schema;
use crate::evidence::Reading;
use crate::store::StoreError;

/// The most rows that one query may answer with.
pub(super) const MOST_ROWS: usize = 100_000;

/// What one call may read, in bytes. A row costs [`ROW_BYTES`] and the length of its texts.
const MOST_BYTES: usize = 256 << 20;

/// What a row costs without its texts: about what a metric takes in memory.
const ROW_BYTES: usize = 48;

/// Reads rows of one store, for one call.
pub(crate) struct Rows<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) schema: Schema,
    workspace: &'a str,
    path: &'a str,
    /// What this call has read so far, in bytes.
    spent: Cell<usize>,
    /// Whether there are tables of data sets, once that was asked: every run is asked for them.
    has_datasets: OnceCell<bool>,
}

impl<'a> Rows<'a> {
    /// The rows of one call.
    pub(crate) fn new(
        connection: &'a Connection,
        schema: Schema,
        workspace: &'a str,
        path: &'a str,
    ) -> Self {
        Self {
            connection,
            schema,
            workspace,
            path,
            spent: Cell::new(0),
            has_datasets: OnceCell::new(),
        }
    }
}

impl Rows<'_> {
    /// Where the store is.
    pub(crate) fn path(&self) -> &str {
        self.path
    }

    /// Whether a family of tables that came with some version of MLflow is there.
    pub(super) fn has(&self, family: &Family) -> Result<bool, StoreError> {
        families::has(self.connection, self.path, family)
    }

    /// Whether there are tables of data sets.
    pub(super) fn has_datasets(&self) -> Result<bool, StoreError> {
        if let Some(known) = self.has_datasets.get() {
            return Ok(*known);
        }
        let found = self.has(&DATASETS)?;
        Ok(*self.has_datasets.get_or_init(|| found))
    }

    /// The only row of a query's answer, if there is one.
    pub(crate) fn one<T>(
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

    /// Every row of a query's answer; `what` they are, for people.
    pub(crate) fn each(
        &self,
        query: &str,
        values: &[&dyn ToSql],
        (most, what): (usize, &str),
        mut read: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let problem = |error: rusqlite::Error| fault::explain(self.path, &error);
        let mut statement = self.connection.prepare(query).map_err(problem)?;
        let mut rows = statement.query(values).map_err(problem)?;
        let mut count = 0;
        while let Some(row) = rows.next().map_err(problem)? {
            if count == most {
                return Err(self.too_large(format!("more than {most} {what}")));
            }
            count += 1;
            self.spend(ROW_BYTES)?;
            read(row)?;
        }
        Ok(())
    }

    /// The answer of a query for names and texts, each name once.
    pub(super) fn pairs(
        &self,
        query: &str,
        values: &[&dyn ToSql],
        what: &str,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let mut pairs = BTreeMap::new();
        self.each(query, values, (MOST_ROWS, what), |row| {
            let name = self.name(row, 0, what)?;
            let value = self.text(row, 1, what)?.unwrap_or_default();
            match pairs.insert(name, value) {
                Some(_) => Err(self.damaged(format!("two values of one name in {what}"))),
                None => Ok(()),
            }
        })?;
        Ok(pairs)
    }

    /// Adds the workspace to a query's condition where the schema knows workspaces.
    pub(crate) fn in_workspace(&self, query: &str, parameter: usize) -> String {
        if self.schema.workspaces {
            format!("{query} AND workspace = ?{parameter}")
        } else {
            query.to_owned()
        }
    }

    /// The values of a query, with the workspace where the schema knows workspaces.
    pub(crate) fn with_workspace<'v>(&'v self, values: &[&'v dyn ToSql]) -> Vec<&'v dyn ToSql> {
        let mut values = values.to_vec();
        if self.schema.workspaces {
            values.push(&self.workspace);
        }
        values
    }

    pub(super) fn value<'r>(
        &self,
        row: &'r Row<'_>,
        column: usize,
    ) -> Result<ValueRef<'r>, StoreError> {
        row.get_ref(column)
            .map_err(|error| fault::explain(self.path, &error))
    }

    pub(crate) fn integer(
        &self,
        row: &Row<'_>,
        column: usize,
        name: &str,
    ) -> Result<i64, StoreError> {
        self.whole(row, column, name)?
            .ok_or_else(|| self.unexpected(name, &ValueRef::Null))
    }

    /// An integer, or NULL.
    pub(crate) fn whole(
        &self,
        row: &Row<'_>,
        column: usize,
        name: &str,
    ) -> Result<Option<i64>, StoreError> {
        match self.value(row, column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value)),
            other => Err(self.unexpected(name, &other)),
        }
    }

    /// A flag: 0 or 1.
    pub(super) fn flag(
        &self,
        row: &Row<'_>,
        column: usize,
        name: &str,
    ) -> Result<bool, StoreError> {
        match self.integer(row, column, name)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.damaged(format!("`{name}` is {other}, neither 0 nor 1"))),
        }
    }

    /// A text that is neither NULL nor empty.
    pub(super) fn name(
        &self,
        row: &Row<'_>,
        column: usize,
        of: &str,
    ) -> Result<String, StoreError> {
        match self.text(row, column, of)? {
            Some(name) if !name.is_empty() => Ok(name),
            _ => Err(self.damaged(format!("there is no name where one has to be: {of}"))),
        }
    }

    /// A text, or NULL.
    pub(crate) fn text(
        &self,
        row: &Row<'_>,
        column: usize,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        match self.value(row, column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => {
                self.spend(bytes.len())?;
                match std::str::from_utf8(bytes) {
                    Ok(text) => Ok(Some(text.to_owned())),
                    Err(_) => Err(self.damaged(format!("`{name}` is not UTF-8"))),
                }
            }
            other => Err(self.unexpected(name, &other)),
        }
    }

    /// The value of a metric in a column, with the flag that says whether it is NaN.
    pub(super) fn reading(
        &self,
        row: &Row<'_>,
        (value, is_nan): (usize, usize),
        name: &str,
    ) -> Result<Reading, StoreError> {
        let value = match self.value(row, value)? {
            ValueRef::Real(value) => value,
            other => {
                let kind = other.data_type();
                return Err(self.damaged(format!("metric `{name}` is {kind}, not a number")));
            }
        };
        match self.integer(row, is_nan, "is_nan")? {
            0 => Ok(Reading::from_stored(value)),
            1 => Ok(Reading::NaN),
            other => Err(self.damaged(format!("metric `{name}` has `is_nan` {other}"))),
        }
    }

    /// Active or deleted, as runs and logged models have it.
    pub(super) fn is_deleted(
        &self,
        row: &Row<'_>,
        column: usize,
        of: &str,
    ) -> Result<bool, StoreError> {
        match self.text(row, column, "lifecycle_stage")?.as_deref() {
            Some("active") => Ok(false),
            Some("deleted") => Ok(true),
            _ => Err(self.damaged(format!("{of} is neither active nor deleted"))),
        }
    }

    fn spend(&self, bytes: usize) -> Result<(), StoreError> {
        let spent = self.spent.get().saturating_add(bytes);
        if spent > MOST_BYTES {
            let megabytes = MOST_BYTES >> 20;
            return Err(self.too_large(format!("more than {megabytes} MiB were asked for")));
        }
        self.spent.set(spent);
        Ok(())
    }

    pub(super) fn unexpected(&self, column: &str, value: &ValueRef<'_>) -> StoreError {
        self.damaged(format!("`{column}` is {}", value.data_type()))
    }

    pub(crate) fn damaged(&self, reason: String) -> StoreError {
        StoreError::Damaged {
            path: self.path.to_owned(),
            reason,
        }
    }

    pub(super) fn too_large(&self, reason: String) -> StoreError {
        StoreError::TooLarge {
            place: self.path.to_owned(),
            reason,
        }
    }
}
