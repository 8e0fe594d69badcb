//! Metrics that can be computed from predictions, by their usual names.
//!
//! The one decision here: a score has the value that `scikit-learn` gives it, in exact decimals up
//! to the last division or root.

use std::collections::BTreeMap;

use bigdecimal::{BigDecimal, Signed, Zero};

use crate::evidence::Finite;
use crate::gate::decimal::decimal;
use crate::gate::known_metric::plain_name;
use crate::statistics::RegressionScore;

/// A metric of predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Score {
    /// Right or wrong.
    Label(LabelScore),
    /// Near or far.
    Number(RegressionScore),
}

/// A metric of predicted labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LabelScore {
    Accuracy,
    Precision,
    Recall,
    F1,
}

/// Every score by the names it goes by.
const NAMES: [(&[&str], Score); 9] = [
    (
        &["accuracy", "accuracy_score"],
        Score::Label(LabelScore::Accuracy),
    ),
    (
        &["precision", "precision_score"],
        Score::Label(LabelScore::Precision),
    ),
    (
        &["recall", "recall_score", "sensitivity"],
        Score::Label(LabelScore::Recall),
    ),
    (&["f1", "f1_score"], Score::Label(LabelScore::F1)),
    (
        &["mae", "mean_absolute_error"],
        Score::Number(RegressionScore::MeanAbsoluteError),
    ),
    (
        &["mse", "mean_squared_error"],
        Score::Number(RegressionScore::MeanSquaredError),
    ),
    (
        &["rmse", "root_mean_squared_error"],
        Score::Number(RegressionScore::RootMeanSquaredError),
    ),
    (
        &["r2", "r2_score"],
        Score::Number(RegressionScore::RSquared),
    ),
    (
        &["mape", "mean_absolute_percentage_error"],
        Score::Number(RegressionScore::MeanAbsolutePercentageError),
    ),
];

/// Whether a metric of this name, without what is around it, is computed from the truth and the
/// prediction of all rows where nothing else is said.
pub(crate) fn is_computed(metric: &str) -> bool {
    Score::of(&plain_name(metric)).is_ok()
}

impl Score {
    /// The score that a metric's name means, whatever data set stands before it.
    pub(super) fn of(metric: &str) -> Result<Self, String> {
        let name = metric
            .rsplit('/')
            .next()
            .unwrap_or(metric)
            .to_ascii_lowercase();
        let found = NAMES
            .iter()
            .find(|(names, _)| names.contains(&name.as_str()));
        found.map(|(_, score)| *score).ok_or_else(|| {
            let known: Vec<_> = NAMES
                .iter()
                .filter_map(|(names, _)| names.first().copied())
                .collect();
            format!(
                "{metric} cannot be computed from predictions; what can is {}",
                known.join(", ")
            )
        })
    }
}

/// The score of labels; the error says what there is none of.
pub(super) fn of_labels(
    score: LabelScore,
    truth: &[String],
    predicted: &[String],
    positive: Option<&str>,
) -> Result<BigDecimal, String> {
    let rows = || truth.iter().zip(predicted);
    if score == LabelScore::Accuracy {
        let right = rows()
            .filter(|(truth, predicted)| truth == predicted)
            .count();
        return ratio(right, truth.len()).ok_or_else(|| "there are no rows".to_owned());
    }
    let mut classes: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (truth, predicted) in rows() {
        let [both, _, _] = classes.entry(truth).or_default();
        if truth == predicted {
            *both += 1;
            continue;
        }
        let [_, _, missed] = classes.entry(truth).or_default();
        *missed += 1;
        let [_, wrong, _] = classes.entry(predicted).or_default();
        *wrong += 1;
    }
    let share = |[both, wrong, missed]: [usize; 3]| match score {
        LabelScore::Precision => ratio(both, both + wrong),
        LabelScore::Recall => ratio(both, both + missed),
        _ => ratio(2 * both, 2 * both + wrong + missed),
    };
    if let Some(class) = positive {
        let counts = classes.get(class).copied().unwrap_or_default();
        return share(counts)
            .ok_or_else(|| format!("there is no row of the class `{class}` to count"));
    }
    if classes.is_empty() {
        return Err("there are no rows".to_owned());
    }
    let count = whole(classes.len());
    // In scikit-learn a share of nothing is 0, and counts in the mean.
    Ok(classes.into_values().filter_map(share).sum::<BigDecimal>() / count)
}

/// The score of numbers; the error says why it has none.
pub(super) fn of_numbers(
    score: RegressionScore,
    truth: &[f64],
    predicted: &[f64],
) -> Result<BigDecimal, String> {
    let exact = |values: &[f64]| -> Result<Vec<BigDecimal>, String> {
        let number = |value: &f64| Finite::new(*value).map(decimal);
        let all: Option<Vec<_>> = values.iter().map(number).collect();
        all.ok_or_else(|| "not every value is finite".to_owned())
    };
    let (truth, predicted) = (exact(truth)?, exact(predicted)?);
    if truth.is_empty() || truth.len() != predicted.len() {
        return Err("there are no rows".to_owned());
    }
    let n = whole(truth.len());
    let errors: Vec<_> = truth
        .iter()
        .zip(&predicted)
        .map(|(truth, predicted)| truth - predicted)
        .collect();
    let squares = || errors.iter().map(|error| error * error).sum::<BigDecimal>();
    match score {
        RegressionScore::MeanAbsoluteError => {
            Ok(errors.iter().map(Signed::abs).sum::<BigDecimal>() / n)
        }
        RegressionScore::MeanSquaredError => Ok(squares() / n),
        RegressionScore::RootMeanSquaredError => (squares() / n)
            .sqrt()
            .ok_or_else(|| "there is no root".to_owned()),
        RegressionScore::RSquared => {
            let mean = truth.iter().sum::<BigDecimal>() / &n;
            let spread: BigDecimal = truth
                .iter()
                .map(|truth| (truth - &mean) * (truth - &mean))
                .sum();
            if spread.is_zero() {
                return Err("the truth does not vary".to_owned());
            }
            Ok(BigDecimal::from(1) - squares() / spread)
        }
        RegressionScore::MeanAbsolutePercentageError => {
            if truth.iter().any(Zero::is_zero) {
                return Err("a true value is 0".to_owned());
            }
            let shares = truth
                .iter()
                .zip(&errors)
                .map(|(truth, error)| (error / truth).abs());
            Ok(shares.sum::<BigDecimal>() / n)
        }
    }
}

/// The mean, exactly but for the division.
pub(super) fn mean(values: &[f64]) -> Result<BigDecimal, String> {
    let numbers: Option<Vec<_>> = values
        .iter()
        .map(|value| Finite::new(*value).map(decimal))
        .collect();
    let numbers = numbers.ok_or_else(|| "not every value is finite".to_owned())?;
    if numbers.is_empty() {
        return Err("there are no rows".to_owned());
    }
    Ok(numbers.iter().sum::<BigDecimal>() / whole(numbers.len()))
}

fn ratio(part: usize, all: usize) -> Option<BigDecimal> {
    (all > 0).then(|| whole(part) / whole(all))
}

fn whole(count: usize) -> BigDecimal {
    BigDecimal::from(u64::try_from(count).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::decimal::show;

    fn labels(text: &str) -> Vec<String> {
        text.chars().map(String::from).collect()
    }

    #[test]
    fn labels_are_scored_as_in_scikit_learn() {
        let (truth, predicted) = (labels("aabbc"), labels("abbbb"));
        let score = |score, positive| {
            of_labels(score, &truth, &predicted, positive).map(|value| show(&value.round(6)))
        };
        assert_eq!(score(LabelScore::Accuracy, None).unwrap(), "0.6");
        assert_eq!(score(LabelScore::Recall, Some("a")).unwrap(), "0.5");
        assert_eq!(score(LabelScore::Precision, Some("b")).unwrap(), "0.5");
        assert_eq!(score(LabelScore::F1, Some("b")).unwrap(), "0.666667");
        // (1 + 0.5 + 0) / 3: nothing was predicted as c, and its precision counts as 0.
        assert_eq!(score(LabelScore::Precision, None).unwrap(), "0.5");
        assert!(score(LabelScore::Precision, Some("c")).is_err());
        assert!(score(LabelScore::Recall, Some("z")).is_err());
    }

    #[test]
    fn numbers_are_scored_as_in_scikit_learn() {
        let score = |score| {
            let value = of_numbers(score, &[1.0, 2.0, 4.0], &[1.5, 2.0, 3.0]);
            value.map(|value| show(&value.round(6))).unwrap()
        };
        assert_eq!(score(RegressionScore::MeanAbsoluteError), "0.5");
        assert_eq!(score(RegressionScore::MeanSquaredError), "0.416667");
        assert_eq!(score(RegressionScore::RootMeanSquaredError), "0.645497");
        assert_eq!(score(RegressionScore::RSquared), "0.732143");
        assert_eq!(score(RegressionScore::MeanAbsolutePercentageError), "0.25");
        assert!(of_numbers(RegressionScore::RSquared, &[1.0, 1.0], &[1.0, 2.0]).is_err());
        assert!(of_numbers(RegressionScore::MeanSquaredError, &[1.0], &[f64::NAN]).is_err());
    }
}
