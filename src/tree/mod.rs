//! Generated text to disk, and back to see whether anyone changed it.
//!
//! The one decision here: a file says in its header where it comes from and what its text was, so
//! that a file the spec has outgrown, a file a person has edited and a file that was never ours are
//! three different things, and only the first is replaced without asking.

mod drift;
mod error;
mod folder;
mod kind;
mod marker;
mod orphan;
mod pins;
mod place;
mod replace;
mod snapshot;
mod write;

pub use drift::{Scope, Wanted, drift};
pub use error::TreeError;
pub use folder::texts;
pub use kind::{Drift, Kind};
pub use marker::{Marker, digest, read, stamp};
pub use replace::replace;
pub use snapshot::Snapshot;
pub use write::{create, write};

#[cfg(test)]
mod tests;
