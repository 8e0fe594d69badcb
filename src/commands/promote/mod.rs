//! `gatewright promote`, and what `gatewright rollback` has in common with it.
//!
//! The one decision here: what is written was looked at last. The registry is asked where everything
//! is, the rules are held against that, and the writing door is told to expect exactly it.

mod already;
mod approvals;
mod attestation;
mod carry_out;
mod decisions;
mod deed;
mod log;
mod look;
mod place;
mod run;
mod tell;

pub(super) use already::{already_live, is_ours};
pub(super) use carry_out::carry_out;
pub(super) use deed::{Circumstances, Deed, answer};
pub(super) use place::Place;
pub(super) use run::run;
pub(super) use tell::tell;
