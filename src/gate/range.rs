//! What values a metric can have, for metrics whose name says so.

use bigdecimal::BigDecimal;

use super::direction::plain_name;

/// The values a metric can have, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The smallest value, if there is one.
    pub least: Option<BigDecimal>,
    /// The largest value, if there is one.
    pub most: Option<BigDecimal>,
}

impl Range {
    /// The range between two whole numbers.
    #[must_use]
    pub fn new(least: Option<i32>, most: Option<i32>) -> Self {
        Self {
            least: least.map(BigDecimal::from),
            most: most.map(BigDecimal::from),
        }
    }

    /// The range in words: `at least 0 and at most 1`.
    #[must_use]
    pub fn words(&self, unit: &str) -> String {
        let least = self
            .least
            .as_ref()
            .map(|least| format!("at least {least}{unit}"));
        let most = self
            .most
            .as_ref()
            .map(|most| format!("at most {most}{unit}"));
        let words: Vec<_> = least.into_iter().chain(most).collect();
        words.join(" and ")
    }
}

const FROM_0_TO_1: &[&str] = &[
    "accuracy",
    "accuracy_score",
    "balanced_accuracy",
    "f1",
    "f1_score",
    "precision",
    "precision_score",
    "recall",
    "recall_score",
    "auc",
    "roc_auc",
    "pr_auc",
    "average_precision",
    "ndcg",
    "map",
    "mrr",
    "iou",
    "dice",
    "specificity",
    "sensitivity",
    "false_positive_rate",
    "fpr",
    "false_negative_rate",
    "fnr",
    "error_rate",
    "brier",
    "brier_score",
];

const FROM_0: &[&str] = &[
    "rmse",
    "mse",
    "mae",
    "mape",
    "smape",
    "wape",
    "rmsle",
    "msle",
    "medae",
    "log_loss",
    "logloss",
    "cross_entropy",
    "wer",
    "cer",
    "root_mean_squared_error",
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "max_error",
    "latency",
];

/// What the name says, where it says anything; the data set and averaging around it do not matter.
#[must_use]
pub fn range(metric: &str) -> Option<Range> {
    let name = plain_name(metric);
    let name = name.as_str();
    if FROM_0_TO_1.contains(&name) {
        Some(Range::new(Some(0), Some(1)))
    } else if FROM_0.contains(&name) || name.starts_with("latency_") {
        Some(Range::new(Some(0), None))
    } else {
        match name {
            "r2" | "r2_score" | "explained_variance" => Some(Range::new(None, Some(1))),
            "mcc" | "matthews_corrcoef" => Some(Range::new(Some(-1), Some(1))),
            "perplexity" => Some(Range::new(Some(1), None)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_metric_says_what_it_can_be() {
        assert_eq!(
            range("val/accuracy").unwrap().words(""),
            "at least 0 and at most 1"
        );
        assert_eq!(range("test_r2_score").unwrap().words(""), "at most 1");
        assert_eq!(range("latency_p95_ms").unwrap().words(""), "at least 0");
        assert_eq!(range("profit"), None);
    }
}
