//! The forms that begin with a word of their own: signature, data set, scorers, coverage, age, tag
//! and parameter.

use bigdecimal::BigDecimal;

use super::cursor::Cursor;
use super::error::SyntaxError;
use super::word::Word;
use crate::evidence::Reference;
use crate::gate::decimal::{parse as number, show};
use crate::gate::rule::{
    AgeRule, Comparator, CoverageRule, ParamRule, Rule, SignatureMode, SignatureRule, TagRule,
};

const AGE: &str =
    "write `age <= 7d`, with `m`, `h`, `d` or `w`; a metric of that name is quoted: `\"age\" <= 7`";

impl Cursor<'_> {
    pub(super) fn signature(&mut self) -> Result<Rule, SyntaxError> {
        const MODES: [&str; 4] = ["compatible", "backward", "forward", "exact"];
        let word = self.bare();
        let mode = match word.text {
            "compatible" | "backward" => SignatureMode::Backward,
            "forward" => SignatureMode::Forward,
            "exact" => SignatureMode::Exact,
            "" => {
                return Err(self.error(
                    "how the signatures must stand to each other is missing here",
                    "write `signature compatible champion`; a metric of that name is quoted: `\"signature\" >= 1`",
                ));
            }
            _ => {
                let help = word.nearest(&MODES).map_or_else(
                    || "it is one of: compatible, backward, forward, exact".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("`{}` says nothing of a signature", word.shown());
                return Err(word.error(message, help));
            }
        };
        let against = self.one_version("a signature")?;
        Ok(Rule::Signature(SignatureRule { mode, against }))
    }

    /// `same REF`, of `dataset` or `scorers`.
    pub(super) fn same(&mut self, what: &str) -> Result<Reference, SyntaxError> {
        let word = self.bare();
        if word.text != "same" {
            let help = format!(
                "write `{what} same champion`; a metric of that name is quoted: `\"{what}\" >= 1`"
            );
            let place = if word.text.is_empty() {
                self.ahead()
            } else {
                word
            };
            return Err(place.error(format!("expected `same` after `{what}`"), help));
        }
        self.one_version(match what {
            "dataset" => "a data set",
            _ => "a set of scorers",
        })
    }

    pub(super) fn coverage(&mut self, word: Word<'_>) -> Result<Rule, SyntaxError> {
        if !self.accept('(') {
            let message = "`coverage` takes the name of a judge";
            let help = "write `coverage(correctness) >= 98%`; a metric of that name is quoted: `\"coverage\" >= 0.98`";
            return Err(word.error(message, help));
        }
        let judge = self.inner_name("the judge")?;
        if !self.accept(')') {
            let help = "write `)` after the judge's name; quote a name with spaces";
            return Err(self.error("the bracket is not closed", help));
        }
        let comparator = self.comparator()?;
        let percent = self.percent()?;
        Ok(Rule::Coverage(CoverageRule {
            judge,
            comparator,
            percent,
        }))
    }

    /// `98%`, from 0 to 100.
    pub(super) fn percent(&mut self) -> Result<BigDecimal, SyntaxError> {
        let word = self.chunk();
        let digits = word.text.strip_suffix('%');
        let hundred = BigDecimal::from(100);
        let Some(amount) = number(digits.unwrap_or(word.text)) else {
            let message = match word.text {
                "" => "a percentage is missing here".to_owned(),
                _ => format!("`{}` is not a percentage", word.shown()),
            };
            return Err(word.error(message, "a share is a percentage: `98%`"));
        };
        if digits.is_none() && !self.accept('%') {
            let meant = if amount <= 1 {
                show(&(&amount * &hundred))
            } else {
                show(&amount)
            };
            let message = format!("`{}` is not a percentage", word.shown());
            return Err(word.error(message, format!("write `{meant}%`")));
        }
        if amount < 0 || amount > hundred {
            let message = format!("`{}` is not a share", word.shown());
            return Err(word.error(message, "a share lies between `0%` and `100%`"));
        }
        Ok(amount)
    }

    pub(super) fn age(&mut self, word: Word<'_>) -> Result<Rule, SyntaxError> {
        let symbol = self.symbol();
        if symbol.text != "<=" {
            let place = if symbol.text.is_empty() { word } else { symbol };
            return Err(place.error("`age` takes `<=` and a duration", AGE));
        }
        let word = self.chunk();
        if word.text.is_empty() {
            return Err(word.error("a duration is missing here", AGE));
        }
        let at_most_seconds = seconds(word.text).ok_or_else(|| {
            let help = match number(word.text) {
                Some(_) => format!("write `age <= {}d` for days; a metric of that name is quoted: `\"age\" <= {0}`", word.shown()),
                None => AGE.to_owned(),
            };
            word.error(format!("`{}` is not a duration", word.shown()), help)
        })?;
        Ok(Rule::Age(AgeRule { at_most_seconds }))
    }

    pub(super) fn tag(&mut self) -> Result<Rule, SyntaxError> {
        const HELP: &str =
            "write `tag stage = candidate`; a metric of that name is quoted: `\"tag\" >= 1`";
        let name = self.own_name("the tag", HELP)?;
        let place = self.ahead();
        let equal = match self.lenient_comparator()? {
            Comparator::Equal => true,
            Comparator::NotEqual => false,
            _ => {
                let message = "a tag is text: it takes `=` or `!=`";
                return Err(place.error(message, HELP));
            }
        };
        let value = self.any_value()?;
        Ok(Rule::Tag(TagRule { name, equal, value }))
    }

    pub(super) fn param(&mut self) -> Result<Rule, SyntaxError> {
        const HELP: &str =
            "write `param max_depth <= 8`; a metric of that name is quoted: `\"param\" >= 1`";
        let name = self.own_name("the parameter", HELP)?;
        let comparator = self.lenient_comparator()?;
        let value = self.ordered_value(comparator)?;
        Ok(Rule::Param(ParamRule {
            name,
            comparator,
            value,
        }))
    }

    /// A value that must be a number where it is compared as one.
    pub(super) fn ordered_value(&mut self, comparator: Comparator) -> Result<String, SyntaxError> {
        let place = self.ahead();
        let value = self.any_value()?;
        let is_order = !matches!(comparator, Comparator::Equal | Comparator::NotEqual);
        if is_order && number(&value).is_none() {
            let message = "only numbers have an order";
            let help = "write a number; text is compared with `==` and `!=`";
            return Err(place.error(message, help));
        }
        Ok(value)
    }

    /// The name after `tag` or `param`; a comparison in its place means that a metric was meant.
    fn own_name(&mut self, what: &str, help: &str) -> Result<String, SyntaxError> {
        self.inner_name(what).map_err(|error| {
            if error.message.ends_with("missing here") {
                SyntaxError {
                    help: help.to_owned(),
                    ..error
                }
            } else {
                error
            }
        })
    }

    fn any_value(&mut self) -> Result<String, SyntaxError> {
        if let Some((_, value)) = self.quoted()? {
            return Ok(value);
        }
        let value = self.value()?.text.to_owned();
        if self.peek().is_some() {
            let rest = self.chunk_to_end();
            let message = format!("`{}` after the end of the check", rest.shown());
            return Err(rest.error(message, "quote a value with spaces: `\"two words\"`"));
        }
        Ok(value)
    }
}

/// `90m`, `12h`, `7d`, `2w`, in seconds; a century at most.
fn seconds(text: &str) -> Option<u64> {
    const CENTURY: u64 = 100 * 366 * 86_400;
    let unit = text.chars().next_back()?;
    let factor = match unit {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let digits = text.strip_suffix(unit)?;
    let is_plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    let count: u64 = is_plain.then(|| digits.parse().ok()).flatten()?;
    let seconds = count.checked_mul(factor)?;
    (1..=CENTURY).contains(&seconds).then_some(seconds)
}
