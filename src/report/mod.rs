//! A decision in the formats that people and programs read, one file per format.
//!
//! The one decision here: a report is a pure function of a [`Decision`], and escapes everything it
//! takes from it; metric names and tags come from strangers.

pub mod diagnostics;
pub mod history;
pub mod promotion;

mod all;
mod azure;
mod escape;
mod explain;
mod github;
mod in_toto;
mod json;
mod junit;
mod markdown;
mod row;
mod sarif;
mod text;

pub use all::{All, Answer, Refusal, report as report_all};
pub use azure::{commands as azure_commands, failure as azure_failure, file as azure_file};
pub use escape::{disarmed, printable};
pub use explain::explain;
pub use github::{
    annotations as github_annotations, failure as github_failure, file as github_file,
    outputs as github_outputs,
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
    /// Annotations for GitHub Actions.
    Github,
    /// Logging commands for Azure Pipelines.
    Azure,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// An in-toto statement with the test-result predicate, for signing.
    InToto,
    /// The predicate of that statement alone, for signers that bring the subject.
    InTotoPredicate,
    /// The subjects of that statement as a file of checksums, for the same signers.
    Subjects,
}

impl Format {
    /// Every format there is, in the order of `--help`.
    pub const ALL: &[Self] = &[
        Self::Text,
        Self::Json,
        Self::Junit,
        Self::Markdown,
        Self::Github,
        Self::Azure,
        Self::Sarif,
        Self::InToto,
        Self::InTotoPredicate,
        Self::Subjects,
    ];

    /// As it is written on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Azure => "azure",
            Self::Sarif => "sarif",
            Self::InToto => "in-toto",
            Self::InTotoPredicate => "in-toto-predicate",
            Self::Subjects => "subjects",
        }
    }
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
        Format::Junit => junit::report(&[decision], &[]),
        Format::Markdown => markdown::report(decision),
        Format::Github => github_annotations(decision),
        Format::Azure => azure_commands(decision),
        Format::Sarif => sarif::report(&[decision]),
        Format::InToto => in_toto::statement(decision),
        Format::InTotoPredicate => in_toto::predicate(decision),
        Format::Subjects => in_toto::subjects(decision),
    }
}
