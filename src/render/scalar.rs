//! Text as YAML: a scalar, a block of lines, a comment.
//!
//! The one decision here: a scalar stands without quotes only where no reader of YAML 1.1 or 1.2
//! can take it for anything but that string. Everything that could change the shape of the file,
//! or what a reviewer sees of it, is escaped.

/// How wide a comment may be, in columns.
const WIDTH: usize = 100;

/// One scalar on one line: plain, or in the quotes that prettier would choose.
#[must_use]
pub fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.contains('"') && !text.chars().any(|c| c == '\\' || is_escaped(c)) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        quoted(text)
    }
}

/// A literal block whose lines are `indent` columns in; one scalar where that cannot hold the text.
#[must_use]
pub fn block(text: &str, indent: usize) -> String {
    if !text.contains('\n') || !fits_block(text) {
        return scalar(text);
    }
    let (sign, lines) = match text.strip_suffix('\n') {
        Some(lines) => ("|", lines),
        None => ("|-", text),
    };
    let mut block = sign.to_owned();
    for line in lines.split('\n') {
        block.push('\n');
        if !line.is_empty() {
            block.push_str(&" ".repeat(indent));
            block.push_str(line);
        }
    }
    block
}

/// A scalar on its own line; a block where it has lines of its own; and where it is long, on several
/// lines `indent` columns in, which readers join again with one space.
#[must_use]
pub fn folded(text: &str, indent: usize) -> String {
    // Deeper in the file than this function knows, so with room to spare.
    const FOLDED: usize = WIDTH - 20;
    if text.contains('\n') {
        return block(text, indent);
    }
    if text.chars().count() <= FOLDED || !folds(text) {
        return scalar(text);
    }
    let mut lines: Vec<String> = Vec::new();
    for word in words(text) {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= FOLDED => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    let margin = " ".repeat(indent);
    let lines: Vec<_> = lines
        .iter()
        .map(|line| format!("\n{margin}{line}"))
        .collect();
    format!(">-{}", lines.concat())
}

/// What stands between spaces; a CI system's expression is one word, so that it stays on its line.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let is_open = |word: &String| word.rfind("${{") > word.rfind("}}");
    for word in text.split(' ') {
        match words.last_mut() {
            Some(last) if is_open(last) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// Whether words and single spaces are all there is, of what every reader takes as it stands.
fn folds(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_graphic() || c == ' ')
        && text.split(' ').all(|word| !word.is_empty())
}

/// A comment after `# `, its further lines with a `# ` of their own, `indent` columns in. `margin`
/// says how many columns further in all of it will end up.
#[must_use]
pub fn comment(text: &str, indent: usize, margin: usize) -> String {
    let width = WIDTH.saturating_sub(indent + margin + 2);
    let mut lines = vec![String::new()];
    let shown = visible(text);
    for word in shown.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join(&format!("\n{}# ", " ".repeat(indent)))
}

/// A comment that stays on its line.
pub(super) fn note(text: &str) -> String {
    visible(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A scalar in a flow sequence, where more characters have a meaning.
pub(super) fn flow(text: &str) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    if is_plain(text) && text.chars().all(word) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// What nobody should have to tell from nothing: replaced, since a comment has no escapes.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_whitespace() || !is_escaped(c) {
                c
            } else {
                '?'
            }
        })
        .collect()
}

fn is_plain(text: &str) -> bool {
    let inside =
        |c: char| c.is_ascii_graphic() || c == ' ' || (c.is_alphanumeric() && c <= '\u{FFFF}');
    let starts = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '$');
    text.starts_with(starts)
        && text.chars().all(inside)
        && !text.ends_with([' ', ':'])
        && !["  ", ": ", " #", " *"]
            .iter()
            .any(|pair| text.contains(pair))
        && !is_special(text)
}

/// Whether a reader of YAML 1.1 or 1.2 may take the text for a boolean, a null, a number or a time.
fn is_special(text: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    // Numbers in every base, with exponents, separators and units of 60; dates and times.
    let numeric = |c: char| {
        c.is_ascii_hexdigit()
            || matches!(
                c,
                '_' | '.' | ',' | ':' | '+' | '-' | 'x' | 'o' | 'T' | 't' | 'Z' | 'z' | ' '
            )
    };
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
        || (text.starts_with(|c: char| c.is_numeric()) && text.chars().all(numeric))
}

fn fits_block(text: &str) -> bool {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    !text.starts_with([' ', '\t', '\n'])
        && !text.ends_with("\n\n")
        && !lines.is_empty()
        && !lines.split('\n').any(|line| line.ends_with([' ', '\t']))
        && !text
            .chars()
            .any(|c| is_escaped(c) && !matches!(c, '\n' | '\t') && c <= '\u{FFFF}')
}

/// Whether a character is a line break to someone, invisible, or beyond what old readers know.
fn is_escaped(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{A0}' | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202F}' | '\u{2060}'..='\u{206F}' | '\u{3000}' | '\u{FEFF}'
            | '\u{FFF0}'..)
}

fn escape(c: char) -> String {
    let number = u32::from(c);
    if number <= 0xFFFF {
        format!("\\u{number:04X}")
    } else {
        format!("\\U{number:08X}")
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if !is_escaped(c) => quoted.push(c),
            c => quoted.push_str(&escape(c)),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_yaml_could_misread_is_quoted() {
        for text in [
            "",
            "no",
            "On",
            "NULL",
            "~",
            "3.12",
            "0.1",
            "1e3",
            "0x1F",
            "12:30:45",
            "2026-01-01",
            "1_000",
            "- a",
            "? a",
            "a: b",
            "a #b",
            "a:",
            " a",
            "a ",
            "#a",
            "&a",
            "*",
            "!a",
            "%a",
            "@a",
            "`a`",
            "[a]",
            "{a}",
            "|",
            ">",
            "=",
            "<<",
            ".inf",
            "-1",
            "+1",
            "'a'",
            "\"a\"",
            "a  b",
            "...",
            "---",
        ] {
            assert!(
                scalar(text).starts_with(['"', '\'']),
                "{text}: {}",
                scalar(text)
            );
        }
    }

    #[test]
    fn text_that_everyone_reads_alike_stays_plain() {
        for text in [
            "main",
            "taxi-fare ci",
            "${{ secrets.TOKEN }}",
            "sqlite:///mlflow.db",
            "uv sync --locked",
            "actions/checkout@3d3c42e",
            "v*",
            "release/1.0",
            "Stage größe",
            "https://h:8080/x?y=1&z=2",
        ] {
            assert_eq!(scalar(text), text);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        assert_eq!(
            scalar("a\u{85}b\u{2028}c\u{202E}d\0\u{1F600}"),
            "\"a\\u0085b\\u2028c\\u202Ed\\u0000\\U0001F600\""
        );
        assert_eq!(scalar("\"it's\" said"), "'\"it''s\" said'");
        assert_eq!(scalar("\"\\\""), r#""\"\\\"""#);
    }

    #[test]
    fn lines_become_a_block_when_a_block_can_hold_them() {
        assert_eq!(block("a\n\n  b\n", 4), "|\n    a\n\n      b");
        assert_eq!(block("a\nb", 2), "|-\n  a\n  b");
        assert_eq!(block("a", 2), "a");
        for text in [
            " a\nb\n",
            "\ta\nb\n",
            "a \nb\n",
            "a\n\n",
            "\n",
            "a\r\nb\n",
            "a\u{2028}\nb\n",
        ] {
            assert!(block(text, 2).starts_with('"'), "{text:?}");
        }
    }

    #[test]
    fn a_comment_cannot_be_left() {
        assert_eq!(
            comment("a\njobs: {}\r\nb\u{85}c\u{2028}d\u{7}e", 2, 0),
            "a jobs: {} b c d?e"
        );
        let long = "word ".repeat(40);
        let lines: Vec<_> = comment(&long, 4, 0).lines().map(str::to_owned).collect();
        assert!(
            lines.len() > 1
                && lines
                    .iter()
                    .skip(1)
                    .all(|line| line.starts_with("    # word"))
        );
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
    }
}
