//! Comparisons, and the signs that people write in their place.

use super::cursor::Cursor;
use super::error::SyntaxError;
use super::word::{Word, is_of_a_symbol};
use crate::gate::rule::Comparator;

const KNOWN: &str = "comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`";

/// The comparison that is written so.
#[must_use]
pub fn comparator(symbol: &str) -> Option<Comparator> {
    Some(match symbol {
        "<" => Comparator::Less,
        "<=" => Comparator::AtMost,
        ">" => Comparator::Greater,
        ">=" => Comparator::AtLeast,
        "==" => Comparator::Equal,
        "!=" => Comparator::NotEqual,
        _ => return None,
    })
}

/// What was probably meant by something else.
fn meant(found: &str) -> Option<&'static str> {
    Some(match found.to_ascii_lowercase().as_str() {
        "=<" | "≤" | "⩽" | "≦" | "lte" | "le" => "<=",
        "=>" | "≥" | "⩾" | "≧" | "gte" | "ge" => ">=",
        "<>" | "≠" | "!" | "=!" | "!==" | "ne" | "not" => "!=",
        "=" | "===" | "is" | "eq" | "equals" => "==",
        "<<" | "lt" | "below" | "under" => "<",
        ">>" | "gt" | "above" | "over" => ">",
        _ => return None,
    })
}

impl<'a> Cursor<'a> {
    /// The run of signs that comes next; empty where something else does.
    pub(super) fn symbol(&mut self) -> Word<'a> {
        self.take(is_of_a_symbol)
    }

    pub(super) fn comparator(&mut self) -> Result<Comparator, SyntaxError> {
        let word = self.symbol();
        comparator(word.text).ok_or_else(|| self.not_a_comparison(word))
    }

    /// As [`Self::comparator`], where `=` can only mean one thing: of tags and parameters.
    pub(super) fn lenient_comparator(&mut self) -> Result<Comparator, SyntaxError> {
        let word = self.symbol();
        if word.text == "=" {
            return Ok(Comparator::Equal);
        }
        comparator(word.text).ok_or_else(|| self.not_a_comparison(word))
    }

    fn not_a_comparison(&mut self, symbol: Word<'a>) -> SyntaxError {
        let word = if symbol.text.is_empty() {
            self.ahead()
        } else {
            symbol
        };
        if word.text.is_empty() {
            return SyntaxError::new(word.start, 0, "a comparison is missing here", KNOWN);
        }
        let message = format!("expected a comparison, found `{}`", word.shown());
        match meant(word.text) {
            Some("==") => word.error(message, "write `==` for equality"),
            Some(symbol) => word.error(message, format!("write `{symbol}`")),
            None => word.error(message, format!("{KNOWN}; quote a name with spaces")),
        }
    }
}
