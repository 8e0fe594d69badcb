//! Strangers' text made harmless for each format it is put into.

use std::fmt::Write;

/// For a terminal: what would move the cursor or turn the text around is spelled out.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        if c.is_control() || is_bidirectional(c) {
            let _ = write!(safe, "{}", c.escape_unicode());
        } else {
            safe.push(c);
        }
        safe
    })
}

/// Characters that make text read in another order than it is written (CVE-2021-42574).
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// For XML 1.0 text and attributes; what XML cannot hold is replaced.
pub(super) fn xml(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\n' => safe.push_str("&#10;"),
            '\t' => safe.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
        safe
    })
}

/// For a cell of a Markdown table, outside code: no markup, no HTML, no mention, one line.
pub(super) fn markdown(text: &str) -> String {
    printable(text).chars().fold(String::new(), |mut safe, c| {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '@' => safe.push_str("&#64;"),
            '#' => safe.push_str("&#35;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '~' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
        safe
    })
}

/// For a workflow command of GitHub Actions, after the `::`.
pub(super) fn github_message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// For a property of a workflow command of GitHub Actions.
pub(super) fn github_property(text: &str) -> String {
    github_message(text).replace(':', "%3A").replace(',', "%2C")
}

/// For a logging command of Azure Pipelines, message or property.
pub(super) fn azure(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace(';', "%3B")
        .replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a|b`c`<img src=x>\n::error::x\u{1b}[31m]; 100% @team #1 \u{202e}";

    #[test]
    fn a_hostile_name_is_harmless_in_every_format() {
        let shown = [
            printable(HOSTILE),
            xml(&printable(HOSTILE)),
            markdown(HOSTILE),
            github_property(&printable(HOSTILE)),
            azure(&printable(HOSTILE)),
        ];
        insta::assert_snapshot!(shown.join("\n"), @r"
        a|b`c`<img src=x>\u{a}::error::x\u{1b}[31m]; 100% @team #1 \u{202e}
        a|b`c`&lt;img src=x&gt;\u{a}::error::x\u{1b}[31m]; 100% @team #1 \u{202e}
        a\|b\`c\`&lt;img src=x&gt;\\u{a}::error::x\\u{1b}\[31m\]; 100% &#64;team &#35;1 \\u{202e}
        a|b`c`<img src=x>\u{a}%3A%3Aerror%3A%3Ax\u{1b}[31m]; 100%25 @team #1 \u{202e}
        a|b`c`<img src=x>\u{a}::error::x\u{1b}[31m%5D%3B 100%AZP25 @team #1 \u{202e}
        ");
        for line in &shown {
            assert!(!line.contains('\n'));
        }
    }
}
