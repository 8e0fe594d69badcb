//! The repeated measurements of both sides that a statistical test is about.
//!
//! The one decision here: every row, run or step of one side has its partner on the other, or there
//! are no pairs. Leaving out what does not fit is how a comparison is made to look good.

mod answers;
mod children;
mod measured;
mod rows;
mod steps;
mod value;

pub(super) use measured::{Both, Measured, measured};
