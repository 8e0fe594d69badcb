//! Why measurements give no finding.
//!
//! The one decision here: what cannot be judged is a value that says why, never a number that
//! looks like an answer. A gate makes it inconclusive.

use std::fmt;

/// Why there is no finding.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// The margin is negative or not a number, or zero where equivalence is claimed, which
    /// nothing could show.
    Margin {
        /// The margin given.
        margin: f64,
    },
    /// The confidence is not between 0.5 and 0.999999.
    Confidence {
        /// The confidence given.
        confidence: f64,
    },
    /// Too few resamples to say where the interval ends, or more than memory should hold.
    Resamples {
        /// The number given.
        resamples: u32,
        /// The smallest number that will do at this confidence.
        least: u32,
        /// The largest number that is drawn.
        most: u32,
    },
    /// Two sides that belong together row by row have different lengths.
    DifferentLengths {
        /// Rows of the candidate, or of what is compared with `other`.
        rows: usize,
        /// Rows of the other side.
        other: usize,
    },
    /// Too few measurements for any result to be conclusive.
    TooFew {
        /// How many there are; of two samples, the smaller.
        n: usize,
        /// How many it takes, at least.
        least: usize,
    },
    /// More measurements than are resampled.
    TooMany {
        /// How many there are.
        n: usize,
    },
    /// A measurement is NaN or infinite, or so large that a difference of two is.
    NotFinite {
        /// The first such row, counted from 0 in the side where it is.
        row: usize,
    },
    /// The numbers are finite, and what is computed from them is not.
    Overflow,
    /// Nothing varies, so that nothing can be said about chance: the difference is the same in
    /// every row or in every resample.
    NoVariation {
        /// How many measurements there are.
        n: usize,
        /// The difference, candidate minus baseline, that all of them have.
        difference: f64,
    },
    /// The score has no value for these rows: it divides by zero.
    Undefined {
        /// The score's name.
        score: &'static str,
        /// What is zero.
        zero: &'static str,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Margin { margin } => write!(f, "use the margin {margin}"),
            Self::Confidence { confidence } => write!(f, "use the confidence {confidence}"),
            Self::Resamples { resamples, .. } => write!(f, "draw {resamples} resamples"),
            Self::DifferentLengths { rows, other } => {
                write!(f, "pair {rows} measurements with {other}")
            }
            Self::TooFew { n, least } => {
                write!(f, "judge {n} measurements: it takes at least {least}")
            }
            Self::TooMany { n } => write!(f, "resample {n} rows"),
            Self::NotFinite { row } => {
                write!(f, "use row {row}: NaN, infinite or too large")
            }
            Self::Overflow => f.write_str("compute with numbers this large"),
            Self::NoVariation { n, difference } => write!(
                f,
                "judge {n} measurements that all differ by the same {difference}"
            ),
            Self::Undefined { score, zero } => {
                write!(f, "compute {score} for these rows: {zero} is zero")
            }
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// What to do next.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Margin { .. } => {
                "a margin is a number of at least 0, and more than 0 for equivalence".to_owned()
            }
            Self::Confidence { .. } => {
                "a confidence is above 0.5 and at most 0.999999, such as 0.95".to_owned()
            }
            Self::Resamples { least, most, .. } => {
                format!("draw from {least} to {most} resamples at this confidence")
            }
            Self::DifferentLengths { .. } => {
                "evaluate both models on the same rows, in the same order".to_owned()
            }
            Self::TooFew { .. } => "evaluate on more rows, or run more seeds".to_owned(),
            Self::TooMany { .. } => "evaluate on a sample of the rows".to_owned(),
            Self::NotFinite { .. } | Self::Overflow => {
                "look at how the measurement was made".to_owned()
            }
            Self::NoVariation { .. } => {
                "compare the two numbers themselves, without statistics".to_owned()
            }
            Self::Undefined { .. } => "choose a score that these rows have".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_failed_and_what_to_do() {
        let error = Error::TooFew { n: 3, least: 5 };
        insta::assert_snapshot!(
            format!("failed to {error}\nhelp: {}", error.help()),
            @r"
        failed to judge 3 measurements: it takes at least 5
        help: evaluate on more rows, or run more seeds
        "
        );
    }
}
