//! A statistical test on repeated measurements.
//!
//! The one decision here: the interval decides, held against the margin, and an interval on both
//! sides of it decides nothing. What a method cannot judge is inconclusive, never a pass.

mod comparable;
mod conclusion;
mod direction;
mod method;
mod opinion;
mod signed;

pub(super) use opinion::judge;
