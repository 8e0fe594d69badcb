//! What is claimed about a difference, and what an interval says about the claim.
//!
//! The one decision here: a claim is an *open* set of differences, as in the guidance of ICH E9
//! (*Statistical Principles for Clinical Trials*, 1998, section 3.3.2) and FDA (*Non-Inferiority
//! Clinical Trials*, 2016, section III: the null hypothesis includes the margin itself). With Δ the
//! true difference, candidate minus baseline, larger is better, and m >= 0 the margin:
//!
//! | kind | claim | shown when | refuted when |
//! |---|---|---|---|
//! | superiority | Δ > m | low > m | high <= m |
//! | non-inferiority | Δ > -m | low > -m | high <= -m |
//! | equivalence | -m < Δ < m | low > -m and high < m | high <= -m or low >= m |
//!
//! In words: shown when the closed interval lies inside the claim, refuted when the two have no
//! point in common, undecided otherwise. An interval that ends exactly on the border of the claim
//! from inside is undecided: equality is in the null hypothesis, and the gate fails closed.
//! Non-inferiority with margin 0 is therefore superiority with margin 0.
//!
//! `confidence` is that of one side: each bound of the interval is exceeded with probability
//! α = 1 - confidence, so the interval has level 1 - 2α. Superiority and non-inferiority look at one
//! bound, so both are one-sided tests at α. Equivalence looks at both, which is the two one-sided
//! tests of Schuirmann (*J. Pharmacokinet. Biopharm.* 15, 1987), again at α. Whoever wants the
//! two-sided 95% interval that ICH E9 asks for writes confidence 0.975.

use super::error::Error;

/// What is claimed of the candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is better than the baseline by more than the margin.
    Superiority,
    /// It is not worse than the baseline by the margin or more.
    NonInferiority,
    /// It differs from the baseline by less than the margin.
    Equivalence,
}

/// What the measurements say about a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// It holds, at the confidence asked for.
    Shown,
    /// It does not hold, at the confidence asked for.
    Refuted,
    /// Both can be: the interval straddles the border of the claim.
    Undecided,
}

/// The differences that the measurements are compatible with, ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A claim, a margin in the unit of the metric, and the confidence with which to show it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    kind: Kind,
    margin: f64,
    confidence: f64,
}

impl Claim {
    /// A claim with a `margin` of at least 0 (more than 0 for equivalence) and a one-sided
    /// `confidence` above 0.5 and at most 0.999999.
    ///
    /// # Errors
    /// [`Error::Margin`], [`Error::Confidence`] for anything else.
    pub fn new(kind: Kind, margin: f64, confidence: f64) -> Result<Self, Error> {
        let nothing_shows = kind == Kind::Equivalence && margin <= 0.0;
        if !margin.is_finite() || margin < 0.0 || nothing_shows {
            return Err(Error::Margin { margin });
        }
        if !(confidence > 0.5 && confidence <= 0.999_999) {
            return Err(Error::Confidence { confidence });
        }
        Ok(Self {
            kind,
            margin,
            confidence,
        })
    }

    /// What is claimed.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The margin, in the unit of the metric.
    #[must_use]
    pub fn margin(&self) -> f64 {
        self.margin
    }

    /// The confidence of one bound, as a share.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The level of the interval, 1 - 2α: 0.9 for confidence 0.95.
    #[must_use]
    pub fn level(&self) -> f64 {
        1.0 - 2.0 * self.alpha()
    }

    /// 1 - confidence on the digits people see: 0.1 for 0.9, where doubles give a little less and
    /// would refuse an exact p of 0.1.
    pub(super) fn alpha(&self) -> f64 {
        ((1.0 - self.confidence) * 1e15).round() / 1e15
    }

    /// What an interval of level [`Claim::level`] says about the claim.
    #[must_use]
    pub fn conclude(&self, interval: Interval) -> Conclusion {
        let Interval { low, high } = interval;
        let margin = self.margin;
        let (shown, refuted) = match self.kind {
            Kind::Superiority => (low > margin, high <= margin),
            Kind::NonInferiority => (low > -margin, high <= -margin),
            Kind::Equivalence => (
                low > -margin && high < margin,
                high <= -margin || low >= margin,
            ),
        };
        match (shown, refuted) {
            (true, false) => Conclusion::Shown,
            (false, true) => Conclusion::Refuted,
            _ => Conclusion::Undecided,
        }
    }

    /// The p-value of the claim: how probable a result at least as favourable is where the claim
    /// only just does not hold. `above(t)` is the one-sided p of "Δ > t", `below(t)` of "Δ < t";
    /// equivalence takes the larger of its two tests.
    pub(super) fn p_value(&self, above: impl Fn(f64) -> f64, below: impl Fn(f64) -> f64) -> f64 {
        match self.kind {
            Kind::Superiority => above(self.margin),
            Kind::NonInferiority => above(-self.margin),
            Kind::Equivalence => above(-self.margin).max(below(self.margin)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conclude(kind: Kind, low: f64, high: f64) -> Conclusion {
        let claim = Claim::new(kind, 0.25, 0.95).unwrap();
        claim.conclude(Interval { low, high })
    }

    #[test]
    fn an_interval_that_ends_on_the_border_does_not_show_the_claim() {
        use Conclusion::{Refuted, Shown, Undecided};
        for (kind, low, high, expected) in [
            (Kind::Superiority, 0.26, 0.5, Shown),
            (Kind::Superiority, 0.25, 0.5, Undecided),
            (Kind::Superiority, 0.0, 0.25, Refuted),
            (Kind::Superiority, 0.25, 0.25, Refuted),
            (Kind::NonInferiority, -0.24, 0.5, Shown),
            (Kind::NonInferiority, -0.25, 0.5, Undecided),
            (Kind::NonInferiority, -0.5, -0.25, Refuted),
            (Kind::Equivalence, -0.24, 0.24, Shown),
            (Kind::Equivalence, -0.25, 0.24, Undecided),
            (Kind::Equivalence, -0.24, 0.25, Undecided),
            (Kind::Equivalence, 0.25, 0.5, Refuted),
            (Kind::Equivalence, -0.5, -0.25, Refuted),
            (Kind::Equivalence, -1.0, 1.0, Undecided),
        ] {
            assert_eq!(conclude(kind, low, high), expected, "{kind:?} {low} {high}");
        }
    }

    #[test]
    fn what_is_not_a_number_concludes_nothing() {
        for kind in [Kind::Superiority, Kind::NonInferiority, Kind::Equivalence] {
            assert_eq!(conclude(kind, f64::NAN, f64::NAN), Conclusion::Undecided);
        }
    }

    #[test]
    fn claims_that_nothing_could_show_are_refused() {
        let margin = |kind, margin| Claim::new(kind, margin, 0.95).is_err();
        assert!(margin(Kind::Equivalence, 0.0));
        assert!(margin(Kind::Superiority, -0.1));
        assert!(margin(Kind::NonInferiority, f64::NAN));
        assert!(margin(Kind::NonInferiority, f64::INFINITY));
        for confidence in [0.5, 1.0, 95.0, f64::NAN] {
            assert!(Claim::new(Kind::Superiority, 0.0, confidence).is_err());
        }
    }

    #[test]
    fn alpha_has_the_digits_people_see() {
        let alpha = |confidence| {
            Claim::new(Kind::Superiority, 0.0, confidence)
                .unwrap()
                .alpha()
        };
        assert_eq!(
            [0.9, 0.95, 0.975, 0.99].map(alpha).map(f64::to_bits),
            [0.1, 0.05, 0.025, 0.01].map(f64::to_bits)
        );
    }
}
