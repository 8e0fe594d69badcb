//! One-line checks: `warn: r2 >= champion - 0.01` to its parts, and back.
//!
//! The one decision here: the words are read by hand, so that every error can point into the line
//! at the word that is wrong.
//!
//! ```text
//! check     := [level ':'] metric comparator threshold
//! level     := off | info | warn | error
//! metric    := bare | '"' any '"'                     "/" and "." belong to the name
//! threshold := number | 'champion' (('+' | '-') number ('%' | 'pp')?)?
//! ```

use bigdecimal::Signed;

use super::check::Weight;
use super::decimal::parse as number;
use super::rule::{Comparator, Margin, MetricRule, Rule, Threshold};
use crate::evidence::Reference;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The level before the colon; `None` where the line names none.
    pub level: Option<Weight>,
    /// The rule.
    pub rule: Rule,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The first byte of the offending word.
    pub offset: usize,
    /// Its length in bytes.
    pub length: usize,
    /// What is wrong, as a lowercase fragment.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

const SHAPE: &str =
    "a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`";

/// Reads one line.
///
/// # Errors
/// [`SyntaxError`] with the place of the first word that does not fit.
pub fn parse(text: &str) -> Result<Line, SyntaxError> {
    let mut cursor = Cursor { text, offset: 0 };
    let level = cursor.level();
    let metric = cursor.metric()?;
    let comparator = cursor.comparator()?;
    let threshold = cursor.threshold()?;
    cursor.end()?;
    Ok(Line {
        level,
        rule: Rule::Metric(MetricRule::new(&metric, comparator, threshold)),
    })
}

struct Cursor<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.offset += rest.len() - rest.trim_start().len();
    }

    /// The next word: up to white space or the beginning of a comparison.
    fn word(&mut self) -> (usize, &'a str) {
        self.skip_space();
        let rest = self.rest();
        let length = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '=' | '!' | '"'))
            .unwrap_or(rest.len());
        let start = self.offset;
        self.offset += length;
        (start, rest.get(..length).unwrap_or_default())
    }

    fn error(&self, offset: usize, length: usize, message: String) -> SyntaxError {
        let offset = offset.min(self.text.len());
        SyntaxError {
            offset,
            length,
            message,
            help: SHAPE.to_owned(),
        }
    }

    fn level(&mut self) -> Option<Weight> {
        let (word, after) = self.rest().split_once(':')?;
        let weight = Weight::parse(word.trim())?;
        self.offset = self.text.len() - after.len();
        Some(weight)
    }

    fn metric(&mut self) -> Result<String, SyntaxError> {
        self.skip_space();
        if let Some(quoted) = self.rest().strip_prefix('"') {
            let start = self.offset;
            let Some(length) = quoted.find('"') else {
                return Err(self.error(start, self.rest().len(), "the quote is not closed".into()));
            };
            self.offset += length + 2;
            let name = quoted.get(..length).unwrap_or_default();
            if name.is_empty() {
                return Err(self.error(start, 2, "the metric's name is empty".into()));
            }
            return Ok(name.to_owned());
        }
        let (start, word) = self.word();
        if word.is_empty() {
            let length = self.rest().len().min(2);
            return Err(self.error(start, length, "a metric's name is missing here".into()));
        }
        if let Some(bracket) = word.find(['[', '(']) {
            let mut error = self.error(
                start + bracket,
                word.len() - bracket,
                "slices and functions of metrics are not known to this version".into(),
            );
            "quote the name if it is a metric's: `\"recall[eu]\" >= 0.7`"
                .clone_into(&mut error.help);
            return Err(error);
        }
        Ok(word.to_owned())
    }

    fn comparator(&mut self) -> Result<Comparator, SyntaxError> {
        self.skip_space();
        let symbols = [
            ("<=", Comparator::AtMost),
            (">=", Comparator::AtLeast),
            ("==", Comparator::Equal),
            ("!=", Comparator::NotEqual),
            ("<", Comparator::Less),
            (">", Comparator::Greater),
        ];
        let rest = self.rest();
        for (symbol, comparator) in symbols {
            if rest.starts_with(symbol) {
                self.offset += symbol.len();
                return Ok(comparator);
            }
        }
        let (start, word) = self.word();
        let symbols = rest
            .find(|c: char| !matches!(c, '<' | '>' | '=' | '!'))
            .unwrap_or(rest.len());
        let found = if word.is_empty() {
            rest.get(..symbols).unwrap_or_default()
        } else {
            word
        };
        let mut error = self.error(
            start,
            found.len().max(1),
            if found.is_empty() {
                "a comparison is missing here".to_owned()
            } else {
                format!("expected a comparison, found `{found}`")
            },
        );
        error.help = match found {
            "=" => "write `==` for equality".to_owned(),
            "≤" => "write `<=`".to_owned(),
            "≥" => "write `>=`".to_owned(),
            _ => "comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`; quote a name with spaces"
                .to_owned(),
        };
        Err(error)
    }

    fn threshold(&mut self) -> Result<Threshold, SyntaxError> {
        let (start, word) = self.word();
        if word == "champion" {
            return self.relative(Reference::Champion);
        }
        // `champion-0.01` without spaces
        if let Some(tail) = word.strip_prefix("champion")
            && tail.starts_with(['+', '-'])
        {
            self.offset = start + "champion".len();
            return self.relative(Reference::Champion);
        }
        match number(word) {
            Some(number) => Ok(Threshold::Absolute(number)),
            None => Err(self.not_a_threshold(start, word)),
        }
    }

    fn relative(&mut self, reference: Reference) -> Result<Threshold, SyntaxError> {
        let margin = self.margin()?;
        Ok(Threshold::Relative { reference, margin })
    }

    fn not_a_threshold(&self, start: usize, word: &str) -> SyntaxError {
        if word.is_empty() {
            let length = self.rest().len();
            return self.error(start, length, "a threshold is missing here".into());
        }
        let is_word = word.starts_with(|c: char| c.is_alphabetic());
        if !is_word
            || matches!(
                word.to_ascii_lowercase().as_str(),
                "nan" | "inf" | "infinity"
            )
        {
            return self.error(
                start,
                word.len(),
                format!("`{word}` is not a finite number"),
            );
        }
        let mut error = self.error(start, word.len(), format!("unknown reference `{word}`"));
        let near = crate::diagnostic::nearest(word, ["champion"]);
        error.help = near.map_or_else(
            || "a threshold is a number or `champion`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        error
    }

    fn margin(&mut self) -> Result<Option<Margin>, SyntaxError> {
        self.skip_space();
        let rest = self.rest();
        let negative = match rest.chars().next() {
            None => return Ok(None),
            Some('+') => false,
            Some('-') => true,
            Some(_) => {
                let message = "expected `+`, `-` or the end".to_owned();
                return Err(self.error(self.offset, rest.len(), message));
            }
        };
        self.offset += 1;
        let (start, word) = self.word();
        let (digits, unit) = ["%", "pp"]
            .into_iter()
            .find_map(|unit| word.strip_suffix(unit).map(|digits| (digits, unit)))
            .unwrap_or((word, self.detached_unit()));
        let amount = number(digits)
            .filter(|amount| !amount.is_negative())
            .ok_or_else(|| {
                let message = match word {
                    "" => "a margin is missing here".to_owned(),
                    word => format!("`{word}` is not a margin"),
                };
                self.error(start, word.len().max(1), message)
            })?;
        let amount = if negative { -amount } else { amount };
        Ok(Some(match unit {
            "%" => Margin::Percent(amount),
            "pp" => Margin::PercentagePoints(amount),
            _ => Margin::Absolute(amount),
        }))
    }

    /// `2 %` with a space between.
    fn detached_unit(&mut self) -> &'static str {
        let rest = self.rest().trim();
        let unit = ["%", "pp"]
            .into_iter()
            .find(|unit| rest == *unit)
            .unwrap_or("");
        if !unit.is_empty() {
            self.offset = self.text.len();
        }
        unit
    }

    fn end(&mut self) -> Result<(), SyntaxError> {
        self.skip_space();
        let rest = self.rest().trim_end();
        if rest.is_empty() {
            return Ok(());
        }
        Err(self.error(
            self.offset,
            rest.len(),
            format!("`{rest}` after the end of the check"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::check::Level;

    fn rule(text: &str) -> Rule {
        parse(text)
            .unwrap_or_else(|error| panic!("{text}: {error:?}"))
            .rule
    }

    #[test]
    fn the_forms_of_the_design_are_read() {
        for (text, canonical) in [
            ("rmse <= 5.0", "rmse <= 5.0"),
            (
                "f1_score >= champion - 0.005",
                "f1_score >= champion - 0.005",
            ),
            ("log_loss<=champion+2%", "log_loss <= champion + 2%"),
            ("recall >= champion - 1 pp", "recall >= champion - 1pp"),
            ("correctness/mean >= 0.85", "correctness/mean >= 0.85"),
            ("\"a b\" > champion", "\"a b\" > champion"),
            ("\"warn: x\" > 1", "\"warn: x\" > 1"),
            ("loss < -1e-3", "loss < -0.001"),
        ] {
            assert_eq!(rule(text).to_string(), canonical);
            assert_eq!(rule(canonical), rule(text), "{text}");
        }
    }

    #[test]
    fn a_level_stands_before_a_colon() {
        assert_eq!(
            parse("warn: x <= 1").unwrap().level,
            Some(Weight::On(Level::Warn))
        );
        assert_eq!(parse("off: x <= 1").unwrap().level, Some(Weight::Off));
        assert_eq!(parse("ns:x <= 1").unwrap().level, None);
    }

    #[test]
    fn errors_point_at_the_word() {
        let describe = |text: &str| {
            let error = parse(text).unwrap_err();
            let word = text
                .get(error.offset..error.offset + error.length)
                .unwrap_or("<end>");
            format!("{word:?}: {}; {}", error.message, error.help)
        };
        insta::assert_snapshot!(
            [
                "", "rmse", "rmse <=", "rmse = 5", "rmse <= champoin", "rmse <= nan",
                "rmse <= champion - ", "rmse <= champion 5", "rmse <= 5 6", "recall[region=*] > 1",
                "rmse ≤ 5", "rmse <= 1e999", "my metric > 1", "\"open <= 1", "<= 5",
            ]
            .map(describe)
            .join("\n"),
            @r#"
        "": a metric's name is missing here; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
        "<end>": a comparison is missing here; comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`; quote a name with spaces
        "": a threshold is missing here; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
        "=": expected a comparison, found `=`; write `==` for equality
        "champoin": unknown reference `champoin`; did you mean `champion`?
        "nan": `nan` is not a finite number; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
        "<end>": a margin is missing here; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
        "5": expected `+`, `-` or the end; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
        "6": `6` after the end of the check; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
        "[region": slices and functions of metrics are not known to this version; quote the name if it is a metric's: `"recall[eu]" >= 0.7`
        "≤": expected a comparison, found `≤`; write `<=`
        "1e999": `1e999` is not a finite number; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
        "metric": expected a comparison, found `metric`; comparisons are `<`, `<=`, `>`, `>=`, `==` and `!=`; quote a name with spaces
        "\"open <= 1": the quote is not closed; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
        "<=": a metric's name is missing here; a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`
        "#
        );
    }
}
