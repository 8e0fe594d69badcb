//! Generated text to disk, and back to see whether anyone changed it.
//!
//! The one decision here: a file says in its header where it comes from and what its text was, so
//! that a file the spec has outgrown, a file a person has edited and a file that was never ours are
//! three different things, and only the first is replaced without asking.

mod drift;
mod error;
mod marker;
mod place;
mod replace;
mod write;

pub use drift::{Drift, Kind, drift};
pub use error::TreeError;
pub use marker::{Marker, digest, read, stamp};
pub use replace::replace;
pub use write::write;
