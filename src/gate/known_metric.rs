//! What the names of metrics say: which way is better, and what values there can be.
//!
//! The one decision here: one table. A name that stands in it says all it says in one place.

use super::direction::Direction::{self, HigherIsBetter, LowerIsBetter};

/// What a metric's name says about its values.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownMetric {
    names: &'static [&'static str],
    /// Which way it improves.
    pub(super) direction: Direction,
    /// The smallest value, if there is one.
    pub(super) least: Option<i32>,
    /// The largest value, if there is one.
    pub(super) most: Option<i32>,
}

const fn known(
    direction: Direction,
    least: Option<i32>,
    most: Option<i32>,
    names: &'static [&'static str],
) -> KnownMetric {
    KnownMetric {
        names,
        direction,
        least,
        most,
    }
}

#[rustfmt::skip]
const KNOWN: &[KnownMetric] = &[
    known(LowerIsBetter, Some(0), None, &[
        "rmse", "root_mean_squared_error", "mse", "mean_squared_error", "mae", "mean_absolute_error",
        "mape", "mean_absolute_percentage_error", "smape", "wape", "rmsle", "msle", "medae",
        "max_error", "log_loss", "logloss", "cross_entropy", "wer", "cer", "latency",
    ]),
    known(LowerIsBetter, Some(0), Some(1), &[
        "brier", "brier_score", "error_rate", "false_positive_rate", "fpr", "false_negative_rate",
        "fnr",
    ]),
    known(LowerIsBetter, Some(1), None, &["perplexity"]),
    known(LowerIsBetter, None, None, &["loss", "toxicity", "hallucination_rate"]),
    known(HigherIsBetter, Some(0), Some(1), &[
        "accuracy", "accuracy_score", "balanced_accuracy", "f1", "f1_score", "precision",
        "precision_score", "recall", "recall_score", "sensitivity", "specificity", "auc", "roc_auc",
        "pr_auc", "average_precision", "ndcg", "map", "mrr", "iou", "dice",
    ]),
    known(HigherIsBetter, None, Some(1), &["r2", "r2_score", "explained_variance"]),
    known(HigherIsBetter, Some(-1), Some(1), &["mcc", "matthews_corrcoef"]),
    known(HigherIsBetter, None, None, &["bleu", "rouge1", "rouge2", "rougel"]),
];

/// What the name says, where it says anything; what is around it does not matter.
pub(super) fn known_metric(metric: &str) -> Option<&'static KnownMetric> {
    let name = plain_name(metric);
    let name = match name.as_str() {
        latency if latency.starts_with("latency_") => "latency",
        name => name,
    };
    KNOWN.iter().find(|known| known.names.contains(&name))
}

/// The name of a metric without what is around it, the data set and the averaging (`val_rmse`,
/// `test/f1_score`, `f1_macro`), in lower case.
#[must_use]
pub(super) fn plain_name(metric: &str) -> String {
    let lower = metric.to_ascii_lowercase();
    let name = lower
        .rsplit('/')
        .next()
        .unwrap_or(&lower)
        .split('.')
        .next()
        .unwrap_or(&lower);
    let name = [
        "train_",
        "training_",
        "val_",
        "valid_",
        "validation_",
        "test_",
        "eval_",
        "holdout_",
    ]
    .into_iter()
    .find_map(|prefix| name.strip_prefix(prefix))
    .unwrap_or(name);
    ["_macro", "_micro", "_weighted", "_mean", "_avg"]
        .into_iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_stands_twice() {
        let names: Vec<_> = KNOWN.iter().flat_map(|known| known.names).collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn every_name_is_found_as_it_stands() {
        for name in KNOWN.iter().flat_map(|known| known.names) {
            assert!(known_metric(name).is_some(), "{name}");
        }
    }
}
