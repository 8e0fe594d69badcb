//! MAE, MSE, RMSE, R² and MAPE of a whole data set, computed anew for each resample.
//!
//! The one decision here: differences are already oriented. Errors are better when smaller, so the
//! difference is the baseline's error minus the candidate's; R² is better when larger.

use super::bootstrap::of_sums;
use super::claim::Claim;
use super::distribution::real;
use super::error::Error;
use super::finding::{Finding, Resampling};
use super::pairs::{Predictions, all_finite};

/// A score of predicted numbers, as `scikit-learn` defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegressionScore {
    /// The mean of |error|; smaller is better.
    MeanAbsoluteError,
    /// The mean of error²; smaller is better.
    MeanSquaredError,
    /// The root of the mean of error²; smaller is better.
    RootMeanSquaredError,
    /// R² = 1 - Σ error² / Σ (truth - mean truth)²; larger is better.
    RSquared,
    /// The mean of |error / truth|, as a share (0.1 is 10%); smaller is better.
    MeanAbsolutePercentageError,
}

/// By how much the candidate is better than the baseline in a score of the data set, by the
/// percentile bootstrap over rows. The estimate, the interval and the margin are in the unit of the
/// score; positive is better, for errors too.
///
/// # Errors
/// [`Error::DifferentLengths`], [`Error::TooFew`], [`Error::NotFinite`], [`Error::Resamples`],
/// [`Error::TooMany`], [`Error::Undefined`] for R² where the truth does not vary (in the data or
/// in a resample) and for MAPE where a true value is 0, [`Error::NoVariation`],
/// [`Error::Overflow`].
pub fn bootstrap_regression(
    predictions: &Predictions<'_, f64>,
    score: RegressionScore,
    claim: &Claim,
    resampling: Resampling,
) -> Result<Finding, Error> {
    predictions.rows()?;
    for side in [
        predictions.truth,
        predictions.candidate,
        predictions.baseline,
    ] {
        all_finite(side)?;
    }
    let rows = || predictions.iter().map(errors);
    let mean = |rows: Vec<[f64; 1]>| of_sums(&rows, claim, resampling, |[sum], n| Ok(sum / n));
    match score {
        RegressionScore::MeanAbsoluteError => mean(
            rows()
                .map(|(_, mine, theirs)| [theirs.abs() - mine.abs()])
                .collect(),
        ),
        RegressionScore::MeanSquaredError => mean(
            rows()
                .map(|(_, mine, theirs)| [theirs * theirs - mine * mine])
                .collect(),
        ),
        RegressionScore::MeanAbsolutePercentageError => {
            if predictions.truth.contains(&0.0) {
                return Err(Error::Undefined {
                    score: "MAPE",
                    zero: "a true value",
                });
            }
            let share = |truth: f64, error: f64| (error / truth).abs();
            mean(
                rows()
                    .map(|(truth, mine, theirs)| [share(truth, theirs) - share(truth, mine)])
                    .collect(),
            )
        }
        RegressionScore::RootMeanSquaredError => {
            let squares: Vec<[f64; 2]> = rows()
                .map(|(_, mine, theirs)| [mine * mine, theirs * theirs])
                .collect();
            of_sums(&squares, claim, resampling, |[mine, theirs], n| {
                Ok((theirs / n).sqrt() - (mine / n).sqrt())
            })
        }
        RegressionScore::RSquared => r_squared(predictions, claim, resampling),
    }
}

/// Truth, error of the candidate, error of the baseline.
fn errors((truth, candidate, baseline): (&f64, &f64, &f64)) -> (f64, f64, f64) {
    (*truth, candidate - truth, baseline - truth)
}

/// (Σ theirs² - Σ mine²) / Σ (truth - mean)², with the truth moved to about 0 first, so that its
/// spread keeps its digits.
fn r_squared(
    predictions: &Predictions<'_, f64>,
    claim: &Claim,
    resampling: Resampling,
) -> Result<Finding, Error> {
    let truth = predictions.truth;
    if truth.iter().all(|value| Some(value) == truth.first()) {
        return Err(NO_SPREAD);
    }
    let n = real(truth.len());
    let center: f64 = truth.iter().map(|value| value / n).sum();
    let rows: Vec<[f64; 3]> = predictions
        .iter()
        .map(errors)
        .map(|(truth, mine, theirs)| {
            let from_center = truth - center;
            [
                theirs * theirs - mine * mine,
                from_center,
                from_center * from_center,
            ]
        })
        .collect();
    of_sums(&rows, claim, resampling, |[better, sum, squares], n| {
        let spread = squares - sum * sum / n;
        // What is left of equal numbers after rounding is no spread.
        if spread <= squares * n * f64::EPSILON {
            return Err(NO_SPREAD);
        }
        Ok(better / spread)
    })
}

const NO_SPREAD: Error = Error::Undefined {
    score: "R²",
    zero: "the spread of the true values",
};

#[cfg(test)]
mod tests {
    use super::super::claim::Kind;
    use super::*;

    fn judge(truth: &[f64], score: RegressionScore) -> Result<Finding, Error> {
        let candidate: Vec<f64> = (0..6_u8)
            .zip(truth)
            .map(|(i, t)| t + f64::from(i % 3))
            .collect();
        let baseline: Vec<f64> = (0..6_u8)
            .zip(truth)
            .map(|(i, t)| t - f64::from(i))
            .collect();
        let predictions = Predictions {
            truth,
            candidate: &candidate,
            baseline: &baseline,
        };
        let claim = Claim::new(Kind::Superiority, 0.0, 0.95).unwrap();
        bootstrap_regression(&predictions, score, &claim, Resampling::default())
    }

    #[test]
    fn the_estimate_is_by_how_much_the_candidate_is_better() {
        use RegressionScore::{
            MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError, RSquared,
            RootMeanSquaredError,
        };
        let truth = [1.0, -2.0, 4.0, 5.0, 10.0, 6.0];
        let near = |score, expected: f64| {
            let estimate = judge(&truth, score).unwrap().estimate;
            assert!((estimate - expected).abs() < 1e-12, "{score:?} {estimate}");
        };
        near(MeanAbsoluteError, 15.0 / 6.0 - 1.0);
        near(MeanSquaredError, (55.0 - 10.0) / 6.0);
        near(
            RootMeanSquaredError,
            (55.0_f64 / 6.0).sqrt() - (10.0_f64 / 6.0).sqrt(),
        );
        near(RSquared, (55.0 - 10.0) / 86.0);
        let theirs = 1.0 / 2.0 + 2.0 / 4.0 + 3.0 / 5.0 + 4.0 / 10.0 + 5.0 / 6.0;
        let mine = 1.0 / 2.0 + 2.0 / 4.0 + 1.0 / 10.0 + 2.0 / 6.0;
        near(MeanAbsolutePercentageError, (theirs - mine) / 6.0);
    }

    #[test]
    fn scores_that_divide_by_zero_are_an_error() {
        let undefined = |truth: &[f64], score| {
            assert!(matches!(judge(truth, score), Err(Error::Undefined { .. })));
        };
        undefined(&[7.1; 6], RegressionScore::RSquared);
        undefined(
            &[1.0, 2.0, 0.0, 3.0, 4.0, 5.0],
            RegressionScore::MeanAbsolutePercentageError,
        );
    }
}
