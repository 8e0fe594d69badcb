//! The reading door to MLflow: a SQLite file, or a tracking server over REST.
//!
//! The one decision here: a store either answers completely or fails. There is no partial answer,
//! and an empty one (a server's `{}`) is never taken for "nothing there".

mod error;
mod open;
mod rest;
mod sqlite;

pub use error::StoreError;
pub use open::open;

use crate::evidence::{ModelVersion, Run};

/// Which version of a registered model is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// The version that an alias points to. Aliases are case-sensitive.
    Alias(String),
    /// The version with this number.
    Number(u64),
}

/// Something that answers what MLflow knows, without ever changing it.
///
/// Calls are batched so that a remote store can answer the items of one call at the same time.
///
/// A store is opened for one judgement and dropped after it: a SQLite file is read inside one
/// transaction, which keeps a writer of the same file from committing, and a server has to answer
/// everything within one deadline.
pub trait Store {
    /// Where this store is, for people: a path or a URL, without credentials or query.
    fn location(&self) -> &str;

    /// Resolves each selector to a version of `model`, in the order asked; `None` where the model
    /// exists and the alias or version does not.
    ///
    /// # Errors
    /// [`StoreError::ModelNotFound`] when there is no such registered model, and every other
    /// variant when the store could not answer.
    fn versions(
        &self,
        model: &str,
        selectors: &[Selector],
    ) -> Result<Vec<Option<ModelVersion>>, StoreError>;

    /// Reads runs with their latest metrics, in the order asked.
    ///
    /// # Errors
    /// [`StoreError::RunNotFound`] when a run does not exist, and every other variant when the
    /// store could not answer.
    fn runs(&self, ids: &[&str]) -> Result<Vec<Run>, StoreError>;
}
