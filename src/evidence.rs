//! What a check looked at: metric values, each with where it was read.
//!
//! The one decision here: a value that may be compared is a [`Finite`], and nothing else can be.
//! NaN and the infinities are kept as what they are, so that no comparison can be made with them
//! by accident.

use std::collections::BTreeMap;
use std::fmt;

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

/// The latest value of one metric of a run: the highest step, then the latest timestamp.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// The value.
    pub reading: Reading,
    /// The training step it was logged at.
    pub step: i64,
    /// When it was logged, in milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
}

/// The latest metrics of one run, by metric name.
pub type Metrics = BTreeMap<String, Metric>;

/// A version of a registered model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelVersion {
    /// The version number, counted from 1 by the registry.
    pub number: u64,
    /// The run that made this version; `None` where it was registered without one.
    pub run_id: Option<String>,
    /// Where the model's files are: `models:/m-<id>` in MLflow 3, an artifact URI before.
    pub source: String,
}

/// A run: one execution of training or evaluation, with what it logged.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The 32 hexadecimal digits MLflow gave it.
    pub id: String,
    /// Whether a person deleted it. Deleted runs can still be read by id, and are no evidence.
    pub deleted: bool,
    /// The commit it was made from (tag `mlflow.source.git.commit`), when MLflow knew it.
    pub commit: Option<String>,
    /// The latest value of every metric.
    pub metrics: Metrics,
}
