//! A whole line: its level, its rule, and nothing after it.

use bigdecimal::BigDecimal;

use super::cursor::Cursor;
use super::error::{SHAPE, SyntaxError};
use super::word::{Word, is_of_a_symbol};
use crate::gate::check::Weight;
use crate::gate::rule::{Comparator, Rule};

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The level before the colon; `None` where the line names none.
    pub level: Option<Weight>,
    /// The rule.
    pub rule: Rule,
}

/// Reads one line.
///
/// # Errors
/// [`SyntaxError`] with the place of the first word that does not fit.
pub fn parse(text: &str) -> Result<Line, SyntaxError> {
    let mut cursor = Cursor::new(text);
    let level = cursor.level();
    let rule = cursor.rule()?;
    cursor.end()?;
    Ok(Line { level, rule })
}

/// Reads a share and how to stand to it, as the value of a key does: `>= 95%`.
///
/// # Errors
/// [`SyntaxError`] with the place of what does not fit.
pub fn share(text: &str) -> Result<(Comparator, BigDecimal), SyntaxError> {
    let mut cursor = Cursor::new(text);
    let comparator = cursor.comparator()?;
    let percent = cursor.percent()?;
    cursor.end()?;
    Ok((comparator, percent))
}

/// Reads what a value must be, as the value of a key does: `<= 5`, `!= failed`, or the value alone.
///
/// # Errors
/// [`SyntaxError`] with the place of what does not fit.
pub fn expected(text: &str) -> Result<(Comparator, String), SyntaxError> {
    let mut cursor = Cursor::new(text);
    let begins_with_a_sign = cursor.peek().is_some_and(is_of_a_symbol);
    if !begins_with_a_sign {
        return Ok((Comparator::Equal, text.to_owned()));
    }
    let comparator = cursor.lenient_comparator()?;
    let value = cursor.ordered_value(comparator)?;
    Ok((comparator, value))
}

impl Cursor<'_> {
    fn level(&mut self) -> Option<Weight> {
        let (word, after) = self.rest().split_once(':')?;
        let weight = Weight::parse(word.trim())?;
        self.advance(self.rest().len() - after.len());
        Some(weight)
    }

    fn rule(&mut self) -> Result<Rule, SyntaxError> {
        if let Some((start, name)) = self.quoted()? {
            if name.is_empty() {
                return Err(SyntaxError::new(
                    start,
                    2,
                    "the metric's name is empty",
                    SHAPE,
                ));
            }
            return self.metric(&name);
        }
        let word = self.bare();
        match word.text {
            "signature" => self.signature(),
            "dataset" => Ok(Rule::Dataset(self.same("dataset")?)),
            "scorers" => Ok(Rule::Scorers(self.same("scorers")?)),
            "coverage" => self.coverage(word),
            "age" => self.age(word),
            "tag" => self.tag(),
            "param" => self.param(),
            _ => self.bare_metric(word),
        }
    }

    fn end(&mut self) -> Result<(), SyntaxError> {
        let rest = self.chunk_to_end();
        if rest.text.is_empty() {
            return Ok(());
        }
        let first = rest.text.split_whitespace().next().unwrap_or_default();
        let help = match first.to_ascii_lowercase().as_str() {
            "and" | "&&" | "&" | "," | ";" => "write one check for each: all of them must hold",
            "or" | "||" | "|" => "a gate holds all its checks; it knows no `or`",
            "%" => "a threshold is in the metric's own unit",
            word if word.starts_with(['<', '>', '=']) => {
                "write two checks, one for each comparison"
            }
            _ => SHAPE,
        };
        let message = format!("`{}` after the end of the check", rest.shown());
        Err(rest.error(message, help))
    }
}

impl Word<'_> {
    /// Whether a level was meant by a word that ends with a colon.
    pub(super) fn as_level(self) -> Option<SyntaxError> {
        let name = self.text.strip_suffix(':')?;
        let word = Word {
            start: self.start,
            text: name,
        };
        let help = word.nearest(&["error", "warn", "info", "off"]).map_or_else(
            || {
                "levels are `error`, `warn`, `info` and `off`; quote a name that ends with a colon"
                    .to_owned()
            },
            |near| format!("did you mean `{near}`?"),
        );
        Some(word.error(format!("unknown level `{}`", word.shown()), help))
    }
}
