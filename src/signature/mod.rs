//! What a model takes and gives (`MLmodel`), and whether another model can stand in for it.
//!
//! The one decision here: what counts is what MLflow's own enforcement lets through at serving time
//! (`mlflow/models/utils.py`, `_enforce_schema`), and where that depends on the values in the data,
//! it does not count as accepted.

mod compare;
mod fit;
mod model_file;
mod read;
mod schema;
mod show;

pub use compare::{Compatibility, Difference, Mode, Part, compare, judge};
pub use model_file::{ModelFile, SignatureError};
pub use schema::{Column, Param, Property, Scalar, Schema, Signature, Tensor, Type};
