//! Two models, right or wrong on the same rows.
//!
//! The one decision here: where the margin is 0 the interval alone does not convince, the exact test
//! has to agree. The score interval at 0 is McNemar's test without correction, which is a little
//! too ready when few rows tell the models apart.
//!
//! Sources: McNemar, *Note on the sampling error of the difference between correlated proportions
//! or percentages*, Psychometrika 12, 1947; Tango, *Equivalence test and confidence interval for the
//! difference in proportions for the paired-sample design*, Statistics in Medicine 17, 1998.

use super::claim::{Claim, Conclusion, Interval};
use super::distribution::{coins_at_least, normal_above, normal_point, real};
use super::error::Error;
use super::finding::{Finding, Method};
use super::pairs::{same_length, too_few};

/// How many rows two models got right or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correctness {
    /// All rows.
    pub rows: usize,
    /// Rows that only the candidate got right.
    pub only_candidate: usize,
    /// Rows that only the baseline got right.
    pub only_baseline: usize,
}

impl Correctness {
    /// Counts rows by who got them right; the two in the same order.
    ///
    /// # Errors
    /// [`Error::DifferentLengths`].
    pub fn of(candidate: &[bool], baseline: &[bool]) -> Result<Self, Error> {
        same_length(candidate.len(), baseline.len())?;
        let count = |wanted: (bool, bool)| {
            let rows = candidate.iter().copied().zip(baseline.iter().copied());
            rows.filter(|row| *row == wanted).count()
        };
        Ok(Self {
            rows: candidate.len(),
            only_candidate: count((true, false)),
            only_baseline: count((false, true)),
        })
    }
}

/// The difference of the shares of rows that the two models get right. The estimate is that
/// difference, the interval Tango's score interval. The p-value is McNemar's exact one (binomial,
/// over the rows that tell the models apart) where the margin is 0, and that of Tango's score test
/// otherwise.
///
/// # Errors
/// [`Error::TooFew`] below two rows, or where more rows tell the models apart than there are.
pub fn mcnemar(correctness: &Correctness, claim: &Claim) -> Result<Finding, Error> {
    let table = Table::of(correctness)?;
    let z = normal_point(claim.alpha());
    let interval = Interval {
        low: table.solve(z, -1.0, table.difference()),
        high: table.solve(-z, table.difference(), 1.0),
    };
    let exact = claim.margin() == 0.0;
    let [wins, losses] = [correctness.only_candidate, correctness.only_baseline];
    let p_value = if exact {
        coins_at_least(wins, wins + losses)
    } else {
        claim.p_value(
            |threshold| normal_above(table.score(threshold)),
            |threshold| normal_above(-table.score(threshold)),
        )
    };
    let estimate = table.difference();
    let finding = Finding::new(Method::McNemar, correctness.rows, estimate, interval, claim)?;
    let agreed = match finding.conclusion {
        Conclusion::Shown if exact => p_value <= claim.alpha(),
        Conclusion::Refuted if exact => coins_at_least(losses, wins + losses) <= claim.alpha(),
        _ => true,
    };
    let conclusion = if agreed {
        finding.conclusion
    } else {
        Conclusion::Undecided
    };
    Ok(Finding {
        conclusion,
        ..finding.with_p_value(p_value)
    })
}

/// The counts as numbers.
struct Table {
    rows: f64,
    wins: f64,
    losses: f64,
}

impl Table {
    fn of(correctness: &Correctness) -> Result<Self, Error> {
        let Correctness {
            rows,
            only_candidate,
            only_baseline,
        } = *correctness;
        if rows < 2 {
            return Err(too_few(rows));
        }
        match only_candidate.checked_add(only_baseline) {
            Some(least) if least <= rows => Ok(Self {
                rows: real(rows),
                wins: real(only_candidate),
                losses: real(only_baseline),
            }),
            least => Err(Error::TooFew {
                n: rows,
                least: least.unwrap_or(usize::MAX),
            }),
        }
    }

    fn difference(&self) -> f64 {
        (self.wins - self.losses) / self.rows
    }

    /// Tango's score statistic for a true difference of `delta`: (b - c - nδ) over its standard
    /// error where the share of losses is the likeliest one that fits δ. Falls as δ grows; infinite
    /// where the rows cannot come from δ.
    fn score(&self, delta: f64) -> f64 {
        let distance = self.wins - self.losses - self.rows * delta;
        let room = delta * (1.0 - delta);
        let (a, c) = (2.0 * self.rows, -self.losses * room);
        let b = (2.0 * self.rows - self.wins + self.losses) * delta - self.wins - self.losses;
        let losses = ((b * b - 4.0 * a * c).max(0.0).sqrt() - b) / (2.0 * a);
        let variance = self.rows * (2.0 * losses + room);
        if distance == 0.0 {
            return 0.0;
        }
        if delta.abs() >= 1.0 {
            return f64::INFINITY.copysign(distance);
        }
        distance / variance.max(0.0).sqrt()
    }

    /// The δ between `low` and `high` where the score is `target`, by halving; the end, where the
    /// score does not reach it.
    fn solve(&self, target: f64, low: f64, high: f64) -> f64 {
        let (mut low, mut high) = (low, high);
        let end = if target > 0.0 { low } else { high };
        let reached = if target > 0.0 {
            self.score(end) > target
        } else {
            self.score(end) < target
        };
        if !reached {
            return end;
        }
        loop {
            let middle = low + (high - low) / 2.0;
            if middle <= low || middle >= high {
                return middle;
            }
            if self.score(middle) > target {
                low = middle;
            } else {
                high = middle;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::claim::Kind;
    use super::*;

    fn judge(rows: usize, wins: usize, losses: usize, claim: (Kind, f64)) -> Finding {
        let correctness = Correctness {
            rows,
            only_candidate: wins,
            only_baseline: losses,
        };
        mcnemar(&correctness, &Claim::new(claim.0, claim.1, 0.975).unwrap()).unwrap()
    }

    fn assert_near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-5, "{found} {expected}");
    }

    #[test]
    fn models_that_agree_on_every_row_still_have_an_interval() {
        let found = judge(200, 0, 0, (Kind::NonInferiority, 0.02));
        // z² / (n + z²), where nothing tells them apart.
        assert_near(found.interval.low, -3.8415 / 203.8415);
        assert_near(found.interval.high, 3.8415 / 203.8415);
        assert_eq!(found.conclusion, Conclusion::Shown);
        let wider = judge(100, 0, 0, (Kind::NonInferiority, 0.02));
        assert_eq!(wider.conclusion, Conclusion::Undecided);
    }

    #[test]
    fn an_interval_above_zero_does_not_overrule_the_exact_test() {
        let found = judge(100, 5, 0, (Kind::Superiority, 0.0));
        assert!(found.interval.low > 0.0);
        assert_near(found.p_value.unwrap(), 1.0 / 32.0);
        assert_eq!(found.conclusion, Conclusion::Undecided);
        let mirrored = judge(100, 0, 5, (Kind::Superiority, 0.0));
        assert_eq!(mirrored.conclusion, Conclusion::Undecided);
        let more = judge(100, 6, 0, (Kind::Superiority, 0.0));
        assert_eq!(more.conclusion, Conclusion::Shown);
    }

    #[test]
    fn every_row_won_or_lost_ends_at_one() {
        let won = judge(20, 20, 0, (Kind::Superiority, 0.5));
        assert_near(won.interval.high, 1.0);
        assert!(won.interval.low > 0.6);
        let lost = judge(20, 0, 20, (Kind::Superiority, 0.5));
        assert_near(lost.interval.low, -1.0);
    }

    #[test]
    fn counts_that_cannot_be_are_an_error() {
        let of = |candidate: &[bool], baseline: &[bool]| Correctness::of(candidate, baseline);
        assert!(of(&[true], &[]).is_err());
        let counted = of(&[true, true, false, false], &[true, false, true, false]).unwrap();
        assert_eq!((counted.only_candidate, counted.only_baseline), (1, 1));
        let claim = Claim::new(Kind::Superiority, 0.0, 0.95).unwrap();
        let impossible = Correctness {
            rows: 3,
            only_candidate: usize::MAX,
            only_baseline: 3,
        };
        assert!(mcnemar(&impossible, &claim).is_err());
    }
}
