//! Wilcoxon's rank sum, also called Mann-Whitney: a shift between two samples that belong to
//! different runs.
//!
//! The one decision here: up to 60 runs in all the p-value is exact, with ties and without, from the
//! distribution of the ranks that there are. Seeds are few, and there a library's shortcut errs.
//!
//! Sources: Mann and Whitney, *On a test of whether one of two random variables is stochastically
//! larger than the other*, Annals of Mathematical Statistics 18, 1947; Hollander and Wolfe,
//! *Nonparametric Statistical Methods*, 4.1 to 4.3.

use super::claim::{Claim, Interval};
use super::distribution::{normal_above, normal_point, real};
use super::error::Error;
use super::finding::{Finding, Method};
use super::pairs::{all_finite, too_few};
use super::ranks::{
    doubled_ranks, exact_depth, kth_smallest, median, plain_ranks, share_from, sized_subsets_by_sum,
};

/// Up to so many measurements on both sides together, the distribution of the ranks is counted out.
const EXACT: usize = 60;

/// The shift between two independent samples. The estimate is the median of all differences of a
/// candidate's and a baseline's measurement (Hodges and Lehmann), the interval lies between two of
/// these differences.
///
/// Assumes independent measurements whose distributions differ by a shift only.
///
/// # Errors
/// [`Error::TooFew`] where even samples that do not overlap would not reach the confidence (three
/// against three do at 0.95), [`Error::NotFinite`], [`Error::NoVariation`] where each side is one
/// value throughout, [`Error::Overflow`].
pub fn rank_sum(candidate: &[f64], baseline: &[f64], claim: &Claim) -> Result<Finding, Error> {
    let n = candidate.len().min(baseline.len());
    if n < 2 {
        return Err(too_few(n));
    }
    all_finite(candidate)?;
    all_finite(baseline)?;
    let (mine, theirs) = (sorted(candidate), sorted(baseline));
    let differences = mine.len() as u64 * theirs.len() as u64;
    let up_to = |x| differences_up_to(&mine, &theirs, x);
    range(&mine, &theirs)?;
    let depth = depth(mine.len(), theirs.len(), claim.alpha()).ok_or_else(|| Error::TooFew {
        n,
        least: least(claim.alpha()),
    })?;
    let interval = Interval {
        low: kth_smallest(depth, up_to),
        high: kth_smallest(differences + 1 - depth, up_to),
    };
    let p_value = claim.p_value(
        |threshold| p_above(&moved(&mine, threshold), &theirs),
        |threshold| p_above(&theirs, &moved(&mine, threshold)),
    );
    let method = if mine.len() + theirs.len() <= EXACT {
        Method::RankSumExact
    } else {
        Method::RankSumNormal
    };
    let estimate = median(differences, up_to);
    Ok(Finding::new(method, n, estimate, interval, claim)?.with_p_value(p_value))
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The differences have to be finite, and there has to be more than one.
fn range(mine: &[f64], theirs: &[f64]) -> Result<(), Error> {
    let ends = |values: &[f64]| Some((*values.first()?, *values.last()?));
    let n = mine.len().min(theirs.len());
    let (Some((least, most)), Some((low, high))) = (ends(mine), ends(theirs)) else {
        return Err(too_few(n));
    };
    let (nearest, farthest) = (least - high, most - low);
    if !(nearest.is_finite() && farthest.is_finite()) {
        return Err(Error::Overflow);
    }
    if nearest >= farthest {
        return Err(Error::NoVariation {
            n,
            difference: nearest,
        });
    }
    Ok(())
}

fn moved(values: &[f64], threshold: f64) -> Vec<f64> {
    values.iter().map(|value| value - threshold).collect()
}

/// How many differences of one of `mine` and one of `theirs`, both sorted, are at most `x`.
fn differences_up_to(mine: &[f64], theirs: &[f64], x: f64) -> u64 {
    let mut count = 0;
    let mut at = 0;
    for value in mine {
        // Every partner that is too small now is too small for larger values as well.
        at += theirs
            .iter()
            .skip(at)
            .take_while(|partner| value - **partner > x)
            .count();
        count += (theirs.len() - at) as u64;
    }
    count
}

/// Which of the sorted differences bounds the interval, counted from 1 at either end.
fn depth(mine: usize, theirs: usize, alpha: f64) -> Option<u64> {
    if mine + theirs <= EXACT {
        let counts = sized_subsets_by_sum(&plain_ranks(mine + theirs), mine);
        let depth = exact_depth(&counts, mine * (mine + 1), alpha);
        return (depth > 0).then_some(depth);
    }
    let (a, b) = (real(mine), real(theirs));
    let spread = (a * b * (a + b + 1.0) / 12.0).sqrt();
    let depth = (a * b / 2.0 - normal_point(alpha) * spread + 0.5).floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and half of all differences"
    )]
    (depth >= 1.0).then_some(depth as u64)
}

/// The fewest measurements on each side that can be conclusive: one order in (2m)!/(m!)².
fn least(alpha: f64) -> usize {
    let mut orders = 1.0;
    let mut size = 0.0;
    let mut m = 0;
    while m < 2 || orders * alpha < 1.0 {
        size += 1.0;
        m += 1;
        orders *= (2.0 * size - 1.0) * 2.0 / size;
    }
    m
}

/// The one-sided p of "`mine` lie above `theirs`".
fn p_above(mine: &[f64], theirs: &[f64]) -> f64 {
    let both: Vec<f64> = mine.iter().chain(theirs).copied().collect();
    // -0 and 0 are the same number, and the order of ranks tells them apart.
    let both: Vec<f64> = both.into_iter().map(|value| value + 0.0).collect();
    let (ranks, ties) = doubled_ranks(&both);
    let sum: usize = ranks.iter().take(mine.len()).sum();
    if both.len() <= EXACT {
        return share_from(&sized_subsets_by_sum(&ranks, mine.len()), sum);
    }
    let (a, b) = (real(mine.len()), real(theirs.len()));
    let all = a + b;
    let wins = real(sum) / 2.0 - a * (a + 1.0) / 2.0;
    let variance = a * b / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    normal_above((wins - a * b / 2.0 - 0.5) / variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::claim::{Conclusion, Kind};
    use super::*;

    fn claim(confidence: f64) -> Claim {
        Claim::new(Kind::Superiority, 0.0, confidence).unwrap()
    }

    #[test]
    fn three_seeds_against_three_convince_when_they_do_not_overlap() {
        let (mine, theirs) = ([4.0, 5.0, 6.0], [1.0, 2.0, 3.5]);
        let found = rank_sum(&mine, &theirs, &claim(0.95)).unwrap();
        assert_eq!(found.p_value, Some(0.05));
        assert_eq!(found.conclusion, Conclusion::Shown);
        assert_eq!(
            rank_sum(&mine, &theirs, &claim(0.975)),
            Err(Error::TooFew { n: 3, least: 4 })
        );
    }

    #[test]
    fn samples_of_one_value_each_are_an_error() {
        assert_eq!(
            rank_sum(&[2.0; 5], &[1.0; 4], &claim(0.95)),
            Err(Error::NoVariation {
                n: 4,
                difference: 1.0
            })
        );
        assert!(matches!(
            rank_sum(&[2.0], &[1.0, 3.0], &claim(0.95)),
            Err(Error::TooFew { n: 1, .. })
        ));
    }

    #[test]
    fn differences_are_counted_without_writing_them_down() {
        let (mine, theirs) = ([-1.0, 0.0, 0.0, 2.5], [-2.0, 0.0, 1.0]);
        for x in [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.5] {
            let expected = mine
                .iter()
                .flat_map(|a| theirs.iter().map(move |b| a - b))
                .filter(|difference| *difference <= x)
                .count() as u64;
            assert_eq!(differences_up_to(&mine, &theirs, x), expected, "{x}");
        }
    }
}
