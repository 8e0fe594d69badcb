//! Databricks: which workspace, and how to sign in to it.
//!
//! The one decision here: host and credentials come from the same place, the environment or one
//! profile, and what is signed in with goes to that host. The names and the order are those of
//! Databricks' own client (`databricks-sdk` 0.156, `config.py` and `credentials_provider.py`).

mod configuration;
mod discovery;
mod method;
mod sign_in;

pub(crate) use configuration::Workspace;
pub(crate) use sign_in::SignIn;
