//! What Azure Pipelines understands: issues and output variables.
//!
//! <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>

use std::fmt::Write;

use super::escape::{azure, printable};
use super::row::remark;
use crate::decision::{CheckRecord, Decision};
use crate::gate::Outcome;

/// A logged issue for a command that could not answer.
#[must_use]
pub fn failure(command: &str, message: &str) -> String {
    let message = azure(&printable(message));
    format!("##vso[task.logissue type=error]gatewright {command}: {message}")
}

/// A logged issue about a whole file.
#[must_use]
pub fn file(path: &str, title: &str, message: &str) -> String {
    let said = format!("{title}: {message}");
    format!(
        "##vso[task.logissue type=error;sourcepath={}]{}",
        azure(&printable(path)),
        azure(&printable(&said))
    )
}

/// A logged issue for each check that blocks, warns or is waived, and the step's output variables.
#[must_use]
pub fn commands(decision: &Decision) -> String {
    issues(decision) + &variables(decision)
}

/// A logged issue for each check that blocks, warns or is waived, at its line in the spec.
pub(super) fn issues(decision: &Decision) -> String {
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
                "gate {}: {}{}: {}",
                decision.gate,
                waived(check),
                check.check,
                remark(check)
            ))),
        );
    }
    commands
}

fn waived(check: &CheckRecord) -> &'static str {
    match check.finding.outcome {
        Outcome::Waived => "waived: ",
        _ => "",
    }
}

fn variables(decision: &Decision) -> String {
    let mut commands = String::new();
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
            azure(&printable(value))
        );
    }
    commands
}
