//! For the terminal.

use anstyle::{AnsiColor, Style as Ansi};

use super::words::{facts, headline};
use crate::promotion::{PromotionResult, Status};
use crate::report::Style;
use crate::report::escape::{printable, wrappable};
use crate::report::text::paint;

/// What came of it: one sentence, then what there is to know, a line each.
#[must_use]
pub fn text(result: &PromotionResult, style: Style) -> String {
    let headline = wrappable(&headline(result));
    let (word, rest) = headline.split_once(':').unwrap_or((&headline, ""));
    let colour = match result.status {
        Status::Refused => AnsiColor::Red,
        Status::WouldBeDone => AnsiColor::Yellow,
        _ => AnsiColor::Green,
    };
    let word = paint(
        word,
        Ansi::new().bold().fg_color(Some(colour.into())),
        style,
    );
    let mut lines = vec![format!("{word}:{rest}"), String::new()];
    let facts = facts(result);
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in facts {
        lines.push(format!("  {name:<width$}  {}", printable(&value)));
    }
    lines.join("\n") + "\n"
}
