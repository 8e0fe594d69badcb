//! For job summaries.

use std::fmt::Write;

use super::words::{facts, headline};
use crate::promotion::{PromotionResult, Status};
use crate::report::escape::markdown as safe;

/// What came of it, as a section of a page.
#[must_use]
pub fn markdown(result: &PromotionResult) -> String {
    let sign = match result.status {
        Status::Refused => "⛔",
        Status::WouldBeDone => "📝",
        _ if !result.ruling.forced.is_empty() => "⚠️",
        _ => "✅",
    };
    let mut page = format!("### {sign} {}\n\n", safe(&headline(result)));
    for refusal in &result.ruling.refusals {
        let _ = writeln!(
            page,
            "- **{}**: {}",
            safe(refusal.ground.name()),
            safe(&refusal.message)
        );
    }
    for refusal in &result.ruling.forced {
        let _ = writeln!(page, "- **forced**, although {}", safe(&refusal.message));
    }
    for warning in &result.warnings {
        let _ = writeln!(page, "- warning: {}", safe(warning));
    }
    if !page.ends_with("\n\n") {
        page.push('\n');
    }
    page.push_str("| | |\n|---|---|\n");
    for (name, value) in facts(result) {
        let _ = writeln!(page, "| {name} | {} |", safe(&value));
    }
    page
}
