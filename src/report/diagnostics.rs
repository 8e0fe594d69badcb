//! Diagnostics about specs in the formats of other programs: JSON, GitHub annotations, SARIF.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use super::escape::{github_message, github_property, printable};
use crate::diagnostic::{Code, Diagnostic, Severity, Source};

/// Specs with what was found in each.
pub type Found = [(Source, Vec<Diagnostic>)];

/// One document: the diagnostics in order, and how many there are of each severity.
#[must_use]
pub fn json(all: &Found) -> String {
    let describe = |(source, diagnostic): (&Source, &Diagnostic)| {
        let (start, end) = range(source, diagnostic);
        json!({
            "code": diagnostic.code.name(),
            "severity": diagnostic.severity.name(),
            "message": diagnostic.message,
            "help": diagnostic.help,
            "file": source.path,
            "start": {"line": start.line, "column": start.column},
            "end": {"line": end.line, "column": end.column},
        })
    };
    let diagnostics: Vec<_> = flat(all).map(describe).collect();
    let count = |severity| {
        flat(all)
            .filter(|(_, one)| one.severity == severity)
            .count()
    };
    pretty(&json!({
        "version": 1,
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "diagnostics": diagnostics,
    }))
}

/// An annotation for each diagnostic, at its place.
#[must_use]
pub fn github(all: &Found) -> String {
    let mut commands = String::new();
    for (source, diagnostic) in flat(all) {
        let (start, _) = range(source, diagnostic);
        let help = diagnostic
            .help
            .as_ref()
            .map_or_else(String::new, |help| format!("\nhelp: {help}"));
        let _ = writeln!(
            commands,
            "::{} file={},line={},col={},title={}::{}",
            diagnostic.severity.name(),
            github_property(&printable(&source.path)),
            start.line,
            start.column,
            github_property(diagnostic.code.name()),
            github_message(&format!("{}{help}", diagnostic.message)),
        );
    }
    commands
}

/// SARIF 2.1.0, as GitHub code scanning ingests it: every rule with id, short and full description
/// and help; every result with a relative URI and a region.
///
/// <https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
#[must_use]
pub fn sarif(all: &Found) -> String {
    let codes: BTreeSet<Code> = flat(all).map(|(_, diagnostic)| diagnostic.code).collect();
    let rules: Vec<_> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<_> = flat(all)
        .map(|(source, diagnostic)| {
            let index = codes.iter().position(|code| *code == diagnostic.code);
            result(source, diagnostic, index.unwrap_or_default())
        })
        .collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "gatewright",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }]
    }))
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.name(),
        "shortDescription": {"text": code.meaning()},
        "fullDescription": {"text": code.meaning()},
        "help": {"text": format!("{} See `gatewright explain {}`.", code.meaning(), code.name())},
    })
}

fn result(source: &Source, diagnostic: &Diagnostic, rule_index: usize) -> Value {
    let (start, end) = range(source, diagnostic);
    let help = diagnostic
        .help
        .as_ref()
        .map_or_else(String::new, |help| format!(". Help: {help}"));
    json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": rule_index,
        "level": diagnostic.severity.name(),
        "message": {"text": format!("{}{help}", diagnostic.message)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(&source.path)},
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        }}],
    })
}

/// A relative reference (RFC 3986): what is not plain is percent-encoded.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

fn range(
    source: &Source,
    diagnostic: &Diagnostic,
) -> (crate::diagnostic::Position, crate::diagnostic::Position) {
    let span = source.trim(diagnostic.span);
    (source.position(span.start), source.position(span.end))
}

fn flat(all: &Found) -> impl Iterator<Item = (&Source, &Diagnostic)> {
    all.iter()
        .flat_map(|(source, found)| found.iter().map(move |diagnostic| (source, diagnostic)))
}

fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}
