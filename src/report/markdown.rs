//! Markdown: what a job summary or a comment shows.

use std::fmt::Write;

use super::escape::markdown;
use super::text::{Row, row};
use crate::decision::{Decision, VersionRecord};
use crate::gate::Outcome;

pub(super) fn report(decision: &Decision) -> String {
    let mut page = String::new();
    let sign = if decision.passed() { "✅" } else { "⛔" };
    let _ = writeln!(
        page,
        "### {sign} Gate {}: {}\n",
        markdown(&decision.gate),
        markdown(&decision.verdict)
    );
    let _ = writeln!(page, "{}\n", subject(decision));
    if let Some(meaning) = decision.remark_meaning() {
        let _ = writeln!(page, "**{meaning}**\n");
    }
    if !decision.checks.is_empty() {
        page.push_str(&table(decision));
    }
    let _ = writeln!(page, "<sub>{}</sub>", footer(decision));
    page
}

fn subject(decision: &Decision) -> String {
    let version = |version: &VersionRecord| match version.found_by.strip_prefix("alias ") {
        Some(alias) => format!("{} ({})", version.name(), markdown(alias)),
        None => version.name(),
    };
    let against = decision
        .champion
        .as_ref()
        .map_or_else(|| "nothing live yet".to_owned(), version);
    format!(
        "**{}** {} against {against}",
        markdown(&decision.model),
        version(&decision.candidate)
    )
}

fn table(decision: &Decision) -> String {
    let mut table = String::from(
        "| | check | candidate | champion | change | limit | |\n|---|---|---:|---:|---:|---:|---|\n",
    );
    for check in decision.worst_first() {
        let Row {
            candidate,
            champion,
            delta,
            limit,
            ..
        } = row(check);
        let sign = match check.finding.outcome {
            Outcome::Pass => "✅ pass",
            Outcome::Fail => "❌ **fail**",
            Outcome::Warn => "⚠️ warn",
            Outcome::Waived => "🔓 waived",
            Outcome::Skipped => "➖ skipped",
            Outcome::Inconclusive => "❔ inconclusive",
        };
        let message = match check.finding.outcome {
            Outcome::Pass => String::new(),
            _ => markdown(&check.message),
        };
        let _ = writeln!(
            table,
            "| {sign} | {} | {} | {} | {} | {} | {message} |",
            markdown(&check.check),
            markdown(&candidate),
            markdown(&champion),
            markdown(&delta),
            markdown(&limit),
        );
    }
    table.push('\n');
    table
}

fn footer(decision: &Decision) -> String {
    let run = decision.candidate.run_id.as_deref().unwrap_or("none");
    let mut parts = vec![
        format!("run {}", markdown(run)),
        format!("store {}", markdown(&decision.stores.tracking)),
        format!("spec {}", markdown(&decision.spec.path)),
    ];
    if let Some(commit) = &decision.commit {
        parts.push(format!(
            "commit {}",
            markdown(commit.get(..12).unwrap_or(commit))
        ));
    }
    parts.join(" · ")
}
