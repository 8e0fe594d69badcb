//! Numbers as MLflow writes them in JSON.
//!
//! The one decision here: what is no number of the protocol is an error, and never zero.
//!
//! MLflow's server writes 64-bit integers as numbers, other speakers of the protocol as strings
//! (`mlflow/utils/proto_json_utils.py`); both are read.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// An int64: a JSON number, or a string of digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Integer(pub(crate) i64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntegerVisitor).map(Self)
    }
}

struct IntegerVisitor;

impl Visitor<'_> for IntegerVisitor {
    type Value = i64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a 64-bit integer")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<i64, E> {
        value
            .parse()
            .map_err(|_| E::invalid_value(Unexpected::Str(value), &self))
    }
}

/// A double: a JSON number, or one of three words for what JSON has no number for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Double(pub(crate) f64);

impl<'de> Deserialize<'de> for Double {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DoubleVisitor).map(Self)
    }
}

struct DoubleVisitor;

impl Visitor<'_> for DoubleVisitor {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a JSON number is meant as the nearest double"
    )]
    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a JSON number is meant as the nearest double"
    )]
    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<f64, E> {
        match value {
            "NaN" => Ok(f64::NAN),
            "Infinity" => Ok(f64::INFINITY),
            "-Infinity" => Ok(f64::NEG_INFINITY),
            other => Err(E::invalid_value(Unexpected::Str(other), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn double(text: &str) -> Option<f64> {
        serde_json::from_str::<Double>(text)
            .ok()
            .map(|double| double.0)
    }

    #[test]
    fn a_double_is_read_to_the_last_bit() {
        // Without serde_json's feature `float_roundtrip`, each but the last is one unit off: that
        // is one in ten of all doubles with 16 or 17 digits.
        for text in [
            "0.10957860598549463",
            "0.18816853578224801",
            "0.9899951327998887",
            "5e-324",
        ] {
            assert_eq!(
                double(text).unwrap().to_bits(),
                text.parse::<f64>().unwrap().to_bits()
            );
        }
    }

    #[test]
    fn the_words_for_no_number_are_mlflows_and_no_others() {
        assert!(double("\"NaN\"").unwrap().is_nan());
        assert_eq!(double("\"Infinity\""), Some(f64::INFINITY));
        assert_eq!(double("\"-Infinity\""), Some(f64::NEG_INFINITY));
        for refused in [
            "NaN", "null", "\"\"", "\"nan\"", "\"0.5\"", "true", "[1]", "1e999",
        ] {
            assert_eq!(double(refused), None, "{refused}");
        }
    }

    #[test]
    fn integers_come_as_numbers_or_strings() {
        for text in ["1795413020112", "\"1795413020112\""] {
            let integer: Integer = serde_json::from_str(text).unwrap();
            assert_eq!(integer.0, 1_795_413_020_112);
        }
        for refused in [
            "1.5",
            "\"1.5\"",
            "null",
            "18446744073709551615",
            "\"\"",
            "\" 1\"",
        ] {
            assert!(
                serde_json::from_str::<Integer>(refused).is_err(),
                "{refused}"
            );
        }
    }
}
