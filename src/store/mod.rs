//! The reading door to MLflow: a SQLite file, a legacy folder of files, or a tracking server over
//! REST.
//!
//! The one decision here: a store either answers completely or fails. There is no partial answer,
//! and an empty one (a server's `{}`) is never taken for "nothing there".

mod databricks;
mod error;
mod file;
mod judged;
mod observed;
mod open;
pub(crate) mod rest;
pub(crate) mod sqlite;

pub use error::StoreError;
pub(crate) use open::{File, Place, locate};
pub use open::{open, open_observed};

use crate::evidence::{Found, Ledger, ModelVersion, Wanted};

/// The tag that names a run's parent.
const PARENT: &str = "mlflow.parentRunId";

/// Which version of a registered model is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// The version that an alias points to. Aliases are case-sensitive.
    Alias(String),
    /// The version with this number.
    Number(u64),
    /// The version with the highest number among those with this tag.
    Newest {
        /// The tag's name.
        tag: String,
        /// The tag's value.
        value: String,
    },
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

    /// Reads the ledger of `model` as it is: aliases, versions, the head, and every version tag
    /// whose name begins with [`crate::evidence::ENTRY_TAG`]. What is wrong with any of it is not
    /// looked at.
    ///
    /// # Errors
    /// [`StoreError::ModelNotFound`] when there is no such registered model, and every other
    /// variant when the store could not answer.
    fn ledger(&self, model: &str) -> Result<Ledger, StoreError>;

    /// Reads everything that is wanted.
    ///
    /// # Errors
    /// [`StoreError::RunNotFound`] when a run or logged model does not exist, and every other
    /// variant when the store could not answer all of it.
    fn read(&self, wanted: &Wanted) -> Result<Found, StoreError>;
}
