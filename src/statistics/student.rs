//! Student's t, for paired differences and (Welch) for two samples.
//!
//! The one decision here: means are computed in two passes, so that a large common part of all
//! measurements does not eat the digits of their spread.
//!
//! Sources: Student, *The probable error of a mean*, Biometrika 6, 1908; Welch, *The generalization
//! of "Student's" problem*, Biometrika 34, 1947, with the degrees of freedom of Satterthwaite, 1946.

use super::claim::{Claim, Interval};
use super::distribution::{real, student_above, student_point};
use super::error::Error;
use super::finding::{Finding, Method};
use super::pairs::{Pairs, all_finite, too_few};

/// The mean of paired differences: d ± t(1-α, n-1)·s/√n. The estimate is the mean difference.
///
/// Assumes independent rows and a mean that is about normal, as it is from some 30 rows on.
///
/// # Errors
/// [`Error::Overflow`].
pub fn paired_t(pairs: &Pairs, claim: &Claim) -> Result<Finding, Error> {
    let sample = Sample::of(pairs.differences());
    let n = pairs.differences().len();
    let error = (sample.variance / real(n)).sqrt();
    finding(Method::PairedT, n, sample.mean, error, real(n) - 1.0, claim)
}

/// The difference of the means of two independent samples of unequal variance, such as a metric
/// over seeds: x - y ± t(1-α, ν)·√(s₁²/n₁ + s₂²/n₂). The estimate is the difference of the means.
///
/// # Errors
/// [`Error::TooFew`] below two measurements on a side, [`Error::NotFinite`],
/// [`Error::NoVariation`] where neither side varies, [`Error::Overflow`].
pub fn welch_t(candidate: &[f64], baseline: &[f64], claim: &Claim) -> Result<Finding, Error> {
    let n = candidate.len().min(baseline.len());
    if n < 2 {
        return Err(too_few(n));
    }
    all_finite(candidate)?;
    all_finite(baseline)?;
    let (mine, theirs) = (Sample::of(candidate), Sample::of(baseline));
    let estimate = mine.mean - theirs.mean;
    let (a, b) = (mine.squared_error(), theirs.squared_error());
    let largest = mine.largest.max(theirs.largest);
    if (a + b).sqrt() <= f64::EPSILON * largest {
        return Err(Error::NoVariation {
            n,
            difference: estimate,
        });
    }
    // Shares instead of squares: those of small variances would underflow.
    let (share, rest) = (a / (a + b), b / (a + b));
    let degrees = (share * share / (mine.count - 1.0) + rest * rest / (theirs.count - 1.0)).recip();
    finding(Method::WelchT, n, estimate, (a + b).sqrt(), degrees, claim)
}

/// A mean with its standard error and degrees of freedom, held against a claim.
fn finding(
    method: Method,
    n: usize,
    mean: f64,
    error: f64,
    degrees: f64,
    claim: &Claim,
) -> Result<Finding, Error> {
    let reach = student_point(claim.alpha(), degrees) * error;
    let interval = Interval {
        low: mean - reach,
        high: mean + reach,
    };
    let p_value = claim.p_value(
        |threshold| student_above((mean - threshold) / error, degrees),
        |threshold| student_above((threshold - mean) / error, degrees),
    );
    Ok(Finding::new(method, n, mean, interval, claim)?.with_p_value(p_value))
}

/// What is known of a sample.
struct Sample {
    count: f64,
    mean: f64,
    /// With n - 1.
    variance: f64,
    largest: f64,
}

impl Sample {
    fn of(values: &[f64]) -> Self {
        let count = real(values.len());
        let rough = values.iter().map(|value| value / count).sum::<f64>();
        // What rounding took from the mean, given back.
        let mean = rough
            + values
                .iter()
                .map(|value| (value - rough) / count)
                .sum::<f64>();
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Self {
            count,
            mean,
            variance: squares / (count - 1.0),
            largest: values.iter().fold(0.0, |largest, v| v.abs().max(largest)),
        }
    }

    fn squared_error(&self) -> f64 {
        self.variance / self.count
    }
}

#[cfg(test)]
mod tests {
    use super::super::claim::Kind;
    use super::*;

    fn claim() -> Claim {
        Claim::new(Kind::Superiority, 0.0, 0.95).unwrap()
    }

    #[test]
    fn samples_that_do_not_vary_are_an_error() {
        assert_eq!(
            welch_t(&[2.0, 2.0, 2.0], &[1.0, 1.0], &claim()),
            Err(Error::NoVariation {
                n: 2,
                difference: 1.0
            })
        );
        assert!(welch_t(&[2.0, 2.0, 2.5], &[1.0, 1.0], &claim()).is_ok());
    }

    #[test]
    fn a_large_common_part_costs_no_digits() {
        let baseline = [0.0; 4];
        let small = Pairs::new(&[1.0, 2.0, 3.0, 5.0], &baseline).unwrap();
        let large = Pairs::new(&[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0, 1e9 + 5.0], &baseline).unwrap();
        let width = |pairs| {
            let found = paired_t(pairs, &claim()).unwrap().interval;
            found.high - found.low
        };
        assert!((width(&small) - width(&large)).abs() < 1e-6);
    }

    #[test]
    fn numbers_too_large_to_square_are_an_error() {
        let pairs = Pairs::new(&[1e300, -1e300], &[0.0, 0.0]).unwrap();
        assert_eq!(paired_t(&pairs, &claim()), Err(Error::Overflow));
        assert_eq!(
            welch_t(&[1e300, -1e300], &[0.0, 0.0], &claim()),
            Err(Error::Overflow)
        );
    }
}
