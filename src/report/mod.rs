//! A decision in the formats that people and programs read, one file per format.
//!
//! The one decision here: a report is a pure function of a [`Decision`], and escapes everything it
//! takes from it; metric names and tags come from strangers.

pub mod diagnostics;

mod azure;
mod escape;
mod github;
mod json;
mod junit;
mod markdown;
mod text;

pub use azure::{commands as azure_commands, failure as azure_failure};
pub use escape::printable;
pub use github::{
    annotations as github_annotations, failure as github_failure, outputs as github_outputs,
};

use crate::decision::Decision;

/// A format that a decision can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Format {
    /// A table for the terminal.
    Text,
    /// The decision itself.
    Json,
    /// JUnit XML, for test report viewers.
    Junit,
    /// Markdown, for job summaries and comments.
    Markdown,
}

/// How a text report is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub coloured: bool,
    /// The width of the terminal, in columns.
    pub width: usize,
}

/// Writes a decision in a format, with a line end.
#[must_use]
pub fn report(decision: &Decision, format: Format, style: Style) -> String {
    match format {
        Format::Text => text::report(decision, style),
        Format::Json => json::report(decision),
        Format::Junit => junit::report(decision),
        Format::Markdown => markdown::report(decision),
    }
}
