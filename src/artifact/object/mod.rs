//! Artifacts in S3, Google Cloud Storage and Azure, through the crate `object_store`.
//!
//! The one decision here: the crate signs and repeats, our own client speaks. So TLS, redirects and
//! proxies are what they are everywhere else, and credentials come from the environment as a value.

#[cfg(feature = "object-stores")]
mod connect;
#[cfg(feature = "object-stores")]
mod failure;
#[cfg(feature = "object-stores")]
mod fetch;
#[cfg(feature = "object-stores")]
mod shelf;
#[cfg(not(feature = "object-stores"))]
mod without;

#[cfg(feature = "object-stores")]
pub(super) use fetch::{read, write};
#[cfg(feature = "object-stores")]
pub(super) use shelf::Shelf;
#[cfg(not(feature = "object-stores"))]
pub(super) use without::{Shelf, read, write};
