//! What a method found, with everything that is needed to say it and to find it again.
//!
//! The one decision here: all methods answer in one shape. What a method does not have (a p-value,
//! a seed) is absent, not zero.

use std::fmt;

use super::claim::{Claim, Conclusion, Interval};
use super::error::Error;

/// How resamples are drawn: a seed gives the same resamples everywhere and always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// How many, 10,000 unless told otherwise.
    pub resamples: u32,
    /// Where the random numbers start, 0 unless told otherwise.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self {
            resamples: 10_000,
            seed: 0,
        }
    }
}

impl Resampling {
    const MOST: u32 = 1_000_000;

    /// Ten resamples have to lie beyond each end of the interval, or its ends are noise.
    pub(super) fn check(&self, claim: &Claim) -> Result<(), Error> {
        // Below 10 / 1e-6 = 1e7 by the bound on confidence.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 20 and 10,000,000"
        )]
        let least = (10.0 / claim.alpha()).ceil() as u32;
        if self.resamples < least || self.resamples > Self::MOST {
            return Err(Error::Resamples {
                resamples: self.resamples,
                least,
                most: Self::MOST,
            });
        }
        Ok(())
    }
}

/// How a finding was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Student's t on paired differences.
    PairedT,
    /// Welch's t on two samples.
    WelchT,
    /// Wilcoxon's signed ranks, by their exact distribution.
    SignedRankExact,
    /// Wilcoxon's signed ranks, by the normal approximation.
    SignedRankNormal,
    /// Wilcoxon's rank sum (Mann-Whitney), by its exact distribution.
    RankSumExact,
    /// Wilcoxon's rank sum (Mann-Whitney), by the normal approximation.
    RankSumNormal,
    /// McNemar's exact test with Tango's score interval.
    McNemar,
    /// Percentiles of the paired bootstrap.
    PairedBootstrap,
}

impl Method {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PairedT => "paired-t",
            Self::WelchT => "welch-t",
            Self::SignedRankExact => "signed-rank-exact",
            Self::SignedRankNormal => "signed-rank-normal",
            Self::RankSumExact => "rank-sum-exact",
            Self::RankSumNormal => "rank-sum-normal",
            Self::McNemar => "mcnemar",
            Self::PairedBootstrap => "paired-bootstrap",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a method found about a claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// How it was made.
    pub method: Method,
    /// How many pairs or rows; of two samples, the size of the smaller.
    pub n: usize,
    /// The difference, candidate minus baseline, larger is better: a mean, a shift of the median,
    /// or a score of the whole data set, as the method says.
    pub estimate: f64,
    /// The differences that the measurements are compatible with, at level 2·`confidence` - 1.
    pub interval: Interval,
    /// The confidence of each end of the interval, as in the claim.
    pub confidence: f64,
    /// The one-sided p-value of the claim, margin included; `None` where the method has none.
    pub p_value: Option<f64>,
    /// What was resampled, and from which seed; `None` where nothing was.
    pub resampling: Option<Resampling>,
    /// What follows for the claim.
    pub conclusion: Conclusion,
}

impl Finding {
    /// A finding without resampling whose conclusion is the interval's.
    pub(super) fn new(
        method: Method,
        n: usize,
        estimate: f64,
        interval: Interval,
        claim: &Claim,
    ) -> Result<Self, Error> {
        if ![estimate, interval.low, interval.high]
            .iter()
            .all(|end| end.is_finite())
        {
            return Err(Error::Overflow);
        }
        Ok(Self {
            method,
            n,
            estimate,
            interval,
            confidence: claim.confidence(),
            p_value: None,
            resampling: None,
            conclusion: claim.conclude(interval),
        })
    }

    pub(super) fn with_p_value(self, p_value: f64) -> Self {
        Self {
            p_value: Some(p_value.clamp(0.0, 1.0)),
            ..self
        }
    }
}
