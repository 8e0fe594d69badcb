//! The record of a verdict: evidence, spec digest, commit, candidate and champion, in one document.
//!
//! The one decision here: every report is made from this value and from nothing else, so that no
//! output can say what another does not.

mod canonical;
mod check;
mod digest;
mod document;
mod form;
mod presented;
mod recording;
mod schema;
mod settings;
mod subject;

pub use canonical::{canonical, is_bidirectional};
pub use check::{CheckRecord, DatasetRecord, PartRecord, PlaceRecord, ValueRecord, WaiverRecord};
pub use digest::sha256;
pub use document::{Decision, Summary};
pub use presented::{NotADecision, Presented};
pub use recording::{RECORDING_ID, Recording, Unreadable};
pub use schema::{SCHEMA_ID, SCHEMA_TEXT, generate_schema};
pub use settings::SettingsRecord;
pub use subject::{FileRecord, FilesRecord, StoreRecord, VersionRecord};
