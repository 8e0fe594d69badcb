//! What a number is known to be: exactly itself, or somewhere between two others.
//!
//! The one decision here: a comparison of ranges holds only if it holds for every number in them,
//! and is violated only if it holds for none. Everything else is undecided.

use bigdecimal::{BigDecimal, Signed};

use crate::gate::decimal::{moved, show};
use crate::gate::finding::Value;
use crate::gate::rule::{Comparator, Margin};

/// All numbers from `low` to `high`, both included.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Range {
    low: BigDecimal,
    high: BigDecimal,
}

impl Range {
    pub(super) fn point(number: BigDecimal) -> Self {
        Self {
            low: number.clone(),
            high: number,
        }
    }

    /// Between two numbers, whichever is larger.
    pub(super) fn between(one: BigDecimal, other: BigDecimal) -> Self {
        if one <= other {
            Self {
                low: one,
                high: other,
            }
        } else {
            Self {
                low: other,
                high: one,
            }
        }
    }

    pub(super) fn low(&self) -> &BigDecimal {
        &self.low
    }

    pub(super) fn high(&self) -> &BigDecimal {
        &self.high
    }

    /// The number, where it is known exactly.
    pub(super) fn exact(&self) -> Option<&BigDecimal> {
        (self.low == self.high).then_some(&self.low)
    }

    /// The smallest range that holds this one and `number`.
    pub(super) fn including(self, number: &BigDecimal) -> Self {
        Self {
            low: self.low.min(number.clone()),
            high: self.high.max(number.clone()),
        }
    }

    pub(super) fn value(&self) -> Value {
        match self.exact() {
            Some(number) => Value::Number(number.clone()),
            None => Value::Interval {
                low: self.low.clone(),
                high: self.high.clone(),
            },
        }
    }

    /// All digits, for derivations.
    pub(super) fn digits(&self) -> String {
        match self.exact() {
            Some(number) => show(number),
            None => format!("{} to {}", show(&self.low), show(&self.high)),
        }
    }

    /// Whether the comparison holds for every pair of numbers (`true`), for none (`false`), or for
    /// some.
    pub(super) fn compare(&self, comparator: Comparator, other: &Self) -> Option<bool> {
        let (all, none) = match comparator {
            Comparator::Less => (self.high < other.low, self.low >= other.high),
            Comparator::AtMost => (self.high <= other.low, self.low > other.high),
            Comparator::Greater => (self.low > other.high, self.high <= other.low),
            Comparator::AtLeast => (self.low >= other.high, self.high < other.low),
            Comparator::Equal => (self.is_exactly(other), self.is_apart_from(other)),
            Comparator::NotEqual => (self.is_apart_from(other), self.is_exactly(other)),
        };
        match (all, none) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    fn is_exactly(&self, other: &Self) -> bool {
        self.exact().is_some() && self.exact() == other.exact()
    }

    fn is_apart_from(&self, other: &Self) -> bool {
        self.high < other.low || self.low > other.high
    }

    /// The range moved by a margin; `None` for a percentage of what may be zero. On either side of
    /// zero a percentage is linear, so the ends of the range stay its ends.
    pub(super) fn moved(&self, margin: Option<&Margin>) -> Option<Self> {
        let may_be_zero = !self.low.is_positive() && !self.high.is_negative();
        if matches!(margin, Some(Margin::Percent(_))) && may_be_zero {
            return None;
        }
        Some(Self::between(
            moved(&self.low, margin)?,
            moved(&self.high, margin)?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn range(low: &str, high: &str) -> Range {
        Range::between(
            BigDecimal::from_str(low).unwrap(),
            BigDecimal::from_str(high).unwrap(),
        )
    }

    #[test]
    fn a_comparison_of_ranges_holds_for_all_or_for_none_or_is_undecided() {
        use Comparator::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};
        let limit = range("0.5", "0.5");
        for (low, high, comparator, expected) in [
            ("0.5", "0.9", AtLeast, Some(true)),
            ("0.5", "0.9", Greater, None),
            ("0.4", "0.5", AtLeast, None),
            ("0.1", "0.4", AtLeast, Some(false)),
            ("0.1", "0.5", AtMost, Some(true)),
            ("0.1", "0.5", Less, None),
            ("0.5", "0.6", Less, Some(false)),
            ("0.5", "0.5", Equal, Some(true)),
            ("0.4", "0.6", Equal, None),
            ("0.6", "0.7", Equal, Some(false)),
            ("0.6", "0.7", NotEqual, Some(true)),
            ("0.4", "0.6", NotEqual, None),
        ] {
            assert_eq!(
                range(low, high).compare(comparator, &limit),
                expected,
                "{low} to {high} {comparator:?} 0.5"
            );
        }
    }

    #[test]
    fn a_percentage_of_a_range_that_holds_zero_is_nothing() {
        let percent = |amount: &str| Margin::Percent(BigDecimal::from_str(amount).unwrap());
        assert_eq!(range("-1", "1").moved(Some(&percent("5"))), None);
        assert_eq!(range("0", "1").moved(Some(&percent("5"))), None);
        assert_eq!(
            range("-4", "-2").moved(Some(&percent("300"))),
            Some(range("4", "8"))
        );
    }
}
