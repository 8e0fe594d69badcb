//! `gatewright rollout`: traffic in steps, a gate at each, and back again.
//!
//! The one decision here: what the next process has to know is written into the registry before
//! anything is done, so that this one may die at any moment.

mod back;
mod begin;
mod clock;
mod drive;
mod judge;
mod memory;
mod progress;
mod report;
mod run;
mod served;
mod versions;
mod wording;

pub(super) use run::run;
