//! What was live, when, and who decided it: for the terminal, for Markdown, for programs.
//!
//! The one decision here: every format is made from one document, [`History`], and the document from
//! the chain alone. What a registry holds is strangers' text, and is escaped where it is written.

mod document;
mod json;
mod live;
mod markdown;
mod row;
mod serving;
mod text;
mod version;

pub use document::{
    AliasRecord, ChainRecord, EntryRecord, FORMAT, FaultRecord, Filter, History, NoteRecord,
};
pub use live::{AtRecord, LiveRecord};
pub use serving::{RolloutRecord, ServingRecord};
pub use version::{Read, RunRecord, VersionRecord};

use super::Style;

/// A format that a history can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table for the terminal.
    Text,
    /// One JSON document, `gatewright-history/1`.
    Json,
    /// Markdown, for pages and comments.
    Markdown,
}

/// Writes a history in a format, with a line end.
#[must_use]
pub fn report(history: &History, format: Format, style: Style) -> String {
    match format {
        Format::Text => text::report(history, style),
        Format::Json => json::report(history),
        Format::Markdown => markdown::report(history),
    }
}
