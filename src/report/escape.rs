//! Strangers' text made harmless for each format it is put into.

use std::fmt::Write;

use crate::decision::is_bidirectional;

/// For a terminal and for a CI log: what would move the cursor or turn the text around is spelled
/// out, and so is a `#` after a `#`: CI systems obey `##vso[...]` and `##[...]` anywhere in a line.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut previous = ' ';
    for c in text.chars() {
        if c.is_control() || is_bidirectional(c) || (c == '#' && previous == '#') {
            let _ = write!(safe, "{}", c.escape_unicode());
        } else {
            safe.push(c);
        }
        previous = c;
    }
    safe
}

/// For lines that people read in a CI log and that quote what strangers wrote: no line is a command
/// for the CI system. Colours and line ends stay.
#[must_use]
pub fn disarmed(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line = line.replace("##", "#\\u{23}");
        let start = line.trim_start();
        match start.strip_prefix("::") {
            Some(rest) => {
                let indent = line.get(..line.len() - start.len()).unwrap_or_default();
                format!("{indent}:\\u{{3a}}{rest}")
            }
            None => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// As [`printable`], for text that may be wrapped: GitHub Actions obeys `::command::` at the start of a line.
pub(super) fn wrappable(text: &str) -> String {
    let mut safe = printable(text);
    while safe.contains("::") {
        safe = safe.replace("::", ":\\u{3a}");
    }
    safe
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
            '#' => safe.push_str("&#35;"),
            c if c.is_control() || is_bidirectional(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                safe.push('\u{fffd}');
            }
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
        a|b`c`&lt;img src=x&gt;\u{a}::error::x\u{1b}[31m]; 100% @team &#35;1 \u{202e}
        a\|b\`c\`&lt;img src=x&gt;\\u{a}::error::x\\u{1b}\[31m\]; 100% &#64;team &#35;1 \\u{202e}
        a|b`c`<img src=x>\u{a}%3A%3Aerror%3A%3Ax\u{1b}[31m]; 100%25 @team #1 \u{202e}
        a|b`c`<img src=x>\u{a}::error::x\u{1b}[31m%5D%3B 100%AZP25 @team #1 \u{202e}
        ");
        for line in &shown {
            assert!(!line.contains('\n'));
        }
    }
}
