//! Rules as text: the canonical form, which [`super::grammar`] reads back to the same rule where
//! it is a one-liner.

use std::fmt;

use bigdecimal::{BigDecimal, Signed};

use super::grammar::parse;
use super::rule::{Margin, MetricRule, Rule, Threshold};

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(rule) => rule.fmt(f),
            other => write!(f, "{other:?}"),
        }
    }
}

/// The line in its canonical form: what [`parse`] reads back to the same rule.
impl fmt::Display for MetricRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needs_quotes = parse(&format!("{} < 0", self.metric)).map_or(true, |line| {
            line.level.is_some()
                || !matches!(&line.rule, Rule::Metric(rule) if rule.metric == self.metric)
        });
        if needs_quotes {
            write!(f, "\"{}\"", self.metric)?;
        } else {
            f.write_str(&self.metric)?;
        }
        write!(f, " {} {}", self.comparator.symbol(), self.threshold)
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(number) => f.write_str(&plain(number)),
            Self::Relative {
                reference,
                margin: None,
            } => reference.fmt(f),
            Self::Relative {
                reference,
                margin: Some(margin),
            } => write!(f, "{reference} {margin}"),
        }
    }
}

impl fmt::Display for Margin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amount, unit) = match self {
            Self::Absolute(amount) => (amount, ""),
            Self::Percent(amount) => (amount, "%"),
            Self::PercentagePoints(amount) => (amount, "pp"),
        };
        let sign = if amount.is_negative() { '-' } else { '+' };
        write!(f, "{sign} {}{unit}", plain(&amount.abs()))
    }
}

/// The digits people wrote, without exponent where they are few.
fn plain(number: &BigDecimal) -> String {
    if number.fractional_digit_count().abs() > 30 {
        number.to_scientific_notation()
    } else {
        number.to_plain_string()
    }
}
