//! Judges paired and repeated measurements: is the candidate better than the baseline, no worse, or
//! the same, and do the numbers suffice to say so?
//!
//! The one decision here: every answer comes from an interval of the difference, candidate minus
//! baseline, **larger is better**, held against a [`Claim`]. An interval inside the claim shows it,
//! one outside refutes it, and one that straddles its border is [`Conclusion::Undecided`]: more
//! data is needed, not a coin. For a metric where smaller is better the caller swaps the two sides.
//!
//! | what is at hand | ask |
//! |---|---|
//! | the same rows, a value per row for both (losses, scores of a judge, a metric per step) | [`paired_bootstrap`], [`paired_t`], [`signed_rank`] |
//! | the same rows, right or wrong for both | [`mcnemar`] |
//! | the same rows, labels predicted by both; accuracy, precision, recall, F1 of the data set | [`bootstrap_classification`] |
//! | the same rows, numbers predicted by both; MAE, RMSE, R² of the data set | [`bootstrap_regression`] |
//! | the same folds or seeds, a metric of each for both | [`paired_t`], [`signed_rank`] |
//! | different seeds, a metric of each | [`welch_t`], [`rank_sum`] |
//! | one share, such as the recall of a small slice | [`wilson`] |
//!
//! Folds of one cross-validation share training rows, so their differences are not independent and
//! a plain test over them is too confident (Nadeau and Bengio, *Inference for the generalization
//! error*, Machine Learning 52, 2003). Seeds, and folds with their own test rows judged row by row,
//! do not have this weakness.
//!
//! Everything is computed here but the distributions themselves. Random numbers come from a seed by
//! integer arithmetic of this crate, one stream per resample: the same seed gives the same digits
//! in every version, and in whatever order resamples are drawn.

mod bootstrap;
mod claim;
mod classification;
mod distribution;
mod error;
mod finding;
mod mcnemar;
mod pairs;
mod proportion;
mod random;
mod rank_sum;
mod ranks;
mod regression;
mod resample;
mod signed_rank;
mod student;

pub use bootstrap::paired_bootstrap;
pub use claim::{Claim, Conclusion, Interval, Kind};
pub use classification::{Averaging, ClassificationScore, bootstrap_classification};
pub use error::Error;
pub use finding::{Finding, Method, Resampling};
pub use mcnemar::{Correctness, mcnemar};
pub use pairs::{Pairs, Predictions};
pub use proportion::wilson;
pub use rank_sum::rank_sum;
pub use regression::{RegressionScore, bootstrap_regression};
pub use signed_rank::signed_rank;
pub use student::{paired_t, welch_t};
