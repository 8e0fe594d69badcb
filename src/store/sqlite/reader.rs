//! The store behind a `sqlite:///` URI.

use std::path::Path;
use std::time::Duration;

use super::connection::{self, Open};
use super::rows::Rows;
use super::schema::{self, Schema};
use crate::evidence::{Found, ModelVersion, Promotion, Wanted};
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
        let schema = schema::probe(&open.connection, &path)?;
        Ok(Self {
            open,
            schema,
            workspace,
            path,
        })
    }

    fn unsupported(&self, what: &str) -> StoreError {
        StoreError::Unsupported {
            uri: self.path.clone(),
            help: format!("{what} is not there yet"),
        }
    }

    fn rows(&self) -> Rows<'_> {
        self.open.deadline.restart();
        Rows {
            connection: &self.open.connection,
            schema: self.schema,
            workspace: &self.workspace,
            path: &self.path,
        }
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
        if !rows.has_model(model)? {
            return Err(StoreError::ModelNotFound {
                model: model.to_owned(),
            });
        }
        let resolve = |selector: &Selector| match selector {
            Selector::Alias(alias) => rows.by_alias(model, alias),
            Selector::Number(number) => match i64::try_from(*number) {
                Ok(number) => rows.by_number(model, number),
                Err(_) => Ok(None),
            },
            Selector::Newest { .. } => Err(self.unsupported("finding a version by its tag")),
        };
        selectors.iter().map(resolve).collect()
    }

    fn promotions(&self, _model: &str) -> Result<Vec<Promotion>, StoreError> {
        Ok(Vec::new())
    }

    fn read(&self, wanted: &Wanted) -> Result<Found, StoreError> {
        let rows = self.rows();
        let mut found = Found::default();
        for id in &wanted.runs {
            found.runs.insert(id.clone(), rows.run(id)?);
        }
        Ok(found)
    }
}
