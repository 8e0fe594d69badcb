//! Accuracy, precision, recall and F1 of a whole data set, computed anew for each resample.
//!
//! The one decision here: a score has the value that `scikit-learn` gives it, and with it MLflow, so
//! that the estimate is the difference of the two numbers people see. A share of nothing is 0, and
//! a macro average is over the classes that occur, as truth or as prediction of that model.

use std::collections::BTreeMap;

use super::bootstrap::finding;
use super::claim::Claim;
use super::error::Error;
use super::finding::{Finding, Resampling};
use super::pairs::Predictions;
use super::resample::{Kinds, by_kind};

/// A score of predicted labels, between 0 and 1; larger is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassificationScore<'a, L> {
    /// The share of rows predicted right.
    Accuracy,
    /// Of the rows predicted as a class, the share that are: tp / (tp + fp).
    Precision(Averaging<'a, L>),
    /// Of the rows of a class, the share predicted as it: tp / (tp + fn).
    Recall(Averaging<'a, L>),
    /// The harmonic mean of the two: 2tp / (2tp + fp + fn).
    F1(Averaging<'a, L>),
}

/// Whose precision, recall or F1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Averaging<'a, L> {
    /// Of this class (in `scikit-learn`, `average="binary"` with `pos_label`).
    Class(&'a L),
    /// The plain mean over all classes that occur (`average="macro"`).
    Macro,
}

/// The difference of a score of the data set, by the percentile bootstrap over rows. The estimate
/// is the candidate's score minus the baseline's.
///
/// # Errors
/// [`Error::DifferentLengths`], [`Error::TooFew`], [`Error::Resamples`], [`Error::NoVariation`]
/// where (nearly) no resample differs, as for two models that predict the same.
pub fn bootstrap_classification<L: Ord>(
    predictions: &Predictions<'_, L>,
    score: ClassificationScore<'_, L>,
    claim: &Claim,
    resampling: Resampling,
) -> Result<Finding, Error> {
    let n = predictions.rows()?;
    resampling.check(claim)?;
    let (formula, averaging) = match score {
        ClassificationScore::Accuracy => (Formula::Accuracy, None),
        ClassificationScore::Precision(averaging) => (Formula::Precision, Some(averaging)),
        ClassificationScore::Recall(averaging) => (Formula::Recall, Some(averaging)),
        ClassificationScore::F1(averaging) => (Formula::F1, Some(averaging)),
    };
    let (rows, classes) = match averaging {
        // Right is class 1, and everything else about a label does not matter.
        None => (
            rows_by(predictions, |truth, label| usize::from(truth == label)),
            1..2,
        ),
        Some(Averaging::Class(class)) => (
            rows_by(predictions, |_, label| usize::from(label == class)),
            1..2,
        ),
        Some(Averaging::Macro) => {
            let places = places(predictions);
            let place = |label: &L| places.get(label).copied().unwrap_or(0);
            (
                rows_by(predictions, |_, label| place(label)),
                0..places.len(),
            )
        }
    };
    let kinds = Kinds::of(rows.into_iter(), n).ok_or(Error::TooMany { n })?;
    let mut tallies = vec![[Tally::default(); 2]; classes.end];
    let mut difference = |draws: &[u64]| {
        tallies.fill([Tally::default(); 2]);
        for ([truth, candidate, baseline], count) in kinds.kinds.iter().zip(draws) {
            tally(&mut tallies, 0, *truth, *candidate, *count);
            tally(&mut tallies, 1, *truth, *baseline, *count);
        }
        let judged = tallies.get(classes.clone()).unwrap_or_default();
        let [mine, theirs] = [0, 1].map(|side| formula.mean(judged, side));
        mine - theirs
    };
    let estimate = difference(&kinds.counts);
    let resampled = by_kind(&kinds.counts, resampling, |draws| Ok(difference(draws)))?;
    finding(n, estimate, resampled, claim, resampling)
}

/// Every label by its place among all that occur.
fn places<'a, L: Ord>(predictions: &Predictions<'a, L>) -> BTreeMap<&'a L, usize> {
    let Predictions {
        truth,
        candidate,
        baseline,
    } = *predictions;
    let mut places: BTreeMap<&L, usize> = BTreeMap::new();
    for label in truth.iter().chain(candidate).chain(baseline) {
        places.insert(label, 0);
    }
    for (place, slot) in places.values_mut().enumerate() {
        *slot = place;
    }
    places
}

/// Truth, candidate and baseline of each row as classes.
fn rows_by<L>(
    predictions: &Predictions<'_, L>,
    class: impl Fn(&L, &L) -> usize,
) -> Vec<[usize; 3]> {
    predictions
        .iter()
        .map(|(truth, candidate, baseline)| {
            [truth, candidate, baseline].map(|label| class(truth, label))
        })
        .collect()
}

/// What a model did with one class.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// Rows of the class, predicted as it.
    hits: u64,
    /// Rows of another class, predicted as it.
    false_alarms: u64,
    /// Rows of the class, predicted as another.
    misses: u64,
}

fn tally(tallies: &mut [[Tally; 2]], side: usize, truth: usize, predicted: usize, count: u64) {
    let mut at = |class: usize, add: fn(&mut Tally) -> &mut u64| {
        if let Some(tally) = tallies.get_mut(class).and_then(|both| both.get_mut(side)) {
            *add(tally) += count;
        }
    };
    if truth == predicted {
        at(truth, |tally| &mut tally.hits);
    } else {
        at(predicted, |tally| &mut tally.false_alarms);
        at(truth, |tally| &mut tally.misses);
    }
}

#[derive(Debug, Clone, Copy)]
enum Formula {
    Accuracy,
    Precision,
    Recall,
    F1,
}

impl Formula {
    /// The mean over the classes that occur for one side.
    fn mean(self, tallies: &[[Tally; 2]], side: usize) -> f64 {
        let (mut sum, mut classes) = (0.0, 0_u32);
        for tally in tallies.iter().filter_map(|both| both.get(side)) {
            if tally.hits + tally.false_alarms + tally.misses > 0 {
                sum += self.of(*tally);
                classes += 1;
            }
        }
        if classes == 0 {
            return 0.0;
        }
        sum / f64::from(classes)
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    fn of(self, tally: Tally) -> f64 {
        let Tally {
            hits,
            false_alarms,
            misses,
        } = tally;
        let (part, whole) = match self {
            Self::Precision => (hits, hits + false_alarms),
            // Of rows that are right, all are of class 1.
            Self::Recall | Self::Accuracy => (hits, hits + misses),
            Self::F1 => (2 * hits, 2 * hits + false_alarms + misses),
        };
        if whole == 0 {
            return 0.0;
        }
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::claim::Kind;
    use super::*;

    fn judge(
        rows: &[(char, char, char)],
        score: ClassificationScore<'_, char>,
    ) -> Result<Finding, Error> {
        let truth: Vec<char> = rows.iter().map(|row| row.0).collect();
        let candidate: Vec<char> = rows.iter().map(|row| row.1).collect();
        let baseline: Vec<char> = rows.iter().map(|row| row.2).collect();
        let predictions = Predictions {
            truth: &truth,
            candidate: &candidate,
            baseline: &baseline,
        };
        let claim = Claim::new(Kind::Superiority, 0.0, 0.95).unwrap();
        bootstrap_classification(&predictions, score, &claim, Resampling::default())
    }

    const ROWS: [(char, char, char); 8] = [
        ('a', 'a', 'a'),
        ('a', 'a', 'b'),
        ('a', 'a', 'a'),
        ('b', 'b', 'a'),
        ('b', 'a', 'b'),
        ('b', 'b', 'b'),
        ('c', 'c', 'c'),
        ('c', 'c', 'b'),
    ];

    #[test]
    fn the_estimate_is_the_difference_of_the_two_scores() {
        use ClassificationScore::{Accuracy, F1, Precision, Recall};
        let near = |score, expected: f64| {
            let estimate = judge(&ROWS, score).unwrap().estimate;
            assert!((estimate - expected).abs() < 1e-12, "{score:?} {estimate}");
        };
        near(Accuracy, 7.0 / 8.0 - 5.0 / 8.0);
        near(Precision(Averaging::Class(&'a')), 3.0 / 4.0 - 2.0 / 3.0);
        near(Recall(Averaging::Class(&'a')), 1.0 - 2.0 / 3.0);
        near(F1(Averaging::Class(&'c')), 1.0 - 2.0 / 3.0);
        let mine = (6.0 / 7.0 + 4.0 / 5.0 + 1.0) / 3.0;
        let theirs = (4.0 / 6.0 + 4.0 / 7.0 + 2.0 / 3.0) / 3.0;
        near(F1(Averaging::Macro), mine - theirs);
    }

    #[test]
    fn models_that_predict_the_same_do_not_differ() {
        let same = ROWS.map(|(truth, candidate, _)| (truth, candidate, candidate));
        assert_eq!(
            judge(&same, ClassificationScore::F1(Averaging::Macro)),
            Err(Error::NoVariation {
                n: 8,
                difference: 0.0
            })
        );
        assert!(matches!(
            judge(&ROWS, ClassificationScore::Recall(Averaging::Class(&'z'))),
            Err(Error::NoVariation { .. })
        ));
    }
}
