//! What the two rank tests have in common: ranks with ties, exact distributions, and the k-th
//! smallest of very many pairs of values without writing the pairs down.
//!
//! The one decision here: ranks are doubled, so that the mean rank of a tie is a whole number and
//! an exact distribution is a table of counts, with ties and without.

use super::distribution::real;

/// Twice the rank of each value among all of them, counted from 1; tied values share their mean.
/// Besides, Σ(t³ - t) over the ties, which the normal approximation needs.
pub(super) fn doubled_ranks(values: &[f64]) -> (Vec<usize>, f64) {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut ranks = vec![0; values.len()];
    let (mut before, mut ties) = (0, 0.0);
    for tied in order.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
        let rank = 2 * before + tied.len() + 1;
        for (_, at) in tied {
            if let Some(slot) = ranks.get_mut(*at) {
                *slot = rank;
            }
        }
        before += tied.len();
        let size = real(tied.len());
        ties += size * (size * size - 1.0);
    }
    (ranks, ties)
}

/// The ranks 1..=`n` without ties, doubled.
pub(super) fn plain_ranks(n: usize) -> Vec<usize> {
    (1..=n).map(|rank| 2 * rank).collect()
}

/// How many subsets of `ranks` have each sum. Exact while the counts stay below 2⁵³, and good to
/// 13 digits above.
pub(super) fn subsets_by_sum(ranks: &[usize]) -> Vec<f64> {
    let mut counts = vec![1.0];
    for rank in ranks {
        let shifted = counts.clone();
        counts.resize(shifted.len() + rank, 0.0);
        for (slot, count) in counts.iter_mut().skip(*rank).zip(shifted) {
            *slot += count;
        }
    }
    counts
}

/// How many subsets of `size` of the `ranks` have each sum.
pub(super) fn sized_subsets_by_sum(ranks: &[usize], size: usize) -> Vec<f64> {
    let width = ranks.iter().sum::<usize>() + 1;
    let mut by_size = vec![vec![0.0; width]; size + 1];
    if let Some(one) = by_size.first_mut().and_then(|empty| empty.first_mut()) {
        *one = 1.0;
    }
    for rank in ranks {
        // From the largest size down, so that no rank is taken twice.
        for taken in (0..size).rev() {
            let (smaller, larger) = by_size.split_at_mut(taken + 1);
            let (Some(from), Some(to)) = (smaller.last(), larger.first_mut()) else {
                continue;
            };
            for (slot, count) in to.iter_mut().skip(*rank).zip(from) {
                *slot += count;
            }
        }
    }
    by_size.pop().unwrap_or_default()
}

/// The share of all counts at `sum` and above.
pub(super) fn share_from(counts: &[f64], sum: usize) -> f64 {
    let total: f64 = counts.iter().sum();
    counts.iter().skip(sum).sum::<f64>() / total
}

/// The largest k such that the statistic, read from a table over doubled sums starting at `start`,
/// is below k with a probability of at most `alpha`: the order statistic that bounds the interval.
/// 0 where nothing is that improbable.
pub(super) fn exact_depth(counts: &[f64], start: usize, alpha: f64) -> u64 {
    let total: f64 = counts.iter().sum();
    let mut below = 0.0;
    let mut depth = 0;
    for count in counts.iter().skip(start).step_by(2) {
        below += count;
        if below / total > alpha {
            break;
        }
        depth += 1;
    }
    depth
}

/// The `k`-th smallest (from 1) of values that are not written down: `up_to(x)` says how many are
/// at most `x`. Halves the range of doubles bit by bit, so the answer is one of them, exactly.
pub(super) fn kth_smallest(k: u64, up_to: impl Fn(f64) -> u64) -> f64 {
    let (mut low, mut high) = (ordinal(f64::MIN), ordinal(f64::MAX));
    while low < high {
        let middle = low + (high - low) / 2;
        if up_to(from_ordinal(middle)) >= k {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    from_ordinal(low)
}

/// The median of `total` values that are not written down, as in [`kth_smallest`].
pub(super) fn median(total: u64, up_to: impl Fn(f64) -> u64) -> f64 {
    let lower = kth_smallest(total.div_ceil(2), &up_to);
    let upper = kth_smallest(total / 2 + 1, &up_to);
    lower / 2.0 + upper / 2.0
}

const SIGN: u64 = 1 << 63;

/// Doubles as whole numbers in the same order.
fn ordinal(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn from_ordinal(ordinal: u64) -> f64 {
    f64::from_bits(if ordinal & SIGN == 0 {
        !ordinal
    } else {
        ordinal & !SIGN
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tied_values_share_their_mean_rank() {
        let (ranks, ties) = doubled_ranks(&[3.0, 1.0, 3.0, 7.0, 3.0]);
        assert_eq!(ranks, [6, 2, 6, 10, 6]);
        assert!((ties - 24.0).abs() < f64::EPSILON);
    }

    #[test]
    fn subsets_are_counted_by_their_sum() {
        let by_sum = subsets_by_sum(&plain_ranks(3));
        let odd_sums_are_empty = by_sum.iter().skip(1).step_by(2).all(|count| *count == 0.0);
        assert!(odd_sums_are_empty);
        let even: Vec<f64> = by_sum.iter().copied().step_by(2).collect();
        assert_eq!(even, [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]);
        let pairs: f64 = sized_subsets_by_sum(&plain_ranks(6), 2).iter().sum();
        assert!((pairs - 15.0).abs() < f64::EPSILON);
    }

    #[test]
    fn the_kth_smallest_is_one_of_the_values() {
        let values = [
            -1.5,
            -0.0,
            0.0,
            2.0,
            2.0,
            1e300,
            f64::MIN,
            f64::from_bits(1),
        ];
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        let up_to = |x: f64| values.iter().filter(|value| **value <= x).count() as u64;
        for (k, expected) in (1..).zip(sorted) {
            let found = kth_smallest(k, up_to);
            // Adding 0 makes the two zeros one.
            assert_eq!((found + 0.0).to_bits(), (expected + 0.0).to_bits(), "{k}");
        }
    }
}
