//! A statistical test on repeated measurements.

use bigdecimal::BigDecimal;

use super::TableColumns;
use crate::evidence::Reference;

/// A statistical test on repeated measurements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRule {
    /// The metric.
    pub metric: String,
    /// What is to be shown.
    pub kind: TestKind,
    /// Whom the candidate is compared with.
    pub against: Reference,
    /// The margin, in the metric's own unit, never negative.
    pub margin: BigDecimal,
    /// The confidence, such as 0.95.
    pub confidence: BigDecimal,
    /// How many measurements it takes at least.
    pub min_n: u64,
    /// How the interval is computed.
    pub method: TestMethod,
    /// How many resamples a bootstrap takes.
    pub resamples: u32,
    /// The seed of a bootstrap.
    pub seed: u64,
    /// Where the measurements are.
    pub samples: Samples,
    /// Whether larger is better; `None` to go by the metric's name.
    pub larger_is_better: Option<bool>,
}

/// What a test is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestKind {
    /// The candidate is better by more than the margin.
    Superiority,
    /// It is not worse by the margin or more.
    NonInferiority,
    /// It is neither better nor worse by the margin or more.
    Equivalence,
}

/// How a test computes its interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TestMethod {
    /// Resampling of rows, percentile interval.
    #[default]
    Bootstrap,
    /// Student's t on paired differences, Welch's on unpaired runs.
    T,
    /// Wilcoxon's signed ranks, Hodges-Lehmann interval.
    Wilcoxon,
    /// `McNemar`'s test on right and wrong answers.
    McNemar,
}

/// Where repeated measurements come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Samples {
    /// The rows of a logged table, paired.
    Rows(TableColumns),
    /// The answers of a judge to the rows of an evaluation, paired.
    Judge,
    /// The child runs of both runs: seeds or folds, paired by this param or tag where there is one.
    Runs {
        /// The param or tag that tells which fold or seed a child run is.
        pair_by: Option<String>,
    },
    /// The logged values of the metric, paired by step.
    History,
}
