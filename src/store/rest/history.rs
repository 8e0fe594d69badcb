//! Every value of a metric, in order.

use std::cmp::Ordering;

use crate::evidence::{Metric, Reading};

/// The most points that are read of one metric.
pub(super) const MOST_POINTS: usize = 1_000_000;

/// Puts points in the order of step, timestamp and value, which is that of MLflow's "latest"
/// (`sqlalchemy_store.py`, `_update_latest_metrics_if_necessary`). The server has them in the order
/// in which they were logged.
pub(super) fn sort(points: &mut [Metric]) {
    points.sort_by(order);
}

fn order(one: &Metric, other: &Metric) -> Ordering {
    let key = |metric: &Metric| (metric.step, metric.timestamp_ms);
    let values = || stored(one.reading).total_cmp(&stored(other.reading));
    key(one).cmp(&key(other)).then_with(values)
}

/// The value as MLflow's SQL stores compare it: a NaN is kept as 0.
fn stored(reading: Reading) -> f64 {
    match reading {
        // Plus zero makes a negative zero a positive one, for `total_cmp`.
        Reading::Finite(value) => value.get() + 0.0,
        Reading::NaN => 0.0,
        Reading::PositiveInfinity => f64::MAX,
        Reading::NegativeInfinity => f64::MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_in_the_order_of_step_then_time_then_value() {
        let point = |value, step, timestamp_ms| Metric {
            reading: Reading::from_stored(value),
            step,
            timestamp_ms,
        };
        let mut points = [
            point(9.0, 2, 1),
            point(0.5, 1, 5),
            point(f64::NAN, 1, 5),
            point(-1.0, 1, 5),
            point(7.0, -3, 9),
        ];
        sort(&mut points);
        let shown: Vec<_> = points.iter().map(|one| one.reading.to_string()).collect();
        assert_eq!(shown, ["7", "-1", "NaN", "0.5", "9"]);
    }
}
