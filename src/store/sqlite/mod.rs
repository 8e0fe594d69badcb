//! A SQLite store, read directly: no server, no Python, no migration.
//!
//! The one decision here: the file is hostile until read. Nothing in it is executed, nothing is
//! written to it, and every read ends in bounded time and memory. The four rooms are the file
//! (`connection`), its limits (`guard`), its shape (`schema`) and its rows (`reader`).
//!
//! A store sees one snapshot for its whole life: one read transaction, begun when it is opened. A
//! store is therefore for one judgement, and must be dropped before anything is written, because
//! in rollback-journal mode a reader keeps writers from committing.

mod connection;
mod fault;
mod guard;
mod reader;
mod rows;
mod schema;

pub(super) use reader::SqliteStore;
