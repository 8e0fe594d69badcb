//! A double as a store holds it.
//!
//! The one decision here: a value that may be compared is a [`Finite`], and nothing else can be.
//! NaN and the infinities are kept as what they are, so that no comparison can be made with them
//! by accident.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A double that is neither NaN nor infinite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Finite(f64);

impl Finite {
    /// `None` for NaN and the infinities.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value))
    }

    /// The double itself.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Serialize for Finite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Finite {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        Self::new(value).ok_or_else(|| D::Error::custom("the number is not finite"))
    }
}

impl fmt::Display for Finite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

/// A metric value as a store holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// A number that can be compared.
    Finite(Finite),
    /// Not a number. SQL stores keep it as `0.0` with a flag; REST answers the string `"NaN"`.
    NaN,
    /// Positive infinity. SQL stores keep it as the largest double.
    PositiveInfinity,
    /// Negative infinity. SQL stores keep it as the smallest double.
    NegativeInfinity,
}

impl Reading {
    /// Reads a double the way MLflow's SQL stores write it: the largest finite double stands for
    /// an infinity, because that is what MLflow replaces infinities by
    /// (`mlflow/store/tracking/sqlalchemy_store.py`, `sanitize_metric_value`).
    #[must_use]
    pub fn from_stored(value: f64) -> Self {
        if value.is_nan() {
            Self::NaN
        } else if value >= f64::MAX {
            Self::PositiveInfinity
        } else if value <= f64::MIN {
            Self::NegativeInfinity
        } else {
            Self::Finite(Finite(value))
        }
    }

    /// The number, when there is one.
    #[must_use]
    pub fn finite(self) -> Option<Finite> {
        match self {
            Self::Finite(value) => Some(value),
            Self::NaN | Self::PositiveInfinity | Self::NegativeInfinity => None,
        }
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finite(value) => value.fmt(formatter),
            Self::NaN => formatter.write_str("NaN"),
            Self::PositiveInfinity => formatter.write_str("Infinity"),
            Self::NegativeInfinity => formatter.write_str("-Infinity"),
        }
    }
}

/// As MLflow writes it in JSON: a number, or the string `"NaN"`, `"Infinity"` or `"-Infinity"`.
impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Finite(value) => serializer.serialize_f64(value.get()),
            other => serializer.collect_str(other),
        }
    }
}

impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadingVisitor)
    }
}

struct ReadingVisitor;

impl Visitor<'_> for ReadingVisitor {
    type Value = Reading;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Reading, E> {
        Ok(Reading::from_stored(value))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a JSON number is meant as the nearest double"
    )]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Reading, E> {
        Ok(Reading::from_stored(value as f64))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a JSON number is meant as the nearest double"
    )]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Reading, E> {
        Ok(Reading::from_stored(value as f64))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Reading, E> {
        match value {
            "NaN" => Ok(Reading::NaN),
            "Infinity" => Ok(Reading::PositiveInfinity),
            "-Infinity" => Ok(Reading::NegativeInfinity),
            other => Err(E::custom(format_args!("`{other}` is not a reading"))),
        }
    }
}
