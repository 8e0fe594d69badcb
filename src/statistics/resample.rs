//! Draws resamples of rows: n of n, with replacement.
//!
//! The one decision here: where many rows are alike, a resample is not drawn row by row but as the
//! number of times each kind of row comes up, a multinomial draw. That has the same distribution,
//! exactly, and costs some random bits per kind instead of a random number per row. 100,000 labels
//! predicted by two models are eight kinds of rows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::error::Error;
use super::finding::Resampling;
use super::random::{Bound, Stream};

/// Rows by kind.
#[derive(Debug)]
pub(super) struct Kinds<K> {
    /// One of each kind, in the order in which they first come up.
    pub(super) kinds: Vec<K>,
    /// How often each comes up.
    pub(super) counts: Vec<u64>,
}

impl<K: Ord + Copy> Kinds<K> {
    /// `None` as soon as there are more than `most` kinds.
    pub(super) fn of(rows: impl Iterator<Item = K>, most: usize) -> Option<Self> {
        let mut places: BTreeMap<K, usize> = BTreeMap::new();
        let (mut kinds, mut counts) = (Vec::new(), Vec::<u64>::new());
        for row in rows {
            let place = *places.entry(row).or_insert(kinds.len());
            if let Some(count) = counts.get_mut(place) {
                *count += 1;
                continue;
            }
            if kinds.len() == most {
                return None;
            }
            kinds.push(row);
            counts.push(1);
        }
        Some(Self { kinds, counts })
    }
}

/// How draws part on their way to the kinds: a Huffman tree over their counts, which needs the
/// fewest random bits. Kinds come first, parents after their children, the root last.
#[derive(Debug)]
pub(super) struct Tree {
    kinds: usize,
    forks: Vec<Fork>,
    rows: u64,
}

#[derive(Debug)]
struct Fork {
    left: usize,
    right: usize,
    left_rows: u64,
    rows: u64,
}

impl Tree {
    pub(super) fn new(counts: &[u64]) -> Self {
        let mut heap: BinaryHeap<_> = counts.iter().copied().zip(0_usize..).map(Reverse).collect();
        let mut forks: Vec<Fork> = Vec::new();
        while let (Some(Reverse((rows, left))), Some(Reverse((others, right)))) =
            (heap.pop(), heap.pop())
        {
            heap.push(Reverse((rows + others, counts.len() + forks.len())));
            forks.push(Fork {
                left,
                right,
                left_rows: rows,
                rows: rows + others,
            });
        }
        Self {
            kinds: counts.len(),
            forks,
            rows: counts.iter().sum(),
        }
    }

    /// One resample: how often each kind comes up, in the first places of `draws`.
    pub(super) fn draw(&self, stream: &mut Stream, draws: &mut Vec<u64>) {
        draws.clear();
        draws.resize(self.kinds + self.forks.len(), 0);
        if let Some(root) = draws.last_mut() {
            *root = self.rows;
        }
        for (at, fork) in self.forks.iter().enumerate().rev() {
            let here = draws.get(self.kinds + at).copied().unwrap_or(0);
            let left = stream.share(here, fork.left_rows, fork.rows);
            if let Some(slot) = draws.get_mut(fork.left) {
                *slot = left;
            }
            if let Some(slot) = draws.get_mut(fork.right) {
                *slot = here - left;
            }
        }
        draws.truncate(self.kinds);
    }
}

/// A statistic of every resample, computed from how often each kind of row came up.
pub(super) fn by_kind(
    counts: &[u64],
    resampling: Resampling,
    mut statistic: impl FnMut(&[u64]) -> Result<f64, Error>,
) -> Result<Vec<f64>, Error> {
    let tree = Tree::new(counts);
    let mut draws = Vec::new();
    (0..resampling.resamples)
        .map(|number| {
            tree.draw(&mut Stream::new(resampling.seed, number.into()), &mut draws);
            statistic(&draws)
        })
        .collect()
}

/// A statistic of every resample, computed from the sums over its rows.
///
/// # Errors
/// [`Error::TooMany`] for 2³² rows and more, and what the statistic says.
pub(super) fn by_sums<const K: usize>(
    rows: &[[f64; K]],
    resampling: Resampling,
    statistic: impl Fn(&[f64; K]) -> Result<f64, Error>,
) -> Result<Vec<f64>, Error> {
    // One share of a fork costs about as much as sixteen rows.
    let kinds = Kinds::of(
        rows.iter().map(|row| row.map(f64::to_bits)),
        rows.len() / 16,
    );
    if let Some(Kinds { kinds, counts }) = kinds {
        let kinds: Vec<[f64; K]> = kinds.iter().map(|row| row.map(f64::from_bits)).collect();
        return by_kind(&counts, resampling, |draws| {
            let mut sums = [0.0; K];
            for (kind, count) in kinds.iter().zip(draws) {
                #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
                let count = *count as f64;
                for (sum, value) in sums.iter_mut().zip(kind) {
                    *sum += count * value;
                }
            }
            statistic(&sums)
        });
    }
    let bound = Bound::new(rows.len()).ok_or(Error::TooMany { n: rows.len() })?;
    (0..resampling.resamples)
        .map(|number| {
            let mut stream = Stream::new(resampling.seed, number.into());
            statistic(&sums_of_one(rows, bound, &mut stream))
        })
        .collect()
}

/// The sums over one resample, row by row, in two lanes so that additions need not wait for each
/// other.
fn sums_of_one<const K: usize>(rows: &[[f64; K]], bound: Bound, stream: &mut Stream) -> [f64; K] {
    let row = |at: usize| rows.get(at).unwrap_or(&[0.0; K]);
    let (mut one, mut other) = ([0.0; K], [0.0; K]);
    for _ in 0..rows.len() / 2 {
        let (first, second) = stream.two_below(bound);
        add(&mut one, row(first));
        add(&mut other, row(second));
    }
    if rows.len() % 2 == 1 {
        add(&mut one, row(stream.two_below(bound).0));
    }
    add(&mut one, &other);
    one
}

#[inline]
fn add<const K: usize>(sums: &mut [f64; K], row: &[f64; K]) {
    for (sum, value) in sums.iter_mut().zip(row) {
        *sum += value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_by_kind_in_the_order_they_come() {
        let kinds = Kinds::of([3, 1, 3, 3, 2].into_iter(), 3).unwrap();
        assert_eq!((kinds.kinds, kinds.counts), (vec![3, 1, 2], vec![3, 1, 1]));
        assert!(Kinds::of([3, 1, 2].into_iter(), 2).is_none());
    }

    #[test]
    fn a_resample_has_as_many_rows_as_there_are() {
        let tree = Tree::new(&[70, 5, 20, 1, 4]);
        let mut draws = Vec::new();
        for number in 0..100 {
            tree.draw(&mut Stream::new(7, number), &mut draws);
            assert_eq!((draws.len(), draws.iter().sum::<u64>()), (5, 100));
        }
        Tree::new(&[9]).draw(&mut Stream::new(7, 0), &mut draws);
        assert_eq!(draws, [9]);
    }

    #[test]
    fn both_ways_of_drawing_have_the_same_mean_and_spread() {
        let resampling = Resampling {
            resamples: 4000,
            seed: 1,
        };
        let values = [0.0, 0.0, 0.0, 1.0, -1.0, 0.0, 2.0, 0.0];
        let alike: Vec<[f64; 1]> = values.iter().cycle().take(400).map(|v| [*v]).collect();
        // Told apart by an amount that does not matter.
        let apart: Vec<[f64; 1]> = (0..)
            .zip(&alike)
            .map(|(i, [v])| [v + f64::from(i) * 1e-12])
            .collect();
        let moments = |rows: &[[f64; 1]]| {
            let sums = by_sums(rows, resampling, |[sum]| Ok(*sum)).unwrap();
            let mean = sums.iter().sum::<f64>() / 4000.0;
            let variance = sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>() / 4000.0;
            (mean, variance)
        };
        // 400 rows of mean 1/4 and variance 11/16: mean 100, variance 275.
        for (mean, variance) in [moments(&alike), moments(&apart)] {
            assert!(
                (mean - 100.0).abs() < 5.0 * (275.0_f64 / 4000.0).sqrt(),
                "{mean}"
            );
            assert!(
                (variance / 275.0 - 1.0).abs() < 5.0 * (2.0_f64 / 4000.0).sqrt(),
                "{variance}"
            );
        }
    }
}
