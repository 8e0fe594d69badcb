//! What tests of several rooms share: a scripted server, SQLite stores made from MLflow's DDL, and
//! folders as MLflow lays them out.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::disallowed_methods,
    reason = "each test binary uses a part of this, and none uses all"
)]

pub(crate) mod databricks;
pub(crate) mod fake_server;
pub(crate) mod file_store;
pub(crate) mod ledger;
mod received;
pub(crate) mod registry_server;
pub(crate) mod sqlite_store;
pub(crate) mod tls_server;
