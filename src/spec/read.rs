//! Text to [`Spec`]: load, hold against the schema, mirror, validate.

use std::collections::BTreeSet;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::validate::Context;
use super::{Spec, raw, structure, validate, yaml};
use crate::diagnostic::{Code, Diagnostic, Source, Span, has_errors};

/// What reading a spec gives: everything there is to say, and the spec if it may be used.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The spec; `None` when a diagnostic is an error.
    pub spec: Option<Spec>,
    /// The tree, for turning JSON pointers into places; `None` when the text is not YAML.
    pub tree: Option<yaml::Node>,
    /// Every problem found, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading {
    /// Where a JSON pointer of the spec leads: the value, or its key where the value is a block.
    #[must_use]
    pub fn span(&self, pointer: &str) -> Span {
        self.tree
            .as_ref()
            .map_or_else(Span::default, |tree| tree.nearest(pointer).span())
    }
}

/// Reads a spec. `tool_version` is the version of this gatewright.
#[must_use]
pub fn read(source: &Source, tool_version: &str) -> Reading {
    let (tree, mut diagnostics) = yaml::load(&source.text);
    let spec = match &tree {
        None => {
            if diagnostics.is_empty() {
                diagnostics.push(empty());
            }
            None
        }
        Some(tree) => check(source, tree, tool_version, &mut diagnostics),
    };
    let spec = spec.filter(|_| !has_errors(&diagnostics));
    drop_echoes(&mut diagnostics);
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.code));
    Reading {
        spec,
        tree,
        diagnostics,
    }
}

fn empty() -> Diagnostic {
    Diagnostic::error(Code::EmptySpec, Span::default(), "the spec is empty").help(
        "begin with `version: 1` and `project: <name>`; `gatewright demo` writes a complete example",
    )
}

fn check(
    source: &Source,
    tree: &yaml::Node,
    tool_version: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Spec> {
    let mut value = tree.to_json();
    if let Some(newer) = validate::unsupported_version(tree, &value) {
        diagnostics.push(newer);
        return None;
    }
    let misfits = structure::check(source, tree, &mut value);
    diagnostics.extend(misfits.diagnostics);
    let raw: raw::Spec = match serde_json::from_value(value) {
        Ok(raw) => raw,
        Err(error) => {
            if !has_errors(diagnostics) {
                let message = format!("the spec cannot be read: {error}");
                diagnostics.push(Diagnostic::error(Code::InvalidValue, tree.span, message));
            }
            return None;
        }
    };
    if let Some(crowd) = validate::crowd(tree, &raw) {
        diagnostics.push(crowd);
        return None;
    }
    let context = Context::new(source, tree, misfits.pointers);
    let (spec, problems) = validate::validate(context, &raw, tool_version, digest(source));
    diagnostics.extend(problems);
    spec
}

fn digest(source: &Source) -> String {
    let mut digest = "sha256:".to_owned();
    for byte in Sha256::digest(source.text.as_bytes()) {
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

/// An ambiguous scalar that is an error anyway need not be warned about as well.
fn drop_echoes(diagnostics: &mut Vec<Diagnostic>) {
    let errors: BTreeSet<_> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code != Code::AmbiguousScalar)
        .map(|diagnostic| (diagnostic.span.start, diagnostic.span.end))
        .collect();
    let said = |span: Span| errors.contains(&(span.start, span.end));
    diagnostics
        .retain(|diagnostic| diagnostic.code != Code::AmbiguousScalar || !said(diagnostic.span));
}
