//! A SQLite store, written directly.
//!
//! The one decision here: a change is one transaction that has the file for itself from its first
//! read on (`BEGIN IMMEDIATE`), so that what was compared is what is written over. MLflow's schema
//! is taken as it is, and never migrated.

mod apply;
mod copy;
mod registry;
mod tags;
mod transaction;

pub(super) use registry::SqliteRegistry;
