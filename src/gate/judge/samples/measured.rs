//! What both sides measured, wherever it comes from.

use super::{answers, children, rows, steps};
use crate::gate::finding::Opinion;
use crate::gate::judge::case::Side;
use crate::gate::rule::{Samples, TestRule};

/// The measurements of both sides.
#[derive(Debug)]
pub(in crate::gate::judge) enum Measured {
    /// The same rows, runs or steps on both sides, in the same order.
    Paired(Both<f64>),
    /// Runs of both sides that do not belong together.
    Apart(Both<f64>),
    /// Predicted labels of the same rows, and the truth.
    Labels {
        truth: Vec<String>,
        both: Both<String>,
        positive: Option<String>,
    },
    /// Predicted numbers of the same rows, and the truth.
    Numbers { truth: Vec<f64>, both: Both<f64> },
}

/// What both sides measured.
#[derive(Debug)]
pub(in crate::gate::judge) struct Both<T> {
    pub(in crate::gate::judge) candidate: Vec<T>,
    pub(in crate::gate::judge) baseline: Vec<T>,
}

impl Measured {
    /// How many measurements there are; of two samples the smaller.
    pub(in crate::gate::judge) fn len(&self) -> usize {
        match self {
            Self::Paired(both) | Self::Apart(both) | Self::Numbers { both, .. } => {
                both.candidate.len().min(both.baseline.len())
            }
            Self::Labels { both, .. } => both.candidate.len().min(both.baseline.len()),
        }
    }
}

/// Finds the measurements a rule asks for. The error is the whole opinion.
pub(in crate::gate::judge) fn measured(
    ours: &Side<'_>,
    theirs: &Side<'_>,
    rule: &TestRule,
) -> Result<Measured, Box<Opinion>> {
    let metric = &rule.metric;
    match &rule.samples {
        Samples::Rows(columns) => rows::of_tables(ours, theirs, rule, columns),
        Samples::Judge => answers::of_both(ours, theirs, metric).map(Measured::Paired),
        Samples::Runs { pair_by } => children::of_both(ours, theirs, metric, pair_by.as_deref()),
        Samples::History => steps::of_both(ours, theirs, metric).map(Measured::Paired),
    }
}
