//! Where rules report to, and how they say where.

use std::sync::OnceLock;

use regex::Regex;

use crate::diagnostic::{Code, Diagnostic, Source, Span};
use crate::spec::yaml::Node;

/// What the rules share: the file, its tree, and the problems found so far.
pub(super) struct Context<'a> {
    pub(super) source: &'a Source,
    tree: &'a Node,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    pub(super) fn new(source: &'a Source, tree: &'a Node) -> Self {
        Self {
            source,
            tree,
            diagnostics: Vec::new(),
        }
    }

    /// The value at a pointer, or its key where the value is a block.
    pub(super) fn span(&self, pointer: &str) -> Span {
        self.tree.nearest(pointer).span()
    }

    /// The value at a pointer, whatever it is.
    pub(super) fn value_span(&self, pointer: &str) -> Span {
        self.tree.nearest(pointer).node.span
    }

    /// The key at a pointer.
    pub(super) fn key_span(&self, pointer: &str) -> Span {
        let place = self.tree.nearest(pointer);
        place.key_span.unwrap_or(place.node.span)
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn error(&mut self, code: Code, pointer: &str, message: String, help: &str) {
        let diagnostic = Diagnostic::error(code, self.span(pointer), message).help(help);
        self.diagnostics.push(diagnostic);
    }

    /// The name of a stage, environment or gate: it becomes part of job ids and file names.
    pub(super) fn name(&mut self, kind: &str, pointer: &str, name: &str) {
        if name_pattern().is_match(name) {
            return;
        }
        let suggestion: String = name
            .to_lowercase()
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '_' {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        let suggestion = suggestion
            .trim_matches(|c: char| !c.is_ascii_alphabetic())
            .to_owned();
        let help = if name_pattern().is_match(&suggestion) {
            format!("for example `{suggestion}`")
        } else {
            "lower-case letters, digits, `-` and `_`, a letter first, 40 characters at most"
                .to_owned()
        };
        let message = format!("`{}` cannot be the name of {kind}", name.escape_debug());
        let diagnostic =
            Diagnostic::error(Code::InvalidValue, self.key_span(pointer), message).help(help);
        self.diagnostics.push(diagnostic);
    }
}

/// Appends a key to a JSON pointer.
pub(super) fn join(pointer: &str, key: impl std::fmt::Display) -> String {
    format!(
        "{pointer}/{}",
        key.to_string().replace('~', "~0").replace('/', "~1")
    )
}

fn name_pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    #[expect(
        clippy::expect_used,
        reason = "a constant pattern, compiled by a test of every name"
    )]
    PATTERN.get_or_init(|| Regex::new("^[a-z]([a-z0-9_-]{0,38}[a-z0-9])?$").expect("valid pattern"))
}
