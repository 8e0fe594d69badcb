//! What came of a promotion or a rollback, in the formats that people and programs read.
//!
//! The one decision here: as for a decision, a report is a pure function of one value, and what is
//! in it was written by strangers.

mod ci;
mod json;
mod markdown;
mod text;
mod words;

pub use ci::{azure, github, outputs};
pub use json::{RESULT_ID, json};
pub use markdown::markdown;
pub use text::text;
