//! A SQLite store, read directly: no server, no Python, no migration.
//!
//! The one decision here: the file is hostile until read. Nothing in it is executed, nothing is
//! written to it, and every read ends in bounded time and memory. The rooms are the file
//! (`connection`), whether it is whole (`intact`), its limits (`guard`), its shape (`schema`, `families`) and its values (`rows`),
//! through which the tables are read (`registry`, `runs`, `models`, `traces`).
//!
//! A store sees one snapshot for its whole life: one read transaction, begun when it is opened. A
//! store is therefore for one judgement, and must be dropped before anything is written, because
//! in rollback-journal mode a reader keeps writers from committing.

mod connection;
mod families;
mod fault;
mod guard;
mod intact;
mod ledger;
mod models;
mod reader;
mod registry;
mod rows;
mod runs;
mod schema;
mod traces;

pub(super) use reader::SqliteStore;
// What the writing door shares: how a file is opened, bounded, probed and read.
pub(crate) use connection::regular_file;
pub(crate) use fault::{explain, reason};
pub(crate) use guard::{Deadline, guard_writer};
pub(crate) use intact::require as require_intact;
pub(crate) use registry::DELETED;
pub(crate) use rows::Rows;
pub(crate) use schema::{columns, probe};
