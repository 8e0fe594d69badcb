//! The store behind a `sqlite:///` URI.

use std::path::Path;
use std::time::Duration;

use super::connection::{self, Open};
use super::intact;
use super::rows::Rows;
use super::schema::{self, Schema};
use crate::evidence::{Found, Ledger, ModelVersion, Wanted};
use crate::store::{Selector, Store, StoreError};

/// A SQLite file, open inside one read transaction.
pub(crate) struct SqliteStore {
    open: Open,
    schema: Schema,
    workspace: String,
    path: String,
}

impl SqliteStore {
    /// Opens the file at `path`; `wait` bounds the wait for another process's lock. The registry
    /// is read in `workspace` where the schema has workspaces.
    ///
    /// # Errors
    /// As [`connection::open`] and [`schema::probe`].
    pub(crate) fn open(path: &Path, workspace: String, wait: Duration) -> Result<Self, StoreError> {
        let open = connection::open(path, wait)?;
        let path = path.display().to_string();
        // What the tables are comes first: looking them over computes their computed columns.
        let schema = schema::probe(&open.connection, &path)?;
        intact::require(&open.connection, &path)?;
        Ok(Self {
            open,
            schema,
            workspace,
            path,
        })
    }

    fn rows(&self) -> Rows<'_> {
        self.open.deadline.restart();
        Rows::new(
            &self.open.connection,
            self.schema,
            &self.workspace,
            &self.path,
        )
    }
}

impl Store for SqliteStore {
    fn location(&self) -> &str {
        &self.path
    }

    fn versions(
        &self,
        model: &str,
        selectors: &[Selector],
    ) -> Result<Vec<Option<ModelVersion>>, StoreError> {
        let rows = self.rows();
        rows.require_model(model)?;
        let resolve = |selector: &Selector| match selector {
            Selector::Alias(alias) => rows.by_alias(model, alias),
            Selector::Number(number) => match i64::try_from(*number) {
                Ok(number) => rows.by_number(model, number),
                Err(_) => Ok(None),
            },
            Selector::Newest { tag, value } => rows.newest(model, tag, value),
        };
        selectors.iter().map(resolve).collect()
    }

    fn ledger(&self, model: &str) -> Result<Ledger, StoreError> {
        let rows = self.rows();
        rows.require_model(model)?;
        rows.ledger(model)
    }

    fn read(&self, wanted: &Wanted) -> Result<Found, StoreError> {
        let rows = self.rows();
        let mut found = Found::default();
        for id in &wanted.runs {
            found.runs.insert(id.clone(), rows.run(id)?);
        }
        for run in wanted.of_runs().filter(|run| !wanted.runs.contains(*run)) {
            rows.require_run(run)?;
        }
        for id in &wanted.logged_models {
            let model = rows.logged_model(id)?;
            found
                .logged_models
                .extend(model.map(|model| (id.clone(), model)));
        }
        for (run, metrics) in &wanted.histories {
            let histories = rows.histories(run, metrics)?;
            found.histories.insert(run.clone(), histories);
        }
        for run in &wanted.children_of {
            found.children.insert(run.clone(), rows.children(run)?);
        }
        for run in &wanted.assessments_of {
            found
                .assessments
                .insert(run.clone(), rows.assessments(run)?);
        }
        Ok(found)
    }
}
