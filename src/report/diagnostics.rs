//! Diagnostics about specs in the formats of other programs: JSON, GitHub annotations, SARIF.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use super::escape::{github_message, github_property, printable};
use super::sarif::{log, rule, uri};
use crate::decision::canonical;
use crate::diagnostic::{Code, Diagnostic, Lines, Position, Severity, Source};

/// Specs with what was found in each.
pub type Found = [(Source, Vec<Diagnostic>)];

/// One document: the diagnostics in order, and how many there are of each severity.
#[must_use]
pub fn json(all: &Found) -> String {
    let describe = |(source, diagnostic, (start, end)): Placed<'_>| {
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
    let diagnostics: Vec<_> = placed(all).map(describe).collect();
    let count = |severity| {
        flat(all)
            .filter(|(_, one)| one.severity == severity)
            .count()
    };
    canonical(&json!({
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
    for (source, diagnostic, (start, _)) in placed(all) {
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
#[must_use]
pub fn sarif(all: &Found) -> String {
    let codes: BTreeSet<Code> = flat(all).map(|(_, diagnostic)| diagnostic.code).collect();
    let rules: Vec<_> = codes
        .iter()
        .map(|code| rule(code.name(), code.explanation(), code.explanation()))
        .collect();
    let results: Vec<_> = placed(all)
        .map(|placed| {
            let (_, diagnostic, _) = placed;
            let index = codes.iter().position(|code| *code == diagnostic.code);
            result(placed, index.unwrap_or_default())
        })
        .collect();
    canonical(&log(&rules, &results))
}

fn result((source, diagnostic, (start, end)): Placed<'_>, rule_index: usize) -> Value {
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

/// A diagnostic with its file, and where it begins and ends.
type Placed<'a> = (&'a Source, &'a Diagnostic, (Position, Position));

fn placed(all: &Found) -> impl Iterator<Item = Placed<'_>> {
    all.iter().flat_map(|(source, found)| {
        let lines = Lines::of(source);
        found.iter().map(move |diagnostic| {
            let span = source.trim(diagnostic.span);
            let range = (lines.position(span.start), lines.position(span.end));
            (source, diagnostic, range)
        })
    })
}

fn flat(all: &Found) -> impl Iterator<Item = (&Source, &Diagnostic)> {
    all.iter()
        .flat_map(|(source, found)| found.iter().map(move |diagnostic| (source, diagnostic)))
}
