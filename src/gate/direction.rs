//! Which way is better, for metrics whose name says so.

/// Which way a metric improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Errors, losses, latencies.
    LowerIsBetter,
    /// Scores.
    HigherIsBetter,
}

const LOWER: &[&str] = &[
    "rmse",
    "mse",
    "mae",
    "mape",
    "smape",
    "wape",
    "rmsle",
    "msle",
    "medae",
    "loss",
    "log_loss",
    "logloss",
    "cross_entropy",
    "perplexity",
    "brier",
    "brier_score",
    "error_rate",
    "wer",
    "cer",
    "root_mean_squared_error",
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "max_error",
    "false_positive_rate",
    "fpr",
    "false_negative_rate",
    "fnr",
    "latency",
    "toxicity",
    "hallucination_rate",
];

const HIGHER: &[&str] = &[
    "accuracy",
    "balanced_accuracy",
    "f1",
    "f1_score",
    "precision",
    "recall",
    "auc",
    "roc_auc",
    "pr_auc",
    "average_precision",
    "precision_score",
    "recall_score",
    "accuracy_score",
    "r2",
    "r2_score",
    "explained_variance",
    "ndcg",
    "map",
    "mrr",
    "mcc",
    "matthews_corrcoef",
    "iou",
    "dice",
    "bleu",
    "rouge1",
    "rouge2",
    "rougel",
    "specificity",
    "sensitivity",
];

/// The name of a metric without what is around it, the data set and the averaging (`val_rmse`,
/// `test/f1_score`, `f1_macro`), in lower case.
#[must_use]
pub fn plain_name(metric: &str) -> String {
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

/// What the name says, where it says anything: the data set and averaging around it do not matter
/// (`val_rmse`, `test/f1_score`, `f1_macro`, `latency_p95_ms`).
#[must_use]
pub fn direction(metric: &str) -> Option<Direction> {
    let name = plain_name(metric);
    if LOWER.contains(&name.as_str()) || name.starts_with("latency_") {
        Some(Direction::LowerIsBetter)
    } else if HIGHER.contains(&name.as_str()) {
        Some(Direction::HigherIsBetter)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_metric_says_which_way_is_better() {
        for name in [
            "rmse",
            "val_rmse",
            "test/log_loss",
            "latency_p95_ms",
            "RMSE",
            "rmse.rush_hour",
        ] {
            assert_eq!(direction(name), Some(Direction::LowerIsBetter), "{name}");
        }
        for name in ["r2", "f1_macro", "eval/accuracy_score", "val_auc"] {
            assert_eq!(direction(name), Some(Direction::HigherIsBetter), "{name}");
        }
        for name in ["profit", "rmse_ratio_to_naive", "latencyish"] {
            assert_eq!(direction(name), None, "{name}");
        }
    }
}
