//! Where rules report to, and how they say where.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use bigdecimal::BigDecimal;
use regex::Regex;
use serde_json::Number;

use crate::diagnostic::{Code, Diagnostic, Lines, Position, Source, Span};
use crate::gate::decimal;
use crate::spec::yaml::{Content, Node};

/// What the rules share: the file, its tree, and the problems found so far.
pub(in crate::spec) struct Context<'a> {
    pub(super) source: &'a Source,
    pub(super) tree: &'a Node,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The JSON pointers of what does not fit the schema.
    misfits: BTreeSet<String>,
    lines: Lines<'a>,
}

impl<'a> Context<'a> {
    pub(in crate::spec) fn new(
        source: &'a Source,
        tree: &'a Node,
        misfits: BTreeSet<String>,
    ) -> Self {
        Self {
            source,
            tree,
            diagnostics: Vec::new(),
            misfits,
            lines: Lines::of(source),
        }
    }

    /// Line and column of a byte offset.
    pub(super) fn position(&self, offset: usize) -> Position {
        self.lines.position(offset)
    }

    /// Whether a diagnostic says already that something at a pointer, or below it, does not fit.
    pub(super) fn is_misfit(&self, pointer: &str) -> bool {
        let below = format!("{pointer}/");
        self.misfits.contains(pointer)
            || self
                .misfits
                .range(below.clone()..)
                .next()
                .is_some_and(|first| first.starts_with(&below))
    }

    /// A number, exactly as it is written; `None` where there is none, or where the schema has
    /// said that it is none.
    pub(super) fn decimal(&mut self, pointer: &str) -> Option<BigDecimal> {
        let place = self.tree.find(pointer)?;
        let text = match &place.node.content {
            Content::Number(_, digits) => digits,
            Content::String(text) => text,
            _ => return None,
        };
        let number = decimal::parse(text);
        if number.is_none() && !self.is_misfit(pointer) {
            let message = format!("`{}` is not a finite number", text.escape_debug());
            let help = "write a number that a double can hold";
            self.error(Code::InvalidValue, pointer, message, help);
        }
        number
    }

    /// A whole number, by what the mirror holds of it.
    pub(super) fn whole(&mut self, pointer: &str, number: Option<&Number>) -> Option<u64> {
        let number = number?;
        let whole = number.as_u64();
        if whole.is_none() && !self.is_misfit(pointer) {
            let message = format!("`{number}` is not a whole number");
            self.error(
                Code::InvalidValue,
                pointer,
                message,
                "write it without a point",
            );
        }
        whole
    }

    /// A path that stays below the folder it is relative to: `folder` where it lies, `base` where
    /// it begins, in words.
    pub(super) fn path(&mut self, pointer: &str, path: &str, folder: &str, base: &str) {
        if !is_inside(path) {
            let message = format!("`{}` is not a path inside {folder}", path.escape_debug());
            let help = format!("give a path relative to {base}, without `..`");
            self.error(Code::InvalidValue, pointer, message, &help);
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

fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with(['/', '~'])
        && !path.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'))
        && path.split('/').all(|part| part != "..")
}

fn name_pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    #[expect(
        clippy::expect_used,
        reason = "a constant pattern, compiled by a test of every name"
    )]
    PATTERN.get_or_init(|| Regex::new("^[a-z]([a-z0-9_-]{0,38}[a-z0-9])?$").expect("valid pattern"))
}
