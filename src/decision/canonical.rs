//! JSON documents that are the same bytes everywhere, and safe wherever they are printed.

use std::fmt::Write;

use serde::Serialize;

/// A document as it is written: UTF-8, fields in their order, two spaces of indentation, LF, one
/// line end at the end.
///
/// What a terminal obeys (controls, also those above `U+007F`, and marks of direction) is written
/// as an escape, and so is a `#` after a `#`: CI systems look for commands such as `##vso[` anywhere
/// in a line of output.
#[must_use]
pub fn canonical(document: &impl Serialize) -> String {
    // Keys are text and numbers are finite: this cannot fail.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    let mut safe = String::with_capacity(text.len() + 1);
    let mut previous = ' ';
    for c in text.chars() {
        // Both occur inside strings only, where an escape stands for the same text.
        let obeyed = (c.is_control() && c != '\n') || is_bidirectional(c);
        if obeyed || (c == '#' && previous == '#') {
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
        previous = c;
    }
    safe.push('\n');
    safe
}

/// Characters that make text read in another order than it is written (CVE-2021-42574).
#[must_use]
pub fn is_bidirectional(c: char) -> bool {
    matches!(
        c,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_reads_back_as_it_was_and_nobody_obeys_it(text in any::<String>(), number in any::<f64>()) {
            let number = if number.is_finite() { number } else { 0.0 };
            let document = serde_json::json!({"text": text, "##vso[a]\u{9b}": [number, text]});
            let written = canonical(&document);
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), document);
            prop_assert!(!written.contains("##"));
            prop_assert!(written.chars().all(|c| c == '\n' || !c.is_control() && !is_bidirectional(c)));
            let end = written.ends_with("}\n");
            prop_assert!(end);
        }
    }
}
