//! What Azure Pipelines understands: issues and output variables.
//!
//! <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>

use std::fmt::Write;

use super::escape::{azure, printable};
use crate::decision::Decision;
use crate::gate::Outcome;

/// A logged issue for a gate that could not judge.
#[must_use]
pub fn failure(message: &str) -> String {
    let message = azure(&printable(message));
    format!("##vso[task.logissue type=error]gatewright gate check: {message}")
}

/// A logged issue for each check that blocks or warns, and the step's output variables.
#[must_use]
pub fn commands(decision: &Decision) -> String {
    let mut commands = String::new();
    for check in &decision.checks {
        let kind = match check.finding.outcome {
            Outcome::Fail | Outcome::Inconclusive => "error",
            Outcome::Warn | Outcome::Waived => "warning",
            Outcome::Skipped | Outcome::Pass => continue,
        };
        let _ = writeln!(
            commands,
            "##vso[task.logissue type={kind};sourcepath={};linenumber={};columnnumber={};code={}]{}",
            azure(&printable(&decision.spec.path)),
            check.place.line,
            check.place.column,
            azure(&check.reason),
            azure(&printable(&format!(
                "gate {}: {}: {}",
                decision.gate, check.check, check.message
            ))),
        );
    }
    let champion = decision
        .champion
        .as_ref()
        .and_then(|champion| champion.version)
        .map(|version| version.to_string())
        .unwrap_or_default();
    let candidate = decision
        .candidate
        .version
        .map(|version| version.to_string());
    for (name, value) in [
        ("verdict", decision.verdict.as_str()),
        (
            "candidate_version",
            candidate.as_deref().unwrap_or_default(),
        ),
        ("champion_version", &champion),
    ] {
        let _ = writeln!(
            commands,
            "##vso[task.setvariable variable={name};isoutput=true]{}",
            azure(value)
        );
    }
    commands
}
