//! Results of other tools, each as one summary: JUnit, SARIF, promptfoo, Evidently, and a value at a
//! JSON pointer.
//!
//! The one decision here: a report passes only when it says so for every test in it, and says it
//! twice where the format has totals. No tests, a cut document, another tool's document: none of
//! them is a pass.

mod error;
mod evidently;
mod junit;
mod pointer;
mod promptfoo;
mod sarif;
mod summary;
mod xml;

pub use error::ImportError;
pub use evidently::evidently;
pub use junit::junit;
pub use pointer::{Pointed, pointer};
pub use promptfoo::promptfoo;
pub use sarif::sarif;
pub use summary::{Imported, NAMED};
