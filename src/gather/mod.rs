//! From stores to evidence: what a gate needs, asked for once and put together.
//!
//! The one decision here: versions are resolved first and then fixed; everything after that is
//! asked about exactly those, in as few round trips as the answers allow.

mod collect;
mod error;
mod files;
mod resolve;

pub use collect::collect;
pub use error::GatherError;
pub use files::Files;
pub use resolve::{Choice, Chosen, Question, Resolved, find, resolve};
