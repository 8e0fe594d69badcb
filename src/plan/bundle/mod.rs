//! The bundle in the pipelines: planned, deployed, tried on a pull request, and followed by what needs
//! a live model.
//!
//! The one decision here: what is deployed is what was planned. Where a person is asked first, the
//! plan is made before and kept; the command line refuses a plan whose state has moved since, and
//! nothing plans again by itself.

mod call;
mod delivery;
mod preview;
mod proposal;
mod second;
mod shell;

pub use call::{BundleCall, BundleDeed, SecondPhase};

pub(super) use delivery::{deployment, is_planned_apart, planning, steps};
pub(super) use preview::{check, pipeline as preview};
pub(super) use proposal::jobs as proposals;
pub(super) use second::steps as second_phase;
pub(super) use shell::{PULL_REQUEST, script};
