//! What every HTTP client in here has in common: how it is set up, how an answer is read, and when a
//! question is repeated.
//!
//! The one decision here: there is one way to set up TLS, one list of what is never done (follow a
//! redirect, repeat a request unasked, read without a limit), and no client can leave it out.

mod answer;
mod client;
mod retry;
mod secret;

pub(crate) use answer::{Broken, excerpt, read};
pub(crate) use client::{builder, is_loopback};
pub(crate) use retry::{is_transient, pause, retry_after};
pub(crate) use secret::Secret;
