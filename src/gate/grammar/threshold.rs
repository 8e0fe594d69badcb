//! The right side of a metric's check: a number, or another version's value with a margin.

use bigdecimal::{BigDecimal, Signed};

use super::cursor::Cursor;
use super::error::{SHAPE, SyntaxError};
use super::word::{Word, is_of_a_symbol};
use crate::evidence::Reference;
use crate::gate::decimal::{parse as number, show};
use crate::gate::rule::{Margin, Threshold};

const MARGIN: &str =
    "a margin is added or taken away: `champion - 0.01`, `champion + 2%`, `champion - 1pp`";

impl<'a> Cursor<'a> {
    pub(super) fn threshold(&mut self) -> Result<Threshold, SyntaxError> {
        let first = self.peek();
        if first.is_none_or(is_of_a_symbol) {
            return Err(self.error("a threshold is missing here", SHAPE));
        }
        let word = self.ahead();
        let infinite = matches!(
            word.text.to_ascii_lowercase().as_str(),
            "nan" | "inf" | "infinity"
        );
        if first.is_some_and(char::is_alphabetic) && !infinite {
            let reference = self.reference()?;
            let margin = self.margin(&reference)?;
            return Ok(Threshold::Relative { reference, margin });
        }
        let word = self.chunk();
        match number(word.text) {
            Some(amount) => {
                self.nothing_of_a_product(word, &amount)?;
                Ok(Threshold::Absolute(amount))
            }
            None => Err(not_a_number(word)),
        }
    }

    /// `0.98 * champion` and `80 %`.
    fn nothing_of_a_product(
        &mut self,
        word: Word<'a>,
        amount: &BigDecimal,
    ) -> Result<(), SyntaxError> {
        let rest = self.chunk_to_end();
        if rest.text == "%" {
            return Err(percentage(word, amount));
        }
        let Some(factor) = rest.text.strip_prefix(['*', '×']) else {
            return Ok(());
        };
        let mut right = Cursor::new(factor);
        let help = right
            .reference()
            .map_or_else(|_| MARGIN.to_owned(), |other| scaled(&other, amount));
        Err(rest.error("a threshold is not a product", help))
    }

    fn margin(&mut self, reference: &Reference) -> Result<Option<Margin>, SyntaxError> {
        let negative = match self.peek() {
            None => return Ok(None),
            Some('+') => false,
            Some('-' | '\u{2212}') => true,
            Some('*' | '×' | '/') => return Err(self.product(reference)),
            Some(_) => {
                let rest = self.chunk_to_end();
                return Err(rest.error("expected `+`, `-` or the end", MARGIN));
            }
        };
        let sign = self.rest().chars().next().map_or(0, char::len_utf8);
        self.advance(sign);
        let word = self.chunk();
        let (digits, unit) = ["%", "pp"]
            .into_iter()
            .find_map(|unit| word.text.strip_suffix(unit).map(|digits| (digits, unit)))
            .unwrap_or_else(|| (word.text, self.detached_unit()));
        let amount = number(digits)
            .filter(|_| digits.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
            .ok_or_else(|| not_a_margin(word))?;
        let amount = if negative { -amount } else { amount };
        Ok(Some(match unit {
            "%" => Margin::Percent(amount),
            "pp" => Margin::PercentagePoints(amount),
            _ => Margin::Absolute(amount),
        }))
    }

    /// `champion * 0.98`.
    fn product(&mut self, reference: &Reference) -> SyntaxError {
        let rest = self.chunk_to_end();
        let factor = rest.text.trim_start_matches(['*', '×']).trim();
        let help =
            number(factor).map_or_else(|| MARGIN.to_owned(), |factor| scaled(reference, &factor));
        rest.error("a threshold is not a product", help)
    }

    /// `2 %` with a space between.
    fn detached_unit(&mut self) -> &'static str {
        let rest = self.chunk_to_end().text;
        let found = ["%", "pp"].into_iter().find(|unit| rest == *unit);
        if found.is_some() {
            self.advance(self.rest().len());
        }
        found.unwrap_or_default()
    }
}

/// What a factor says as a margin.
fn scaled(reference: &Reference, factor: &BigDecimal) -> String {
    let percent = (factor - BigDecimal::from(1)) * BigDecimal::from(100);
    if percent.abs() >= 100 {
        return MARGIN.to_owned();
    }
    let sign = if percent.is_negative() { '-' } else { '+' };
    format!("write `{reference} {sign} {}%`", show(&percent.abs()))
}

fn not_a_margin(word: Word<'_>) -> SyntaxError {
    match word.text {
        "" => word.error("a margin is missing here", MARGIN),
        text => {
            let help = decimal_point(text)
                .map_or_else(|| MARGIN.to_owned(), |right| format!("write `{right}`"));
            word.error(format!("`{}` is not a margin", word.shown()), help)
        }
    }
}

fn not_a_number(word: Word<'_>) -> SyntaxError {
    if let Some(amount) = word.text.strip_suffix('%').and_then(number) {
        return percentage(word, &amount);
    }
    let message = format!("`{}` is not a finite number", word.shown());
    if let Some(right) = decimal_point(word.text) {
        return word.error(message, format!("write `{right}`"));
    }
    if word.text.starts_with('"') {
        let help = "a number or a reference stands here, without quotes";
        return word.error(format!("`{}` is not a threshold", word.shown()), help);
    }
    if let Some(alias) = word.text.strip_prefix('@') {
        let help = format!("write `alias({alias})`");
        return word.error(format!("`{}` is not a threshold", word.shown()), help);
    }
    let digits = word
        .text
        .trim_end_matches(|c: char| c.is_alphabetic() || c == '°');
    if digits.len() < word.text.len() && number(digits).is_some() {
        let help = format!("a threshold has no unit, it is in the metric's own: write `{digits}`");
        return word.error(message, help);
    }
    if matches!(word.text, "-" | "+") {
        return word.error(message, "write the sign and the digits together: `-0.5`");
    }
    word.error(message, SHAPE)
}

fn percentage(word: Word<'_>, amount: &BigDecimal) -> SyntaxError {
    let share = show(&(amount / BigDecimal::from(100)));
    let help = format!(
        "a threshold is in the metric's own unit: write `{share}`, or a percentage of another version's value: `champion - {}%`",
        show(&amount.abs())
    );
    word.error("a threshold takes no `%`", help)
}

/// `0,8` and `1_000` as numbers are written here.
fn decimal_point(text: &str) -> Option<String> {
    let right = match text.split_once(',') {
        Some((whole, rest)) if !rest.contains([',', '.']) => format!("{whole}.{rest}"),
        Some(_) => text.replace(',', ""),
        None => text.replace('_', ""),
    };
    let (digits, unit) = right
        .strip_suffix('%')
        .map_or((right.as_str(), ""), |digits| (digits, "%"));
    (right != text && number(digits).is_some()).then(|| format!("{digits}{unit}"))
}
