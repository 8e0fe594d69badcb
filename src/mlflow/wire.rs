//! The answers, spelt as MLflow spells them.
//!
//! The one decision here: what is essential has no default. An answer without it is malformed, so
//! that a server's `{}` can never pass for "nothing there". Unknown fields are ignored; MLflow adds
//! some with every release. A field that comes twice is an error.
//!
//! MLflow's server writes 64-bit integers as numbers, other speakers of the protocol as strings
//! (`mlflow/utils/proto_json_utils.py`); both are read. Empty lists are left out by both.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// The answer of `registered-models/alias` and `model-versions/get`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct ModelVersionAnswer {
    pub(crate) model_version: ModelVersion,
}

/// A version of a registered model.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct ModelVersion {
    pub(crate) name: String,
    pub(crate) version: Integer,
    pub(crate) current_stage: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) run_id: Option<String>,
}

/// The answer of `registered-models/get`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RegisteredModelAnswer {
    pub(crate) registered_model: RegisteredModel,
}

/// A registered model.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RegisteredModel {
    pub(crate) name: String,
}

/// The answer of `runs/get`.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RunAnswer {
    pub(crate) run: Run,
}

/// A run.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Run {
    pub(crate) info: RunInfo,
    pub(crate) data: RunData,
}

/// What MLflow knows about a run.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RunInfo {
    pub(crate) run_id: String,
    pub(crate) lifecycle_stage: String,
}

/// What a run logged.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct RunData {
    #[serde(default)]
    pub(crate) metrics: Vec<Metric>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

/// The latest value of a metric.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Metric {
    pub(crate) key: String,
    pub(crate) value: Double,
    pub(crate) timestamp: Integer,
    /// The protocol's default is 0 (`optional int64 step = 4 [default = 0]`).
    #[serde(default)]
    pub(crate) step: Integer,
}

/// A tag.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Tag {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: String,
}

/// An error of MLflow.
#[derive(Debug, serde::Deserialize)]
pub(super) struct ErrorAnswer {
    pub(super) error_code: String,
    #[serde(default)]
    pub(super) message: String,
}

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
