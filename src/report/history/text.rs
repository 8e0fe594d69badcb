//! The terminal's history: a table of promotions, the latest first, and what has to be said.

use anstyle::{AnsiColor, Style as Ansi};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::document::History;
use super::live::AtRecord;
use super::row::{self, Row, short};
use super::version::VersionRecord;
use crate::report::Style;
use crate::report::escape::{printable, wrappable};
use crate::report::text::paint;

/// The longest cell and the longest line that quote a registry, in characters.
const LONGEST_CELL: usize = 48;
const LONGEST_LINE: usize = 400;

/// The place of the column of environments.
const ENVIRONMENT: usize = 7;

pub(super) fn report(history: &History, style: Style) -> String {
    let mut lines = Vec::new();
    if let Some(at) = &history.at {
        lines.extend(time(at, history));
    } else if let Some(version) = &history.version {
        lines.extend(lineage(version, history, style));
    } else if history.promotions.is_some() {
        lines.extend(promotions(history, style));
    } else {
        lines.push(sentence(&row::state(history)));
    }
    let faults = history.chain.faults.iter();
    lines.extend(faults.map(|fault| {
        let word = paint(
            "fault",
            Ansi::new().fg_color(Some(AnsiColor::Red.into())),
            style,
        );
        format!("  {word}: {}", line(&fault.message))
    }));
    let is_verified =
        history.promotions.is_none() && history.at.is_none() && history.version.is_none();
    if is_verified {
        let notes = history.chain.notes.iter();
        lines.extend(notes.map(|note| format!("  note: {}", line(&note.message))));
    }
    lines.join("\n") + "\n"
}

fn promotions(history: &History, style: Style) -> Vec<String> {
    let entries = history.promotions.as_deref().unwrap_or_default();
    if entries.is_empty() && history.chain.entries == 0 {
        return vec![sentence(&row::nothing_yet(history))];
    }
    let mut lines = vec![line(&format!(
        "{}: {}",
        history.model,
        row::live(history).join("; ")
    ))];
    lines.push(String::new());
    if entries.is_empty() {
        lines.push("  no promotion is what was asked for".to_owned());
    } else {
        lines.extend(table(&row::rows(entries, history), style));
    }
    if !history.chain.faults.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// Where no entry is for an environment, that column is left out.
fn table(rows: &[Row], style: Style) -> Vec<String> {
    let environments = rows.iter().any(|row| row.environment != "-");
    let kept = |cells: [String; 9]| {
        let cells = cells.into_iter().enumerate();
        let cells = cells.filter(|(place, _)| environments || *place != ENVIRONMENT);
        cells.map(|(_, cell)| cell).collect::<Vec<_>>()
    };
    let title = [
        "",
        "when",
        "alias",
        "version",
        "from",
        "what",
        "who",
        "environment",
        "gates",
    ];
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width).unwrap_or(u16::MAX).max(60))
        .set_header(kept(title.map(str::to_owned)));
    for row in rows {
        table.add_row(kept(cells(row)));
    }
    if let Some(column) = table.column_mut(0) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut lines: Vec<_> = table
        .lines()
        .map(|line| format!("  {}", shout(line.trim_end(), style)))
        .collect();
    let remarks = rows.iter().flat_map(|row| {
        let remark =
            |(name, text): &(&str, String)| line(&format!("  entry {}, {name}: {text}", row.entry));
        row.remarks.iter().map(remark)
    });
    let remarks: Vec<_> = remarks.collect();
    if !remarks.is_empty() {
        lines.push(String::new());
        lines.extend(remarks);
    }
    lines
}

/// Cells are wrapped where the terminal is narrow, so that any word of theirs may begin a line.
fn cells(row: &Row) -> [String; 9] {
    let cell = |text: &str| wrappable(&short(text, LONGEST_CELL));
    [
        cell(&row.entry),
        cell(&row.when),
        cell(&row.alias),
        cell(&row.version),
        cell(&row.from),
        cell(&row.what),
        cell(&row.who),
        cell(&row.environment),
        cell(&row.gates),
    ]
}

/// What nobody should overlook, in colour.
fn shout(line: &str, style: Style) -> String {
    if !style.coloured {
        return line.to_owned();
    }
    let loud = Ansi::new().bold().fg_color(Some(AnsiColor::Red.into()));
    ["FORCED", "MOVED", "DAMAGED", "NOT"]
        .into_iter()
        .fold(line.to_owned(), |line, word| {
            line.replace(word, &paint(word, loud, style))
        })
}

fn time(at: &AtRecord, history: &History) -> Vec<String> {
    let mut lines = Vec::new();
    for live in &at.live {
        let version = live.version.map_or("not known".to_owned(), |version| {
            format!("version {version}")
        });
        let time = row::minute(Some(&at.time));
        lines.push(line(&format!(
            "{} of {} at {time}: {version}",
            live.alias, history.model
        )));
        lines.extend(fields(row::live_fields(live)));
    }
    if at.live.is_empty() {
        lines.push(sentence(&row::nothing_yet(history)));
    }
    lines
}

fn lineage(version: &VersionRecord, history: &History, style: Style) -> Vec<String> {
    if !version.is_known() {
        let (model, number) = (&history.model, version.number);
        return vec![line(&format!(
            "`{model}` has no version {number}, and no entry is about one"
        ))];
    }
    let mut lines = vec![line(&format!(
        "{} version {}",
        history.model, version.number
    ))];
    lines.extend(fields(row::version_fields(version)));
    if version.entries.is_empty() {
        lines.push("  no entry of the ledger is about it".to_owned());
    } else {
        lines.push(String::new());
        lines.extend(table(&row::rows(&version.entries, history), style));
    }
    lines
}

fn fields(fields: Vec<(&'static str, String)>) -> Vec<String> {
    let field = |(name, text): (&str, String)| line(&format!("  {name:<12}{text}"));
    fields.into_iter().map(field).collect()
}

/// One line, whatever it quotes.
fn line(text: &str) -> String {
    printable(&short(text, LONGEST_LINE))
}

/// A line that begins with a capital letter.
fn sentence(text: &str) -> String {
    let line = line(text);
    let mut letters = line.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().collect::<String>() + letters.as_str(),
        None => line,
    }
}
