//! The normal, Student's and the binomial distribution, to ten digits.
//!
//! The one decision here: Student's distribution is the library's up to 1,000 degrees of freedom
//! and an expansion beyond, because the library loses its digits there (statrs 0.19.1 gives 1.39
//! instead of 1.64 for the 95% point at 10⁷ degrees).

use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal, StudentsT};

/// Degrees of freedom from which the expansions are exact to ten digits and more.
const MANY: f64 = 1000.0;

/// A count as a number. Exact up to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "counts of rows, far below 2^53")]
pub(super) fn real(count: usize) -> f64 {
    count as f64
}

/// P(Z > `z`) of the standard normal distribution.
pub(super) fn normal_above(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// The z with P(Z > z) = `alpha`.
pub(super) fn normal_point(alpha: f64) -> f64 {
    -Normal::standard().inverse_cdf(alpha)
}

/// P(T > `t`) of Student's distribution. NaN where `degrees` is not positive.
pub(super) fn student_above(t: f64, degrees: f64) -> f64 {
    if degrees > MANY {
        return normal_above(normal_of_student(t, degrees));
    }
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::NAN, |student| student.sf(t))
}

/// The t with P(T > t) = `alpha`. NaN where `degrees` is not positive.
pub(super) fn student_point(alpha: f64, degrees: f64) -> f64 {
    if degrees > MANY {
        return student_of_normal(normal_point(alpha), degrees);
    }
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::NAN, |student| -student.inverse_cdf(alpha))
}

/// The normal deviate with the same tail as `t`. Source: Hill, *Algorithm 395: Student's
/// t-distribution*, Communications of the ACM 13, 1970.
fn normal_of_student(t: f64, degrees: f64) -> f64 {
    let a = degrees - 0.5;
    let b = 48.0 * a * a;
    let w = (a * (t / degrees * t).ln_1p()).sqrt();
    let cubic = w * (w * w + 3.0);
    let w2 = w * w;
    let seventh = w * (((4.0 * w2 + 33.0) * w2 + 240.0) * w2 + 855.0);
    let deviate = w + cubic / b - seventh / (10.0 * b * (b + 0.8 * w2 * w2 + 100.0));
    deviate.copysign(t)
}

/// The t with the same tail as the normal deviate `z`. Source: Abramowitz and Stegun, *Handbook of
/// Mathematical Functions*, 26.7.5.
fn student_of_normal(z: f64, degrees: f64) -> f64 {
    let y = z * z;
    let first = (y + 1.0) / 4.0;
    let second = ((5.0 * y + 16.0) * y + 3.0) / 96.0;
    let third = (((3.0 * y + 19.0) * y + 17.0) * y - 15.0) / 384.0;
    let fourth = ((((79.0 * y + 776.0) * y + 1482.0) * y - 1920.0) * y - 945.0) / 92160.0;
    let per = degrees.recip();
    z * (1.0 + per * (first + per * (second + per * (third + per * fourth))))
}

/// P(X >= `successes`) of `trials` fair coins.
pub(super) fn coins_at_least(successes: usize, trials: usize) -> f64 {
    if successes == 0 {
        return 1.0;
    }
    Binomial::new(0.5, trials as u64).map_or(f64::NAN, |coins| coins.sf(successes as u64 - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(value: f64, expected: f64) {
        assert!(
            (value / expected - 1.0).abs() < 1e-10,
            "{value} instead of {expected}"
        );
    }

    #[test]
    fn students_distribution_has_no_seam_where_the_expansion_begins() {
        let (below, above) = (MANY, MANY * (1.0 + 1e-15));
        for t in [0.01, 0.7, 1.7, 3.0, 9.0] {
            let p = student_above(t, below);
            assert_near(student_above(t, above), p);
            assert_near(student_above(-t, above), 1.0 - p);
        }
        for alpha in [1e-6, 0.005, 0.05, 0.4] {
            assert_near(student_point(alpha, above), student_point(alpha, below));
        }
    }

    #[test]
    fn points_and_tails_are_inverses() {
        for degrees in [1.0, 2.5, 30.0, 5e3, 1e7] {
            for alpha in [1e-4, 0.025, 0.3] {
                assert_near(student_above(student_point(alpha, degrees), degrees), alpha);
            }
        }
    }
}
