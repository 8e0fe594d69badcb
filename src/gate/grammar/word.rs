//! Names and values: which may stand bare, and how the others are quoted.

use std::fmt::Write;

use super::cursor::Cursor;
use super::error::SyntaxError;
use crate::gate::check::Weight;
use crate::gate::decimal;

/// A piece of the line and where it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) start: usize,
    pub(super) text: &'a str,
}

impl Word<'_> {
    pub(super) fn error(self, message: impl Into<String>, help: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.start, self.text.len(), message, help)
    }

    /// The word as a message shows it: not longer than a line.
    pub(super) fn shown(self) -> String {
        const LIMIT: usize = 40;
        if self.text.chars().nth(LIMIT).is_none() {
            return self.text.to_owned();
        }
        let start: String = self.text.chars().take(LIMIT).collect();
        format!("{start}...")
    }

    /// The known word it is a mistyped form of, where there is one.
    pub(super) fn nearest<'k>(self, known: &[&'k str]) -> Option<&'k str> {
        // Similarity takes time that grows with the square of the length.
        (self.text.len() <= 64)
            .then(|| crate::diagnostic::nearest(self.text, known.iter().copied()))
            .flatten()
    }
}

/// Words that begin a form of their own, or stand on the right side.
const RESERVED: [&str; 9] = [
    "signature",
    "dataset",
    "scorers",
    "coverage",
    "age",
    "tag",
    "param",
    "champion",
    "previous",
];

/// Signs that people type for a comparison.
pub(super) fn is_of_a_symbol(c: char) -> bool {
    matches!(
        c,
        '<' | '>' | '=' | '!' | '≤' | '≥' | '≠' | '⩽' | '⩾' | '≦' | '≧'
    )
}

pub(super) fn is_of_a_name(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !is_of_a_symbol(c)
        && !matches!(c, '"' | '[' | ']' | '(' | ')' | ',')
}

fn is_of_a_value(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && c != '"'
}

/// A metric's name as it stands in a check: bare where it can be, else quoted.
#[must_use]
pub fn name(name: &str) -> String {
    let is_level = name
        .split_once(':')
        .is_some_and(|(word, _)| Weight::parse(word).is_some());
    let is_bare = is_word(name)
        && !is_level
        && !name.ends_with(':')
        && !RESERVED.contains(&name)
        && decimal::parse(name).is_none();
    if is_bare {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A name in a place where only a name can stand: of a tag, a parameter, a judge, a slice's key.
pub(in crate::gate) fn inner_name(name: &str) -> String {
    if is_word(name) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('\'') && text.chars().all(is_of_a_name)
}

/// The value of a tag or parameter as it stands in a check: bare where it can be, else quoted.
#[must_use]
pub fn value(text: &str) -> String {
    let is_bare =
        !text.is_empty() && !text.starts_with(is_of_a_symbol) && text.chars().all(is_of_a_value);
    if is_bare {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// The value of a slice's key.
pub(in crate::gate) fn slice_value(text: &str) -> String {
    if text != "*" && is_word(text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Text in double quotes, on one line whatever it holds.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

impl<'a> Cursor<'a> {
    /// Text in double quotes; `None` where something else comes next.
    pub(super) fn quoted(&mut self) -> Result<Option<(usize, String)>, SyntaxError> {
        let whole = self.chunk_to_end();
        let Some(inside) = whole.text.strip_prefix('"') else {
            return Ok(None);
        };
        let mut text = String::new();
        let mut characters = inside.char_indices();
        while let Some((at, c)) = characters.next() {
            match c {
                '"' => {
                    self.advance(at + 2);
                    return Ok(Some((whole.start, text)));
                }
                '\\' => match escape(&mut characters) {
                    Some(c) => text.push(c),
                    None => return Err(bad_escape(whole.start + at + 1)),
                },
                c => text.push(c),
            }
        }
        Err(whole.error("the quote is not closed", "end the name with `\"`"))
    }

    /// All that is left, without stepping over it.
    pub(super) fn chunk_to_end(&mut self) -> Word<'a> {
        self.skip_space();
        let rest = self.rest();
        Word {
            start: self.offset(),
            text: rest.trim_end(),
        }
    }

    /// A name in a place where only a name can stand.
    pub(super) fn inner_name(&mut self, what: &str) -> Result<String, SyntaxError> {
        if let Some((start, text)) = self.quoted()? {
            if text.is_empty() {
                return Err(SyntaxError::new(
                    start,
                    2,
                    format!("the name of {what} is empty"),
                    "write the name between the quotes",
                ));
            }
            return Ok(text);
        }
        let word = self.bare();
        if is_word(word.text) {
            return Ok(word.text.to_owned());
        }
        if word.text.is_empty() {
            let help = "write the name here, in `\"` if it holds spaces or signs";
            return Err(self.error(format!("the name of {what} is missing here"), help));
        }
        Err(word.error(
            format!("`{}` is not a name", word.shown()),
            "names are quoted with `\"`",
        ))
    }

    /// The value of a tag or parameter: one bare word, or quoted.
    pub(super) fn value(&mut self) -> Result<Word<'a>, SyntaxError> {
        let word = self.take(is_of_a_value);
        if word.text.is_empty() {
            let help = "write the value here; an empty one is written `\"\"`";
            return Err(self.error("a value is missing here", help));
        }
        Ok(word)
    }
}

fn bad_escape(offset: usize) -> SyntaxError {
    SyntaxError::new(
        offset,
        1,
        "`\\` begins an escape that is not known",
        "write `\\\\` for a backslash; there are also `\\\"`, `\\n`, `\\r`, `\\t` and `\\u{HEX}`",
    )
}

/// What stands after a backslash.
fn escape(characters: &mut std::str::CharIndices<'_>) -> Option<char> {
    Some(match characters.next()?.1 {
        c @ ('"' | '\\') => c,
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            characters.next().filter(|(_, c)| *c == '{')?;
            let mut code = 0_u32;
            for count in 0..=6 {
                match characters.next()?.1 {
                    '}' if count > 0 => break,
                    digit => code = code.checked_mul(16)?.checked_add(digit.to_digit(16)?)?,
                }
            }
            char::from_u32(code)?
        }
        _ => return None,
    })
}
