//! Evaluation tables: one row per example, as MLflow's `log_table` writes them and as CSV.
//!
//! The one decision here: a row without a value is an error where the value is needed, never a row
//! less. A judge that failed on half of the rows must not make a better mean.

mod cell;
mod error;
mod from_csv;
mod from_json;
mod groups;
mod pairs;
mod rows;

pub use cell::Cell;
pub use error::{Side, TableError};
pub use groups::Group;
pub use pairs::{PairBy, pair};
pub use rows::{MOST_CELLS, MOST_ROWS, Table};
