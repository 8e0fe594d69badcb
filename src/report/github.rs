//! What GitHub Actions understands: annotations and step outputs.
//!
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use std::fmt::Write;

use super::escape::{github_message, github_property, printable};
use super::row::remark;
use crate::decision::{CheckRecord, Decision};
use crate::gate::Outcome;

/// GitHub shows this many annotations of a kind per step.
const LIMIT: usize = 10;

/// An `::error` for each check that blocks, a `::warning` for each that warns or is waived, at the
/// check's line in the spec.
#[must_use]
pub fn annotations(decision: &Decision) -> String {
    let mut commands = String::new();
    for (outcomes, command) in [
        (&[Outcome::Fail, Outcome::Inconclusive][..], "error"),
        (&[Outcome::Warn, Outcome::Waived][..], "warning"),
    ] {
        let checks = decision
            .checks
            .iter()
            .filter(|check| outcomes.contains(&check.finding.outcome));
        for check in checks.take(LIMIT) {
            let _ = writeln!(
                commands,
                "::{command} file={},line={},col={},title={}::{}",
                github_property(&printable(&decision.spec.path)),
                check.place.line,
                check.place.column,
                github_property(&printable(&format!(
                    "gate {}: {}",
                    decision.gate, check.check
                ))),
                github_message(&printable(&said(check))),
            );
        }
    }
    commands
}

/// What keeps a check out of the way is said first.
fn said(check: &CheckRecord) -> String {
    match check.finding.outcome {
        Outcome::Waived => format!("waived: {}", remark(check)),
        _ => check.message.clone(),
    }
}

/// An `::error` for a command that could not answer.
#[must_use]
pub fn failure(command: &str, message: &str) -> String {
    format!(
        "::error title=gatewright {command}::{}",
        github_message(&printable(message))
    )
}

/// An `::error` about a whole file.
#[must_use]
pub fn file(path: &str, title: &str, message: &str) -> String {
    format!(
        "::error file={},title={}::{}",
        github_property(&printable(path)),
        github_property(&printable(title)),
        github_message(&printable(message))
    )
}

/// The lines for the file that `GITHUB_OUTPUT` names. The values are words and numbers, so that no
/// delimiter is needed.
#[must_use]
pub fn outputs(decision: &Decision) -> String {
    let champion = decision
        .champion
        .as_ref()
        .and_then(|champion| champion.version)
        .map(|version| version.to_string())
        .unwrap_or_default();
    format!(
        "verdict={}\ncandidate_version={}\nchampion_version={champion}\n",
        decision.verdict,
        decision
            .candidate
            .version
            .map_or_else(String::new, |version| version.to_string())
    )
}
