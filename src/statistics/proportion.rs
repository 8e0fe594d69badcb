//! One share of rows, such as the recall of a slice.
//!
//! The one decision here: Wilson's score interval, which stays inside 0 and 1 and keeps its promise
//! for small slices. Source: Wilson, *Probable inference, the law of succession, and statistical
//! inference*, Journal of the American Statistical Association 22, 1927.

use super::claim::{Claim, Interval, Kind};
use super::distribution::{normal_point, real};
use super::error::Error;

/// The shares that `successes` of `rows` are compatible with, each bound at `confidence`, so the
/// interval has level 2·`confidence` - 1.
///
/// # Errors
/// [`Error::TooFew`] without rows, or with more successes than rows; [`Error::Confidence`].
pub fn wilson(successes: usize, rows: usize, confidence: f64) -> Result<Interval, Error> {
    let claim = Claim::new(Kind::NonInferiority, 0.0, confidence)?;
    if rows == 0 || successes > rows {
        return Err(Error::TooFew {
            n: rows,
            least: successes.max(1),
        });
    }
    let (n, share) = (real(rows), real(successes) / real(rows));
    let z = normal_point(claim.alpha());
    let middle = share + z * z / (2.0 * n);
    let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    Ok(Interval {
        low: if successes == 0 {
            0.0
        } else {
            (middle - reach) / scale
        },
        high: if successes == rows {
            1.0
        } else {
            (middle + reach) / scale
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_none_and_of_all_end_at_the_ends() {
        let none = wilson(0, 50, 0.975).unwrap();
        assert!(none.low == 0.0 && (none.high - 0.071_348).abs() < 1e-6);
        let all = wilson(50, 50, 0.975).unwrap();
        assert!(all.high >= 1.0 && (all.low - 0.928_652).abs() < 1e-6);
        assert!(wilson(0, 0, 0.975).is_err());
        assert!(wilson(3, 2, 0.975).is_err());
    }
}
