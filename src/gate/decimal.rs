//! Exact arithmetic on the digits people see.
//!
//! The one decision here: a double stands for the shortest decimal that reads back as the same
//! double, and everything after that is exact. So 0.85 holds `>= champion + 0.05` over 0.80, where
//! binary floating point (0.80 + 0.05 = 0.8500000000000001) says no. There is no epsilon anywhere.

use std::str::FromStr;

use bigdecimal::{BigDecimal, Zero};

use super::rule::Margin;
use crate::evidence::Finite;

/// A number of more digits than this is not a threshold anyone means.
const DIGITS_LIMIT: usize = 400;

/// A decimal number: `[+-]digits[.digits][e[+-]digits]`, of sane length and exponent.
#[must_use]
pub fn parse(word: &str) -> Option<BigDecimal> {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let starts = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let known = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    if !starts || word.len() > DIGITS_LIMIT || !unsigned.chars().all(known) {
        return None;
    }
    // The exponent is bounded by what a double can hold, so that arithmetic stays cheap.
    word.parse::<f64>().ok().filter(|value| value.is_finite())?;
    let exponent = word
        .split(['e', 'E'])
        .nth(1)
        .map_or(Ok(0), i64::from_str)
        .ok()?;
    if exponent.abs() > 400 {
        return None;
    }
    BigDecimal::from_str(word).ok()
}

/// The decimal that people see for a double: its shortest round-trip representation.
#[must_use]
pub fn decimal(value: Finite) -> BigDecimal {
    // Rust prints the shortest digits that read back as the same double, and never NaN here.
    BigDecimal::from_str(&format!("{:e}", value.get())).unwrap_or_default()
}

/// The champion's value moved by a margin. `%` is of its absolute value, so that a margin means
/// the same direction for negative metrics; `pp` is a hundredth of the metric's unit.
///
/// `None` for a percentage of zero: nothing can be said.
#[must_use]
pub fn moved(baseline: &BigDecimal, margin: Option<&Margin>) -> Option<BigDecimal> {
    let hundredth = BigDecimal::new(1.into(), 2);
    Some(match margin {
        None => baseline.clone(),
        Some(Margin::Absolute(amount)) => baseline + amount,
        Some(Margin::PercentagePoints(amount)) => baseline + amount * hundredth,
        Some(Margin::Percent(_)) if baseline.is_zero() => return None,
        Some(Margin::Percent(amount)) => baseline + baseline.abs() * amount * hundredth,
    })
}

/// Digits for people: no trailing zeros, an exponent only where the number is long.
#[must_use]
pub fn show(number: &BigDecimal) -> String {
    let number = number.normalized();
    let plain = number.to_plain_string();
    if plain.len() > 24 {
        number.to_scientific_notation()
    } else {
        plain
    }
}

/// Six significant digits of each number for a table, or all digits where six would make two
/// different numbers look the same.
#[must_use]
pub fn show_beside(number: &BigDecimal, other: Option<&BigDecimal>) -> String {
    const DIGITS: u64 = 6;
    let short = number.with_prec(DIGITS);
    match other {
        Some(other) if other != number && other.with_prec(DIGITS) == short => show(number),
        _ if number.digits() > DIGITS => show(&short),
        _ => show(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: f64) -> BigDecimal {
        decimal(Finite::new(value).unwrap())
    }

    fn amount(text: &str) -> BigDecimal {
        BigDecimal::from_str(text).unwrap()
    }

    #[test]
    fn boundaries_are_where_people_see_them() {
        let plus = Margin::Absolute(amount("0.05"));
        assert!(of(0.85) >= moved(&of(0.80), Some(&plus)).unwrap());
        let ten_percent = Margin::Percent(amount("10"));
        assert!(of(0.88) >= moved(&of(0.80), Some(&ten_percent)).unwrap());
        let point = Margin::PercentagePoints(amount("-1"));
        assert_eq!(moved(&of(0.80), Some(&point)).unwrap(), amount("0.79"));
    }

    #[test]
    fn a_percentage_moves_a_negative_baseline_in_the_same_direction() {
        let plus = Margin::Percent(amount("10"));
        assert_eq!(moved(&of(-0.5), Some(&plus)).unwrap(), amount("-0.45"));
    }

    #[test]
    fn a_percentage_of_zero_is_nothing() {
        let plus = Margin::Percent(amount("2"));
        assert_eq!(moved(&of(0.0), Some(&plus)), None);
        assert_eq!(moved(&of(-0.0), Some(&plus)), None);
    }

    #[test]
    fn the_ends_of_the_range_of_doubles_are_exact() {
        let least = of(f64::from_bits(1));
        let most = of(1.797_693_134_862_315_7e308);
        assert!(&most + &least > most);
        assert_eq!(show(&of(0.1)), "0.1");
        assert_eq!(show(&of(5.0)), "5");
        assert_eq!(show(&of(1e300)), "1e300");
    }

    #[test]
    fn a_table_is_short_unless_that_would_mislead() {
        let (near, limit) = (of(0.849_999_999), of(0.85));
        assert_eq!(show_beside(&near, Some(&limit)), "0.849999999");
        assert_eq!(show_beside(&near, None), "0.85");
        assert_eq!(show_beside(&of(2.575_999_123), Some(&limit)), "2.576");
    }
}
