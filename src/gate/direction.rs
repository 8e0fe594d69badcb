//! Which way is better, for metrics whose name says so.

use super::known_metric::known_metric;

/// Which way a metric improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Errors, losses, latencies.
    LowerIsBetter,
    /// Scores.
    HigherIsBetter,
}

/// What the name says, where it says anything: the data set and averaging around it do not matter
/// (`val_rmse`, `test/f1_score`, `f1_macro`, `latency_p95_ms`).
#[must_use]
pub fn direction(metric: &str) -> Option<Direction> {
    known_metric(metric).map(|known| known.direction)
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
