//! The answers of many gates in one report: a line for each, then what keeps people up.
//!
//! The one decision here: a gate that could not be judged is an answer as well, and stands first.

use std::fmt::Write;

use serde_json::{Value, json};

use super::escape::{markdown, printable, wrappable};
use super::junit::Broken;
use super::{
    Format, Style, azure, azure_failure, github_annotations, github_failure, junit, sarif, text,
};
use super::{markdown as page, row};
use crate::decision::{Decision, canonical};

/// What came of one gate of one spec.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The spec's path from the repository root.
    pub spec: String,
    /// The gate; `None` where it did not come to that.
    pub gate: Option<String>,
    /// The decision, or why there is none.
    pub result: Result<Decision, Refusal>,
}

/// Why there is no decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The exit code that it alone would give.
    pub exit: u8,
    /// What is wrong.
    pub message: String,
    /// What to do next; empty where there is nothing to say.
    pub help: String,
}

/// The answers of many gates, in the order of their specs.
#[derive(Debug, Clone)]
pub struct All {
    /// When they were judged (RFC 3339).
    pub judged_at: String,
    /// The exit code of the whole.
    pub exit: u8,
    /// Every answer.
    pub answers: Vec<Answer>,
}

impl All {
    fn decisions(&self) -> Vec<&Decision> {
        let answers = self.answers.iter();
        answers
            .filter_map(|answer| answer.result.as_ref().ok())
            .collect()
    }

    fn refusals(&self) -> Vec<(&Answer, &Refusal)> {
        let answers = self.answers.iter();
        answers
            .filter_map(|answer| Some((answer, answer.result.as_ref().err()?)))
            .collect()
    }
}

/// Writes all answers in a format; `None` for formats that are about one model.
#[must_use]
pub fn report(all: &All, format: Format, style: Style) -> Option<String> {
    let decisions = all.decisions();
    Some(match format {
        Format::Text => table(all, style),
        Format::Json => canonical(&document(all)),
        Format::Markdown => summary(all),
        Format::Junit => {
            let refusals = all.refusals();
            let broken = refusals.iter().map(|(answer, refusal)| Broken {
                spec: &answer.spec,
                gate: answer.gate.as_deref().unwrap_or_default(),
                message: &refusal.message,
                at: &all.judged_at,
            });
            junit::report(&decisions, &broken.collect::<Vec<_>>())
        }
        Format::Github => lines(all, github_annotations, github_failure),
        Format::Azure => lines(all, azure::issues, azure_failure),
        Format::Sarif => sarif::report(&decisions),
        Format::InToto | Format::InTotoPredicate | Format::Subjects => return None,
    })
}

/// Commands for a CI system: of each decision, and of each gate without one.
fn lines(
    all: &All,
    commands: impl Fn(&Decision) -> String,
    failure: impl Fn(&str, &str) -> String,
) -> String {
    let answers = all.answers.iter().map(|answer| match &answer.result {
        Ok(decision) => commands(decision),
        Err(refusal) => format!(
            "{}\n",
            failure(
                "gate check",
                &format!("{}: {}", name(answer), refusal.message)
            )
        ),
    });
    answers.collect()
}

/// `services/fare/gatewright.yaml`, and the gate where there is one.
fn name(answer: &Answer) -> String {
    match &answer.gate {
        Some(gate) => format!("{} gate {gate}", answer.spec),
        None => answer.spec.clone(),
    }
}

fn document(all: &All) -> Value {
    let errors = all.refusals().into_iter().map(|(answer, refusal)| {
        json!({
            "spec": answer.spec,
            "gate": answer.gate,
            "exit": refusal.exit,
            "message": refusal.message,
            "help": refusal.help,
        })
    });
    json!({
        "version": 1,
        "judged_at": all.judged_at,
        "exit": all.exit,
        "errors": errors.collect::<Vec<_>>(),
        "decisions": all.decisions(),
    })
}

fn table(all: &All, style: Style) -> String {
    let width = all.answers.iter().map(|answer| name(answer).len()).max();
    let width = width.unwrap_or_default();
    let mut lines = String::new();
    for answer in &all.answers {
        let (word, about) = match &answer.result {
            Ok(decision) => (
                decision.verdict.clone(),
                format!(
                    "{} {}{}",
                    decision.model,
                    decision.candidate.name(),
                    row::waived(decision)
                ),
            ),
            Err(refusal) => ("error".to_owned(), refusal.message.clone()),
        };
        let line = format!("{word:<8} {:<width$}  {about}", name(answer));
        let _ = writeln!(lines, "{}", printable(line.trim_end()));
    }
    let details = all
        .answers
        .iter()
        .filter_map(|answer| details(answer, style));
    for details in details {
        let _ = write!(lines, "\n{details}");
    }
    lines
}

/// What there is to say about a gate that did not let its model through.
fn details(answer: &Answer, style: Style) -> Option<String> {
    match &answer.result {
        Ok(decision) if decision.passed() => None,
        Ok(decision) => Some(format!(
            "{}\n{}",
            wrappable(&answer.spec),
            text::report(decision, style)
        )),
        Err(refusal) if refusal.help.is_empty() => None,
        Err(refusal) => Some(format!(
            "{}: {}\n  help: {}\n",
            wrappable(&name(answer)),
            printable(&refusal.message),
            printable(&refusal.help)
        )),
    }
}

fn summary(all: &All) -> String {
    let passed = all.decisions().iter().filter(|one| one.passed()).count();
    let sign = if all.exit == 0 { "✅" } else { "⛔" };
    let mut text = format!(
        "## {sign} {passed} of {} gates pass\n\n| | spec | gate | model | |\n|---|---|---|---|---|\n",
        all.answers.len()
    );
    for answer in &all.answers {
        let (sign, model, said) = match &answer.result {
            Ok(decision) => (
                if decision.passed() { "✅" } else { "⛔" },
                page::subject(decision),
                format!("{}{}", markdown(&decision.verdict), row::waived(decision)),
            ),
            Err(refusal) => ("💥", String::new(), markdown(&refusal.message)),
        };
        let _ = writeln!(
            text,
            "| {sign} | {} | {} | {model} | {said} |",
            markdown(&answer.spec),
            markdown(answer.gate.as_deref().unwrap_or_default())
        );
    }
    let blocked = all.decisions().into_iter().filter(|one| !one.passed());
    for decision in blocked {
        let _ = write!(text, "\n{}", page::report(decision));
    }
    text
}
