//! Files that MLflow keeps beside its records: a model's `MLmodel`, tables of an evaluation, and the
//! decisions that are logged there.
//!
//! The one decision here: "it is not there" is an answer that only whoever holds the files can
//! give. A folder on another machine, a bucket nobody may list, a page that says 404: there, nobody
//! has looked, and that is an error.

mod error;
mod local;
mod local_write;
mod location;
mod model;
mod object;
mod path;
mod proxy;
mod read;
mod reference;
mod tally;
mod write;

pub use error::ArtifactError;
pub use location::Location;
pub use model::{LARGEST_MODEL, model_files};
pub use read::{Access, LARGEST_MODEL_FILE, LARGEST_TABLE, read};
pub use reference::Reference;
pub use write::{LARGEST_WRITTEN, write};
