//! A registry behind MLflow's REST API, which has no conditional write.
//!
//! The one decision here: whoever writes holds a lease, a tag of the registered model that says who
//! it is, by Fischer's algorithm: read that it is free, write, wait for longer than a write takes,
//! read again. What is written under the lease is looked at before and after each write. That cannot
//! keep two changes apart on a network that delays a request for as long as it likes, but no change
//! that was overwritten is reported as done.
//!
//! There is one lease for a model and not one for an alias: what it guards is the ledger, and a
//! model has one.

mod apply;
mod copy;
mod lease;
mod registry;
mod settings;
mod write;

pub use lease::LEASE_TAG;
pub(super) use registry::RestRegistry;
