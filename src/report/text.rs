//! The terminal's table: what blocks first, then what was seen, then where it was read.

use anstyle::{AnsiColor, Style as Ansi};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::Style;
use super::escape::printable;
use crate::decision::{CheckRecord, Decision, VersionRecord};
use crate::gate::{Observed, Outcome, Rule, decimal};

pub(super) fn report(decision: &Decision, style: Style) -> String {
    let mut lines = vec![headline(decision, style), String::new()];
    if !decision.checks.is_empty() {
        lines.extend(table(decision, style));
        lines.push(String::new());
    }
    let reasons: Vec<_> = decision
        .worst_first()
        .into_iter()
        .filter_map(reason)
        .collect();
    if !reasons.is_empty() {
        lines.extend(reasons);
        lines.push(String::new());
    }
    if let Some(meaning) = decision.remark_meaning() {
        lines.push(format!("  {meaning}"));
        lines.push(String::new());
    }
    lines.push(format!("  {}", provenance(decision)));
    lines.join("\n") + "\n"
}

fn headline(decision: &Decision, style: Style) -> String {
    let (word, colour) = match decision.verdict.as_str() {
        "pass" => ("PASS", AnsiColor::Green),
        "hold" => ("HOLD", AnsiColor::Yellow),
        _ => ("BLOCKED", AnsiColor::Red),
    };
    let champion = decision.champion.as_ref().map_or_else(
        || "nothing live yet".to_owned(),
        |champion| format!("{}{}", champion.name(), role(champion)),
    );
    format!(
        "Gate {}: {}  {} {}{} against {champion}",
        printable(&decision.gate),
        paint(
            word,
            Ansi::new().bold().fg_color(Some(colour.into())),
            style
        ),
        printable(&decision.model),
        decision.candidate.name(),
        role(&decision.candidate),
    )
}

/// The alias a version was found by, in brackets.
fn role(version: &VersionRecord) -> String {
    match version.found_by.strip_prefix("alias ") {
        Some(alias) => format!(" ({})", printable(alias)),
        None => String::new(),
    }
}

/// The numbers of one check, as a reader wants to see them.
pub(super) struct Row {
    pub(super) check: String,
    pub(super) candidate: String,
    pub(super) champion: String,
    pub(super) delta: String,
    pub(super) limit: String,
}

pub(super) fn row(check: &CheckRecord) -> Row {
    let opinion = &check.finding.opinion;
    let threshold = opinion.threshold.as_ref();
    let show = |observed: &Option<Observed>| {
        observed.as_ref().map_or_else(
            || "-".to_owned(),
            |observed| printable(&observed.value.show(threshold)),
        )
    };
    let candidate = opinion
        .candidate
        .as_ref()
        .and_then(|observed| observed.value.finite());
    let relative = opinion.baseline.is_some();
    let delta = opinion.delta.as_ref().map(|delta| {
        let sign = if delta.sign() == bigdecimal::num_bigint::Sign::Plus {
            "+"
        } else {
            ""
        };
        format!("{sign}{}", decimal::show_beside(delta, None))
    });
    let symbol = match &check.finding.check.rule {
        Rule::Metric(rule) => rule.comparator.symbol(),
        _ => "",
    };
    let limit = threshold.filter(|_| relative).map(|threshold| {
        let threshold = decimal::show_beside(threshold, candidate.as_ref());
        format!("{symbol} {threshold}").trim_start().to_owned()
    });
    Row {
        check: printable(&check.check),
        candidate: show(&opinion.candidate),
        champion: if relative {
            show(&opinion.baseline)
        } else {
            String::new()
        },
        delta: delta.unwrap_or_default(),
        limit: limit.unwrap_or_default(),
    }
}

fn table(decision: &Decision, style: Style) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width).unwrap_or(u16::MAX).max(60))
        .set_header(["", "check", "candidate", "champion", "change", "limit"]);
    for check in decision.worst_first() {
        let Row {
            check: line,
            candidate,
            champion,
            delta,
            limit,
        } = row(check);
        table.add_row([
            check.outcome.clone(),
            line,
            candidate,
            champion,
            delta,
            limit,
        ]);
    }
    for index in 2..=4 {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
        .lines()
        .map(|line| format!("  {}", paint_outcome(line.trim_end(), style)))
        .collect()
}

/// Colours the outcome at the beginning of a line, after the table has measured it.
fn paint_outcome(line: &str, style: Style) -> String {
    let trimmed = line.trim_start();
    let indent = line.len() - trimmed.len();
    for (outcome, colour) in [
        (Outcome::Fail, AnsiColor::Red),
        (Outcome::Inconclusive, AnsiColor::Yellow),
        (Outcome::Warn, AnsiColor::Yellow),
        (Outcome::Waived, AnsiColor::Magenta),
        (Outcome::Skipped, AnsiColor::Cyan),
        (Outcome::Pass, AnsiColor::Green),
    ] {
        if indent <= 1
            && let Some(rest) = trimmed.strip_prefix(outcome.name())
        {
            let word = paint(
                outcome.name(),
                Ansi::new().fg_color(Some(colour.into())),
                style,
            );
            return format!("{}{word}{rest}", " ".repeat(indent));
        }
    }
    line.to_owned()
}

fn paint(text: &str, ansi: Ansi, style: Style) -> String {
    if style.coloured {
        format!("{ansi}{text}{ansi:#}")
    } else {
        text.to_owned()
    }
}

fn reason(check: &CheckRecord) -> Option<String> {
    match check.finding.outcome {
        Outcome::Pass => None,
        outcome => Some(format!(
            "  {}: {}",
            outcome.name(),
            printable(&check.message)
        )),
    }
}

fn provenance(decision: &Decision) -> String {
    let short = |run: &str| run.get(..12).unwrap_or(run).to_owned();
    let run = decision
        .candidate
        .run_id
        .as_deref()
        .map_or_else(|| "no run".to_owned(), short);
    let champion = decision
        .champion
        .as_ref()
        .and_then(|champion| champion.run_id.as_deref())
        .map_or_else(String::new, |run| format!(" and {}", short(run)));
    printable(&format!(
        "metrics of run {run}{champion} in {}",
        decision.stores.tracking
    ))
}
