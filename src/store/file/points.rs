//! The lines of metric files.
//!
//! The one decision here: the step is the third field, also where a data set follows it. MLflow's
//! own reader takes the step of such a line for 0 (`file_store.py`, `_get_metric_from_line`), and
//! refuses the whole run where the data set's name has a space.

use std::cmp::Ordering;

use crate::evidence::{Dataset, Metric, ModelMetric, Reading};

/// A point, with what is needed to tell which of two is later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) metric: Metric,
    value: f64,
}

impl Point {
    /// The order of MLflow's "latest": step, then timestamp, then value. NaN is above every value,
    /// so that it is never hidden by one.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        (self.metric.step, self.metric.timestamp_ms)
            .cmp(&(other.metric.step, other.metric.timestamp_ms))
            .then(self.value.total_cmp(&other.value))
    }
}

/// The points of a run's metric, in order: `<timestamp> <value>[ <step>[ <data set> <digest>]]`.
///
/// # Errors
/// What is wrong with a line, as a fragment.
pub(super) fn of_run(text: &str) -> Result<Vec<Point>, String> {
    let mut points = Vec::new();
    for line in lines(text) {
        let fields: Vec<_> = line.split(' ').collect();
        let (timestamp, value, step) = match fields.as_slice() {
            [timestamp, value] => (timestamp, value, &"0"),
            [timestamp, value, step] | [timestamp, value, step, _, _, ..] => {
                (timestamp, value, step)
            }
            _ => return Err(malformed(line)),
        };
        points.push(point(timestamp, value, step).ok_or_else(|| malformed(line))?);
    }
    points.sort_by(Point::order);
    Ok(points)
}

/// The values of a logged model's metric, in order:
/// `<timestamp> <value> <step> <run>[ <data set> <digest>]`. MLflow 3 writes some lines twice;
/// each counts once.
///
/// # Errors
/// What is wrong with a line, as a fragment.
pub(super) fn of_model(name: &str, text: &str) -> Result<Vec<ModelMetric>, String> {
    let mut read: Vec<(Point, ModelMetric)> = Vec::new();
    for line in lines(text) {
        let fields: Vec<_> = line.split(' ').collect();
        let (numbers, run, dataset) = match fields.as_slice() {
            [timestamp, value, step, run] => ((timestamp, value, step), run, None),
            [timestamp, value, step, run, dataset @ .., digest] if !dataset.is_empty() => {
                let dataset = Dataset {
                    name: dataset.join(" "),
                    digest: (*digest).to_owned(),
                };
                ((timestamp, value, step), run, Some(dataset))
            }
            _ => return Err(malformed(line)),
        };
        let (timestamp, value, step) = numbers;
        let point = point(timestamp, value, step).ok_or_else(|| malformed(line))?;
        let metric = ModelMetric {
            name: name.to_owned(),
            metric: point.metric,
            dataset,
            run_id: Some((*run).to_owned()),
        };
        read.push((point, metric));
    }
    read.sort_by(|(one, a), (other, b)| {
        one.order(other)
            .then_with(|| (&a.run_id, &a.dataset).cmp(&(&b.run_id, &b.dataset)))
    });
    read.dedup_by(|(_, one), (_, other)| one == other);
    Ok(read.into_iter().map(|(_, metric)| metric).collect())
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Python writes doubles as their shortest round trip, and `nan`, `inf`, `-inf`.
fn point(timestamp: &str, value: &str, step: &str) -> Option<Point> {
    let value: f64 = value.parse().ok()?;
    Some(Point {
        metric: Metric {
            reading: Reading::from_stored(value),
            step: step.parse().ok()?,
            timestamp_ms: timestamp.parse().ok()?,
        },
        value: if value.is_nan() { f64::NAN } else { value },
    })
}

fn malformed(line: &str) -> String {
    let start: String = line.chars().take(80).collect();
    format!("`{start}` is no line of a metric")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, i64, i64)> {
        let points = of_run(text).unwrap().into_iter();
        points
            .map(|point| {
                let Metric {
                    reading,
                    step,
                    timestamp_ms,
                } = point.metric;
                (reading.to_string(), step, timestamp_ms)
            })
            .collect()
    }

    fn points(expected: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
        let owned = |(value, step, at): &(&str, i64, i64)| ((*value).to_owned(), *step, *at);
        expected.iter().map(owned).collect()
    }

    #[test]
    fn every_line_that_some_mlflow_wrote_is_read() {
        let text =
            "5 0.5\n6 0.05 20\n7 nan 2 churn-test 56839d5d\n8 -inf 1 a name with spaces 12\n";
        let expected = points(&[
            ("0.5", 0, 5),
            ("-Infinity", 1, 8),
            ("NaN", 2, 7),
            ("0.05", 20, 6),
        ]);
        assert_eq!(read(text), expected);
    }

    #[test]
    fn the_latest_has_the_highest_step_then_the_last_timestamp_then_the_largest_value() {
        let last = |text: &str| read(text).pop().unwrap().0;
        assert_eq!(last("1 0.1 5\n9 0.9 4\n"), "0.1");
        assert_eq!(last("2 0.1 5\n1 0.9 5\n"), "0.1");
        assert_eq!(last("1 0.1 5\n1 0.9 5\n1 0.5 5\n"), "0.9");
        assert_eq!(last("1 0.1 5\n1 -nan 5\n1 inf 5\n"), "NaN");
    }

    #[test]
    fn a_line_that_mlflow_never_writes_is_an_error() {
        for line in [
            "1",
            "1 x",
            "x 1",
            "1 0.5 x",
            "1 0.5 0 name",
            "1 0.5 1.5",
            "1  0.5",
            "1\t0.5",
        ] {
            assert!(of_run(line).is_err(), "{line}");
        }
        for line in ["1 0.5 0", "1 0.5 0 run name", "1 0.5"] {
            assert!(of_model("m", line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_models_value_knows_its_run_and_data_set_and_counts_once() {
        let text = "2 0.8 0 r2 a b c d1\n1 0.9 0 r1\n2 0.8 0 r2 a b c d1\n";
        let read = of_model("f1", text).unwrap();
        let seen: Vec<_> = read
            .iter()
            .map(|one| (one.run_id.as_deref(), one.dataset.as_ref()))
            .collect();
        let dataset = Dataset {
            name: "a b c".to_owned(),
            digest: "d1".to_owned(),
        };
        assert_eq!(seen, [(Some("r1"), None), (Some("r2"), Some(&dataset))]);
    }
}
