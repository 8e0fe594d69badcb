//! The store behind a tracking server's REST API.
//!
//! The one decision here: every answer must be about the thing that was asked for. A server, a
//! cache or a proxy that answers something else has not answered.

mod catalog_tag;
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

pub(crate) use catalog_tag::{name as catalog_name, spelled};
pub(crate) use registry::Registry;
pub(crate) use server::RestStore;
pub(crate) use writing::{Registered, Unheard};
