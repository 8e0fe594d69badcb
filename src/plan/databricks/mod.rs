//! From a spec to a bundle: the jobs, models and experiments that Databricks is to have.
//!
//! The one decision here: one job holds stages, gates and promotion, so that a retraining that
//! Databricks starts by itself passes the same gates as one that a pipeline starts. What differs
//! between environments stands as an override beside what it overrides.

pub mod model;

mod bundle;
mod check;
mod endpoint;
mod job;
mod machines;
mod retraining;
mod serving;
mod share;
mod store;
mod task;

pub use bundle::{Bundles, bundles};
pub use model::{Bundle, ResourceFile};

pub(super) use bundle::PULL_REQUEST;
pub(super) use check::check;
pub(super) use endpoint::of as endpoint_of;
pub(super) use serving::is_there as has_second_phase;
pub(super) use task::promotes_itself;
