//! Markdown: what a job summary or a comment shows.
//!
//! The one decision here: a report fits into one comment. Where it does not, checks that pass are
//! left out first, then slices, then the mildest of the rest, and the report says so.

use std::fmt::Write;

use super::escape::markdown;
use super::row::{Row, baseline_title, notes, parts, remark, row, waived};
use crate::decision::{CheckRecord, Decision, VersionRecord};
use crate::gate::Outcome;

/// GitHub takes 65,536 characters in a comment; the rest is for what is written around a report.
const LONGEST: usize = 64_000;

/// How many notes are shown.
const NOTES_SHOWN: usize = 20;

/// The longest message of a row, in characters.
const LONGEST_MESSAGE: usize = 1_000;

/// What the line begins with that differs from run to run (`host::comment` knows it as well).
const JUDGED: &str = "<sub>judged ";

pub(super) fn report(decision: &Decision) -> String {
    let mut page = format!("{}\n\n{}\n\n", heading(decision), subject(decision));
    if let Some(meaning) = decision.remark_meaning() {
        let _ = writeln!(page, "**{meaning}**\n");
    }
    let mut closing = note_list(decision);
    let _ = writeln!(closing, "<sub>{}</sub>", footer(decision));
    let _ = writeln!(closing, "{JUDGED}{}</sub>", circumstances(decision));
    if !decision.checks.is_empty() {
        let used = page.chars().count() + closing.chars().count();
        page.push_str(&table(decision, LONGEST.saturating_sub(used)));
    }
    page + &closing
}

/// The gate and its verdict.
pub(super) fn heading(decision: &Decision) -> String {
    let sign = if decision.passed() { "✅" } else { "⛔" };
    format!(
        "### {sign} Gate {}: {}{}",
        markdown(&decision.gate),
        markdown(&decision.verdict),
        waived(decision)
    )
}

/// Who was judged, and against whom.
pub(super) fn subject(decision: &Decision) -> String {
    let version = |version: &VersionRecord| match version.found_by.strip_prefix("alias ") {
        Some(alias) => format!("{} ({})", markdown(&version.name()), markdown(alias)),
        None => markdown(&version.name()),
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

/// The rows that fit into `room` characters.
fn table(decision: &Decision, room: usize) -> String {
    let mut table = format!(
        "| | check | candidate | {} | change | limit | |\n|---|---|---:|---:|---:|---:|---|\n",
        markdown(&baseline_title(decision))
    );
    // The words about what is left out need a little room as well.
    let mut room = room.saturating_sub(table.chars().count() + 200);
    let mut left_out = (0, 0);
    let checks = decision.worst_first();
    let rows: Vec<_> = checks.iter().map(|check| check_row(check)).collect();
    let whole: usize = checks
        .iter()
        .zip(&rows)
        .map(|(check, row)| row.chars().count() + part_rows(check).chars().count())
        .sum();
    let with_parts = whole <= room;
    for (check, mut row) in checks.into_iter().zip(rows) {
        if with_parts || check.finding.outcome != Outcome::Pass {
            let parts = part_rows(check);
            if row.chars().count() + parts.chars().count() <= room {
                row.push_str(&parts);
            }
        }
        let length = row.chars().count();
        if length <= room {
            room -= length;
            table.push_str(&row);
        } else if check.finding.outcome == Outcome::Pass {
            left_out.0 += 1;
        } else {
            left_out.1 += 1;
        }
    }
    table.push('\n');
    table + &omitted(left_out)
}

fn omitted(left_out: (usize, usize)) -> String {
    let (passing, others) = left_out;
    if passing + others == 0 {
        return String::new();
    }
    let others = if others == 0 {
        String::new()
    } else {
        format!(" and **{others} that do not**")
    };
    format!(
        "*Left out, because a comment has an end: {passing} checks that pass{others}. The decision has them all.*\n\n"
    )
}

fn check_row(check: &CheckRecord) -> String {
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
        _ => markdown(&short(&remark(check))),
    };
    line(sign, "", &row(check), &message)
}

fn part_rows(check: &CheckRecord) -> String {
    let (rows, left_out) = parts(check);
    let mut text: String = rows.iter().map(|row| line("", "· ", row, "")).collect();
    if let Some(left_out) = left_out {
        let _ = writeln!(text, "| | · {left_out} | | | | | |");
    }
    text
}

fn line(sign: &str, indent: &str, row: &Row, message: &str) -> String {
    format!(
        "| {sign} | {indent}{} | {} | {} | {} | {} | {message} |\n",
        markdown(&short(&row.check)),
        markdown(&short(&row.candidate)),
        markdown(&short(&row.baseline)),
        markdown(&row.delta),
        markdown(&row.limit),
    )
}

fn note_list(decision: &Decision) -> String {
    let notes = notes(decision);
    let mut text = String::new();
    for note in notes.iter().take(NOTES_SHOWN) {
        let _ = writeln!(text, "- {}", markdown(&short(note)));
    }
    if notes.len() > NOTES_SHOWN {
        let _ = writeln!(text, "- and {} more notes", notes.len() - NOTES_SHOWN);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST_MESSAGE).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn footer(decision: &Decision) -> String {
    let run = decision.candidate.run_id.as_deref().unwrap_or("none");
    let mut parts = vec![
        format!("run {}", markdown(run)),
        format!("store {}", markdown(&decision.stores.tracking)),
        format!(
            "spec {} ({})",
            markdown(&decision.spec.path),
            digest(&decision.spec.digest)
        ),
    ];
    if let Some(environment) = &decision.environment {
        parts.push(format!("environment {}", markdown(environment)));
    }
    if let Some(commit) = &decision.commit {
        let dirty = match decision.dirty {
            Some(true) => ", with changes on top",
            Some(false) | None => "",
        };
        parts.push(format!(
            "commit {}{dirty}",
            markdown(commit.get(..12).unwrap_or(commit))
        ));
    }
    parts.join(" · ")
}

/// What differs from run to run though nothing else does.
fn circumstances(decision: &Decision) -> String {
    let time = decision.judged_at.split('.').next().unwrap_or_default();
    format!(
        "{}Z · evidence {}",
        markdown(time.trim_end_matches('Z')),
        digest(&decision.evidence)
    )
}

/// `sha256:` and twelve digits: enough to recognise it by.
fn digest(digest: &str) -> String {
    markdown(digest.get(..19).unwrap_or(digest))
}
