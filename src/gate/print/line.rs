//! One-line rules.

use std::fmt;

use bigdecimal::{BigDecimal, Signed};

use crate::gate::grammar::{inner_name, name, slice_value, value};
use crate::gate::rule::{
    AgeRule, CoverageRule, Margin, MetricRule, ParamRule, ReadFrom, Rule, SignatureMode,
    SignatureRule, SliceKey, Step, TagRule, Threshold,
};

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(rule) => rule.fmt(f),
            Self::Slices(rule) => rule.fmt(f),
            Self::Signature(rule) => rule.fmt(f),
            Self::Dataset(reference) => write!(f, "dataset same {reference}"),
            Self::Scorers(reference) => write!(f, "scorers same {reference}"),
            Self::Coverage(rule) => rule.fmt(f),
            Self::Age(rule) => rule.fmt(f),
            Self::Tag(rule) => rule.fmt(f),
            Self::Param(rule) => rule.fmt(f),
            Self::Test(rule) => rule.fmt(f),
            Self::Import(rule) => rule.fmt(f),
        }
    }
}

/// `recall[region=*] >= 0.7`; where it is read, if that is said, follows in brackets.
impl fmt::Display for MetricRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&name(&self.metric))?;
        for (index, key) in self.slice.iter().enumerate() {
            write!(f, "{}{key}", if index == 0 { "[" } else { ", " })?;
        }
        if !self.slice.is_empty() {
            f.write_str("]")?;
        }
        write!(f, " {} {}", self.comparator.symbol(), self.threshold)?;
        let step = match self.step {
            Step::Latest => None,
            Step::Best => Some("best value".to_owned()),
            Step::Last => Some("value logged last".to_owned()),
            Step::Mean => Some("mean of all values".to_owned()),
        };
        let from = self.from.as_ref().map(ReadFrom::to_string);
        let said: Vec<_> = step.into_iter().chain(from).collect();
        if said.is_empty() {
            Ok(())
        } else {
            write!(f, " ({})", said.join(", "))
        }
    }
}

/// `region=eu`, `region=*`.
impl fmt::Display for SliceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.as_deref().map(slice_value);
        let value = value.as_deref().unwrap_or("*");
        write!(f, "{}={value}", inner_name(&self.key))
    }
}

/// For people: `from the logged model on holdout`.
impl fmt::Display for ReadFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run => f.write_str("from the run"),
            Self::Model { dataset: None } => f.write_str("from the logged model"),
            Self::Model {
                dataset: Some(dataset),
            } => write!(f, "from the logged model on {}", inner_name(dataset)),
            Self::NamedRun(id) => write!(f, "from run {id}"),
        }
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

impl fmt::Display for SignatureRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "signature {} {}", self.mode, self.against)
    }
}

/// As it is written; `backward` is written `compatible`.
impl fmt::Display for SignatureMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backward => "compatible",
            Self::Forward => "forward",
            Self::Exact => "exact",
        })
    }
}

impl fmt::Display for CoverageRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (judge, symbol) = (inner_name(&self.judge), self.comparator.symbol());
        write!(f, "coverage({judge}) {symbol} {}%", plain(&self.percent))
    }
}

impl fmt::Display for AgeRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.at_most_seconds;
        let (unit, name) = [(86_400, 'd'), (3_600, 'h'), (60, 'm')]
            .into_iter()
            .find(|(unit, _)| seconds.is_multiple_of(*unit))
            .unwrap_or((1, 's'));
        write!(f, "age <= {}{name}", seconds / unit)
    }
}

impl fmt::Display for TagRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = if self.equal { "=" } else { "!=" };
        write!(
            f,
            "tag {} {symbol} {}",
            inner_name(&self.name),
            value(&self.value)
        )
    }
}

impl fmt::Display for ParamRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = self.comparator.symbol();
        write!(
            f,
            "param {} {symbol} {}",
            inner_name(&self.name),
            value(&self.value)
        )
    }
}

/// The digits people wrote, without exponent where they are few.
pub(super) fn plain(number: &BigDecimal) -> String {
    if number.fractional_digit_count().abs() > 30 {
        number.to_scientific_notation()
    } else {
        number.to_plain_string()
    }
}
