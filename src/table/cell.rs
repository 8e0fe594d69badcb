//! One value of a table.

use std::fmt;

/// The largest integer below which doubles hold every integer: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value as the file spells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A finite number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// Text; lists and objects as compact JSON.
    Text(String),
    /// Not a number, where the file can say so. MLflow's tables cannot: `log_table` writes NaN and
    /// the infinities as null.
    NaN,
    /// Nothing.
    Null,
}

impl Cell {
    /// The number; truth counts as 1 and 0, as in MLflow's own means.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Text(_) | Self::NaN | Self::Null => None,
        }
    }

    /// The value as a class, a group or a key: whole numbers without a point (pandas turns integers
    /// into floats where one is missing), truth as `true` and `false`, text as it is.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        match self {
            // `-0` is 0.
            Self::Number(0.0) => Some("0".to_owned()),
            Self::Number(value) => Some(value.to_string()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::NaN | Self::Null => None,
        }
    }

    /// Whether nothing is there that could be compared.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::NaN | Self::Null)
    }

    /// Whether another value may have been read as the same number.
    pub(super) fn is_blurred(&self) -> bool {
        matches!(self, Self::Number(value) if value.abs() >= EXACT)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NaN => f.write_str("NaN"),
            Self::Null => f.write_str("null"),
            Self::Text(text) => write!(f, "{:?}", text.chars().take(60).collect::<String>()),
            other => f.write_str(&other.label().unwrap_or_default()),
        }
    }
}
