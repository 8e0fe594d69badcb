//! What tests of several rooms share: a scripted server, and SQLite stores made from MLflow's DDL.
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test binary uses a part of this, and none uses all"
)]

pub(crate) mod fake_server;
mod received;
pub(crate) mod sqlite_store;
