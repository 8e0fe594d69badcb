//! Wilcoxon's signed ranks: a shift of paired differences that a few wild rows do not move.
//!
//! The one decision here: up to 50 pairs the p-value is exact, with ties and without, from the
//! distribution of the ranks that there are; above, it is the normal approximation with correction
//! for ties and continuity, as SciPy has it. Differences equal to the border of the claim carry no
//! sign and are left out (Wilcoxon's own rule).
//!
//! Sources: Wilcoxon, *Individual comparisons by ranking methods*, Biometrics Bulletin 1, 1945;
//! Hodges and Lehmann, *Estimates of location based on rank tests*, Annals of Mathematical
//! Statistics 34, 1963; Hollander and Wolfe, *Nonparametric Statistical Methods*, 3.1 to 3.3.

use super::claim::{Claim, Interval};
use super::distribution::{normal_above, normal_point, real};
use super::error::Error;
use super::finding::{Finding, Method};
use super::pairs::Pairs;
use super::ranks::{
    doubled_ranks, exact_depth, kth_smallest, median, plain_ranks, share_from, subsets_by_sum,
};

/// Up to here the distribution of the ranks is counted out.
const EXACT: usize = 50;

/// The pseudomedian of paired differences, by Wilcoxon's signed ranks. The estimate is the median
/// of all means of two differences (Hodges and Lehmann), the interval lies between two of these
/// means. Takes O(n log n) time and O(n) memory for any n.
///
/// Assumes independent rows, and differences that lie symmetrically about their median.
///
/// # Errors
/// [`Error::TooFew`] where even differences all of one sign would not reach the confidence (below
/// 5 pairs for 0.95).
pub fn signed_rank(pairs: &Pairs, claim: &Claim) -> Result<Finding, Error> {
    let mut sorted = pairs.differences().to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let walsh = n as u64 * (n as u64 + 1) / 2;
    let depth = depth(n, claim.alpha()).ok_or_else(|| Error::TooFew {
        n,
        least: least(claim.alpha()),
    })?;
    let up_to = |x| means_up_to(&sorted, x);
    let interval = Interval {
        low: kth_smallest(depth, up_to),
        high: kth_smallest(walsh + 1 - depth, up_to),
    };
    let p_value = claim.p_value(
        |threshold| p_above(sorted.iter().map(|d| d - threshold)),
        |threshold| p_above(sorted.iter().map(|d| threshold - d)),
    );
    let method = if n <= EXACT {
        Method::SignedRankExact
    } else {
        Method::SignedRankNormal
    };
    let estimate = median(walsh, up_to);
    Ok(Finding::new(method, n, estimate, interval, claim)?.with_p_value(p_value))
}

/// How many means (a + b) / 2 of two of the `sorted` differences, each with itself included, are
/// at most `x`.
fn means_up_to(sorted: &[f64], x: f64) -> u64 {
    let mut count = 0;
    let mut partners = sorted.iter().enumerate().rev().peekable();
    for (at, value) in sorted.iter().enumerate() {
        // Partners only get smaller as the value grows.
        while partners
            .next_if(|(_, partner)| value / 2.0 + **partner / 2.0 > x)
            .is_some()
        {}
        let Some((last, _)) = partners.peek() else {
            break;
        };
        if *last < at {
            break;
        }
        count += (last - at + 1) as u64;
    }
    count
}

/// Which of the sorted means bounds the interval, counted from 1 at either end.
fn depth(n: usize, alpha: f64) -> Option<u64> {
    if n <= EXACT {
        let depth = exact_depth(&subsets_by_sum(&plain_ranks(n)), 0, alpha);
        return (depth > 0).then_some(depth);
    }
    let size = real(n);
    let mean = size * (size + 1.0) / 4.0;
    let spread = (mean * (2.0 * size + 1.0) / 6.0).sqrt();
    let depth = (mean - normal_point(alpha) * spread + 0.5).floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and n(n + 1) / 4"
    )]
    (depth >= 1.0).then_some(depth as u64)
}

/// The fewest pairs that can be conclusive: 2⁻ⁿ <= α.
fn least(alpha: f64) -> usize {
    // α is at least 1e-6.
    (2..64)
        .find(|n| 0.5_f64.powi(*n) <= alpha)
        .map_or(2, |n| n.unsigned_abs() as usize)
}

/// The one-sided p of "the differences lie above 0".
fn p_above(differences: impl Iterator<Item = f64>) -> f64 {
    let all: Vec<f64> = differences.collect();
    let signed: Vec<f64> = all.iter().copied().filter(|d| *d != 0.0).collect();
    let sizes: Vec<f64> = signed.iter().map(|d| d.abs()).collect();
    let (ranks, ties) = doubled_ranks(&sizes);
    let positive = ranks.iter().zip(&signed).filter(|(_, d)| **d > 0.0);
    let sum: usize = positive.map(|(rank, _)| rank).sum();
    if signed.is_empty() {
        return 1.0;
    }
    if all.len() <= EXACT {
        return share_from(&subsets_by_sum(&ranks), sum);
    }
    let n = real(signed.len());
    let mean = n * (n + 1.0) / 4.0;
    let variance = (n * (n + 1.0) * (2.0 * n + 1.0) - ties / 2.0) / 24.0;
    normal_above((real(sum) / 2.0 - mean - 0.5) / variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::claim::Kind;
    use super::*;

    fn judge(candidate: &[f64], confidence: f64) -> Result<Finding, Error> {
        let pairs = Pairs::new(candidate, &vec![0.0; candidate.len()])?;
        signed_rank(&pairs, &Claim::new(Kind::Superiority, 0.0, confidence)?)
    }

    #[test]
    fn four_pairs_cannot_convince_and_five_can() {
        assert_eq!(
            judge(&[1.0, 2.0, 3.0, 4.0], 0.95),
            Err(Error::TooFew { n: 4, least: 5 })
        );
        let five = judge(&[1.0, 2.0, 3.0, 4.0, 5.5], 0.95).unwrap();
        assert_eq!(five.p_value, Some(1.0 / 32.0));
        assert_eq!(
            five.interval,
            Interval {
                low: 1.0,
                high: 5.5
            }
        );
    }

    #[test]
    fn means_of_two_are_counted_without_writing_them_down() {
        let sorted = [-2.0, -0.5, 0.0, 0.0, 1.0, 4.0];
        for x in [-3.0, -2.0, -0.5, -0.25, 0.0, 0.1, 0.5, 2.5, 4.0] {
            let mut expected = 0;
            for (at, one) in sorted.iter().enumerate() {
                let means = sorted.iter().skip(at).map(|other| one / 2.0 + other / 2.0);
                expected += means.filter(|mean| *mean <= x).count() as u64;
            }
            assert_eq!(means_up_to(&sorted, x), expected, "{x}");
        }
    }

    #[test]
    fn a_wild_row_hardly_moves_the_interval() {
        let mut rows: Vec<f64> = (0..60).map(|row| f64::from(row % 7) - 2.0).collect();
        let calm = judge(&rows, 0.95).unwrap();
        rows[59] = 1e12;
        let wild = judge(&rows, 0.95).unwrap();
        assert!((wild.estimate - calm.estimate).abs() < 0.6);
        assert!((wild.interval.high - calm.interval.high).abs() < 0.6);
    }
}
