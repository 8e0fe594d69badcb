//! The history as a page of Markdown.

use std::fmt::Write;

use super::document::History;
use super::live::AtRecord;
use super::row::{self, Row, short};
use super::version::VersionRecord;
use crate::report::escape::markdown;

/// The longest text of a cell or a line, in characters.
const LONGEST: usize = 400;

pub(super) fn report(history: &History) -> String {
    let mut page = if let Some(at) = &history.at {
        time(at, history)
    } else if let Some(version) = &history.version {
        lineage(version, history)
    } else if history.promotions.is_some() {
        promotions(history)
    } else {
        format!("### Ledger of {}\n\n", safe(&history.model))
    };
    let sign = if history.chain.whole { "✅" } else { "⛔" };
    let _ = writeln!(page, "{sign} {}", safe(&row::state(history)));
    if !history.chain.faults.is_empty() || !history.chain.notes.is_empty() {
        page.push('\n');
    }
    for fault in &history.chain.faults {
        let _ = writeln!(page, "- **fault:** {}", safe(&fault.message));
    }
    for note in &history.chain.notes {
        let _ = writeln!(page, "- {}", safe(&note.message));
    }
    let _ = writeln!(
        page,
        "\n<sub>read {} from {}</sub>",
        row::minute(Some(&history.read_at)),
        safe(&history.store)
    );
    page
}

fn promotions(history: &History) -> String {
    let entries = history.promotions.as_deref().unwrap_or_default();
    let mut page = format!("### Promotions of {}\n\n", safe(&history.model));
    if entries.is_empty() && history.chain.entries == 0 {
        let _ = writeln!(page, "{}\n", safe(&row::nothing_yet(history)));
        return page;
    }
    for live in row::live(history) {
        let _ = writeln!(page, "- {}", safe(&live));
    }
    page.push('\n');
    if entries.is_empty() {
        page.push_str("No promotion is what was asked for.\n\n");
    } else {
        page.push_str(&table(&row::rows(entries, history)));
    }
    page
}

fn table(rows: &[Row]) -> String {
    let mut table =
        "| entry | when | alias | version | from | what | who | environment | gates | why |\n\
                     |---:|---|---|---:|---:|---|---|---|---|---|\n"
            .to_owned();
    for row in rows {
        let why: Vec<_> = row
            .remarks
            .iter()
            .map(|(name, text)| format!("{name}: {text}"))
            .collect();
        let is_loud = ["FORCED", "MOVED", "DAMAGED", "NOT"]
            .iter()
            .any(|word| row.what.contains(word));
        let what = if is_loud {
            format!("⚠️ **{}**", safe(&row.what))
        } else {
            safe(&row.what)
        };
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {what} | {} | {} | {} | {} |",
            safe(&row.entry),
            safe(&row.when),
            safe(&row.alias),
            safe(&row.version),
            safe(&row.from),
            safe(&row.who),
            safe(&row.environment),
            safe(&row.gates),
            safe(&why.join("; "))
        );
    }
    table.push('\n');
    table
}

fn time(at: &AtRecord, history: &History) -> String {
    let mut page = format!(
        "### {} at {}\n\n",
        safe(&history.model),
        safe(&row::minute(Some(&at.time)))
    );
    if at.live.is_empty() {
        let _ = writeln!(page, "{}\n", safe(&row::nothing_yet(history)));
    }
    for live in &at.live {
        let version = live.version.map_or("not known".to_owned(), |version| {
            format!("version {version}")
        });
        let _ = writeln!(page, "**{}: {version}**\n", safe(&live.alias));
        page.push_str(&list(row::live_fields(live)));
    }
    page
}

fn lineage(version: &VersionRecord, history: &History) -> String {
    let mut page = format!(
        "### {} version {}\n\n",
        safe(&history.model),
        version.number
    );
    page.push_str(&list(row::version_fields(version)));
    if !version.entries.is_empty() {
        page.push_str(&table(&row::rows(&version.entries, history)));
    }
    page
}

fn list(fields: Vec<(&'static str, String)>) -> String {
    let mut list = String::new();
    for (name, text) in fields {
        let _ = writeln!(list, "- {name}: {}", safe(&text));
    }
    list.push('\n');
    list
}

fn safe(text: &str) -> String {
    markdown(&short(text, LONGEST))
}
