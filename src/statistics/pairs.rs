//! Measurements that belong together row by row.
//!
//! The one decision here: a [`Pairs`] can be judged. It has at least two rows, every difference is
//! finite, and they are not all the same.

use super::error::Error;

/// Differences of paired measurements, candidate minus baseline, larger is better.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    differences: Vec<f64>,
}

impl Pairs {
    /// The differences of two measurements of the same rows (or steps, folds, seeds), in the same
    /// order, in the unit of the metric. Where smaller is better, give the two sides swapped.
    ///
    /// Differences that vary by no more than the rounding of what they are made of count as the
    /// same: a constant shift is not evidence of a thousand rows.
    ///
    /// # Errors
    /// [`Error::DifferentLengths`], [`Error::TooFew`], [`Error::NotFinite`],
    /// [`Error::NoVariation`].
    pub fn new(candidate: &[f64], baseline: &[f64]) -> Result<Self, Error> {
        same_length(candidate.len(), baseline.len())?;
        if candidate.len() < 2 {
            return Err(too_few(candidate.len()));
        }
        let rows = candidate.iter().zip(baseline);
        let differences: Vec<f64> = rows.map(|(mine, theirs)| mine - theirs).collect();
        all_finite(&differences)?;
        let largest = candidate
            .iter()
            .chain(baseline)
            .fold(0.0_f64, |largest, value| largest.max(value.abs()));
        varies(&differences, largest)?;
        Ok(Self { differences })
    }

    /// The differences, row by row.
    #[must_use]
    pub fn differences(&self) -> &[f64] {
        &self.differences
    }
}

/// What both models predicted for the same rows, and what was true. The three have the same length
/// and order.
#[derive(Debug)]
pub struct Predictions<'a, T> {
    /// What was true.
    pub truth: &'a [T],
    /// What the candidate predicted.
    pub candidate: &'a [T],
    /// What the baseline predicted.
    pub baseline: &'a [T],
}

impl<T> Predictions<'_, T> {
    /// How many rows there are, at least two.
    pub(super) fn rows(&self) -> Result<usize, Error> {
        let rows = self.truth.len();
        same_length(self.candidate.len(), rows)?;
        same_length(self.baseline.len(), rows)?;
        if rows < 2 {
            return Err(too_few(rows));
        }
        Ok(rows)
    }

    /// Truth, candidate, baseline, row by row.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&T, &T, &T)> {
        let predicted = self.candidate.iter().zip(self.baseline);
        self.truth
            .iter()
            .zip(predicted)
            .map(|(truth, (candidate, baseline))| (truth, candidate, baseline))
    }
}

pub(super) fn too_few(n: usize) -> Error {
    Error::TooFew { n, least: 2 }
}

pub(super) fn same_length(rows: usize, other: usize) -> Result<(), Error> {
    if rows == other {
        Ok(())
    } else {
        Err(Error::DifferentLengths { rows, other })
    }
}

pub(super) fn all_finite(values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(row) => Err(Error::NotFinite { row }),
        None => Ok(()),
    }
}

/// Whether `differences`, made of numbers up to `largest`, differ by more than their rounding.
fn varies(differences: &[f64], largest: f64) -> Result<(), Error> {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (least, most) = differences
        .iter()
        .fold(start, |(least, most), d| (least.min(*d), most.max(*d)));
    if most - least > 2.0 * f64::EPSILON * largest {
        return Ok(());
    }
    Err(Error::NoVariation {
        n: differences.len(),
        difference: least,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_judged_says_why() {
        let pairs = |candidate: &[f64], baseline: &[f64]| Pairs::new(candidate, baseline);
        assert_eq!(
            pairs(&[1.0, 2.0], &[1.0]),
            Err(Error::DifferentLengths { rows: 2, other: 1 })
        );
        assert_eq!(pairs(&[], &[]), Err(Error::TooFew { n: 0, least: 2 }));
        assert_eq!(pairs(&[1.0], &[2.0]), Err(Error::TooFew { n: 1, least: 2 }));
        assert_eq!(
            pairs(&[1.0, f64::NAN], &[0.0, 0.0]),
            Err(Error::NotFinite { row: 1 })
        );
        assert_eq!(
            pairs(&[f64::MAX, 0.0], &[f64::MIN, 0.0]),
            Err(Error::NotFinite { row: 0 })
        );
    }

    #[test]
    fn a_constant_shift_is_no_variation_even_when_rounding_makes_it_vary() {
        let baseline = [0.1, 0.2, 0.3, 0.7];
        let candidate = baseline.map(|value| value + 0.01);
        assert!(matches!(
            Pairs::new(&candidate, &baseline),
            Err(Error::NoVariation { n: 4, .. })
        ));
    }
}
