//! What CI systems understand: annotations and step outputs.

use std::fmt::Write;

use super::words::headline;
use crate::promotion::{PromotionResult, Status};
use crate::report::escape::{azure as azure_safe, github_message, github_property, printable};

/// What is said, and whether it is an error.
fn said(result: &PromotionResult) -> Vec<(bool, String)> {
    let mut said = Vec::new();
    for refusal in &result.ruling.refusals {
        said.push((true, refusal.message.clone()));
    }
    for refusal in &result.ruling.forced {
        let done = match result.status {
            Status::WouldBeDone => "would be forced",
            Status::Refused => "not forced",
            _ => "forced",
        };
        said.push((false, format!("{done}, although {}", refusal.message)));
    }
    said.extend(result.warnings.iter().map(|text| (false, text.clone())));
    said
}

fn title(result: &PromotionResult) -> String {
    format!("gatewright: {} {}", result.model, result.alias)
}

/// An `::error` for each refusal, a `::warning` for what was forced, a `::notice` for what moved.
#[must_use]
pub fn github(result: &PromotionResult) -> String {
    let title = github_property(&printable(&title(result)));
    let mut commands = String::new();
    for (is_error, text) in said(result) {
        let command = if is_error { "error" } else { "warning" };
        let text = github_message(&printable(&text));
        let _ = writeln!(commands, "::{command} title={title}::{text}");
    }
    if result.status.is_moved() {
        let text = github_message(&printable(&headline(result)));
        let _ = writeln!(commands, "::notice title={title}::{text}");
    }
    commands
}

/// A logged issue for each refusal and for what was forced, and the step's output variables.
#[must_use]
pub fn azure(result: &PromotionResult) -> String {
    let mut commands = String::new();
    for (is_error, text) in said(result) {
        let kind = if is_error { "error" } else { "warning" };
        let text = azure_safe(&printable(&format!("{}: {text}", title(result))));
        let _ = writeln!(commands, "##vso[task.logissue type={kind}]{text}");
    }
    for (name, value) in values(result) {
        let _ = writeln!(
            commands,
            "##vso[task.setvariable variable={name};isoutput=true]{value}"
        );
    }
    commands
}

/// The lines for the file that `GITHUB_OUTPUT` names. The values are words and numbers, so that no
/// delimiter is needed.
#[must_use]
pub fn outputs(result: &PromotionResult) -> String {
    let mut lines = String::new();
    for (name, value) in values(result) {
        let _ = writeln!(lines, "{name}={value}");
    }
    lines
}

fn values(result: &PromotionResult) -> [(&'static str, String); 4] {
    let number = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
    [
        ("promoted", result.is_promoted().to_string()),
        ("status", result.status.name().to_owned()),
        ("version", number(result.version)),
        ("replaced", number(result.replaced)),
    ]
}
