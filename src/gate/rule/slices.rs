//! A metric on every slice of the data, and the table it may be computed from.

use bigdecimal::BigDecimal;

use super::ReadFrom;

/// `slices:` of a map: a metric per slice, with a bound on the gap between slices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlicesRule {
    /// The metric, a name as MLflow has it, or one that is computed from a table.
    pub metric: String,
    /// The keys that make the slices.
    pub by: Vec<String>,
    /// What every slice must reach at least.
    pub min: Option<BigDecimal>,
    /// What every slice may be at most.
    pub max: Option<BigDecimal>,
    /// How far the best and the worst slice may be apart.
    pub max_gap: Option<BigDecimal>,
    /// How many rows a slice needs to be judged; smaller ones are inconclusive.
    pub min_n: Option<u64>,
    /// What follows for a slice with too few rows.
    pub small: SmallSlice,
    /// The name of the metric that counts a slice's rows, by the same pattern. Default: `n`.
    pub count: String,
    /// The table that slices are computed from; `None` where they are metrics by name.
    pub table: Option<TableColumns>,
    /// Where metrics are read.
    pub from: Option<ReadFrom>,
}

/// What follows for a slice with fewer rows than `min_n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SmallSlice {
    /// It makes the check inconclusive.
    #[default]
    Inconclusive,
    /// It is left out, and said.
    Ignore,
    /// It is judged like the others.
    Judge,
}

/// A logged table and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumns {
    /// The artifact's path in the run: `eval_results_table.json`.
    pub path: String,
    /// The column that pairs rows of two runs; `None` to pair them by their order.
    pub key: Option<String>,
    /// The values.
    pub columns: Columns,
}

/// What a row of a table says about the metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Columns {
    /// A score for each row; the metric is its mean.
    Score(String),
    /// The truth and the prediction; the metric is computed from both.
    Predictions {
        /// The column with the truth.
        target: String,
        /// The column with the prediction.
        prediction: String,
        /// The class that counts as positive, for precision, recall and F1; `None` for the
        /// unweighted mean over classes.
        positive: Option<String>,
    },
}
