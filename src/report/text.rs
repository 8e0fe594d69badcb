//! The terminal's table: what blocks first, then what was seen, then where it was read.

use anstyle::{AnsiColor, Style as Ansi};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::Style;
use super::escape::{printable, wrappable};
use super::row::{Row, baseline_title, notes, parts, remark, row, waived};
use crate::decision::{CheckRecord, Decision, VersionRecord};
use crate::gate::Outcome;

pub(super) fn report(decision: &Decision, style: Style) -> String {
    let mut lines = vec![headline(decision, style), String::new()];
    let mut add = |block: Vec<String>| {
        if !block.is_empty() {
            lines.extend(block);
            lines.push(String::new());
        }
    };
    if !decision.checks.is_empty() {
        add(table(decision, style));
    }
    let checks = decision.worst_first();
    add(checks.into_iter().filter_map(reason).collect());
    let notes = notes(decision);
    add(notes
        .iter()
        .map(|note| format!("  note: {}", printable(note)))
        .collect());
    let meaning = decision.remark_meaning();
    add(meaning
        .map(|meaning| format!("  {meaning}"))
        .into_iter()
        .collect());
    lines.push(format!("  {}", provenance(decision)));
    lines.join("\n") + "\n"
}

/// The gate, its verdict, who was judged and against whom, in one line.
pub(super) fn headline(decision: &Decision, style: Style) -> String {
    let (word, colour) = match decision.verdict.as_str() {
        "pass" => ("PASS", AnsiColor::Green),
        "hold" => ("HOLD", AnsiColor::Yellow),
        _ => ("BLOCKED", AnsiColor::Red),
    };
    let champion = decision.champion.as_ref().map_or_else(
        || "nothing live yet".to_owned(),
        |champion| format!("{}{}", printable(&champion.name()), role(champion)),
    );
    format!(
        "Gate {}: {}{}  {} {}{} against {champion}",
        printable(&decision.gate),
        paint(
            word,
            Ansi::new().bold().fg_color(Some(colour.into())),
            style
        ),
        waived(decision),
        printable(&decision.model),
        printable(&decision.candidate.name()),
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

fn table(decision: &Decision, style: Style) -> Vec<String> {
    let title = baseline_title(decision);
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width).unwrap_or(u16::MAX).max(60))
        .set_header(["", "check", "candidate", &title, "change", "limit"]);
    for check in decision.worst_first() {
        table.add_row(cells(&check.outcome, "", row(check)));
        let (rows, left_out) = parts(check);
        for row in rows {
            table.add_row(cells("", "  ", row));
        }
        if let Some(left_out) = left_out {
            table.add_row([String::new(), format!("  {left_out}")]);
        }
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

/// Cells are wrapped where the terminal is narrow, so that any word of theirs may begin a line.
fn cells(outcome: &str, indent: &str, row: Row) -> [String; 6] {
    [
        outcome.to_owned(),
        format!("{indent}{}", wrappable(&row.check)),
        wrappable(&row.candidate),
        wrappable(&row.baseline),
        row.delta,
        row.limit,
    ]
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

pub(super) fn paint(text: &str, ansi: Ansi, style: Style) -> String {
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
            printable(&remark(check))
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
