//! The store behind a tracking server's REST API.
//!
//! The one decision here: every answer must be about the thing that was asked for. A server, a
//! cache or a proxy that answers something else has not answered.

mod history;
mod judges;
mod ledger;
mod logged_model;
mod registry;
mod resolve;
mod rounds;
mod run;
mod search;
mod server;
mod writing;

pub(crate) use registry::Registry;
pub(crate) use server::RestStore;
pub(crate) use writing::{Registered, Unheard};
