//! The record of a verdict: evidence, spec digest, commit, candidate and champion, in one document.
//!
//! The one decision here: every report is made from this value and from nothing else, so that no
//! output can say what another does not.

mod check;
mod document;
mod schema;
mod subject;

pub use check::{CheckRecord, DatasetRecord, PartRecord, PlaceRecord, ValueRecord, WaiverRecord};
pub use document::{Circumstances, Decision, Summary};
pub use schema::{SCHEMA_ID, SCHEMA_TEXT, generate_schema};
pub use subject::{SpecRecord, StoreRecord, VersionRecord};
