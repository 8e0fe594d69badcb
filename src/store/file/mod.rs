//! A legacy file store (`./mlruns`), read directly: MLflow itself refuses it since 3.13, and its
//! owners are stranded.
//!
//! The one decision here: the folder is hostile until read. No link is followed, no path leaves
//! the folder, and every read ends in bounded time and memory. There is no snapshot: MLflow writes
//! these files in place, so a file that is half written is tried again and then an error.
//!
//! The rooms are the files (`folder`), the lines in metric files (`points`), and what is read
//! through them (`registry`, `runs`, `models`, `traces`).

mod folder;
mod models;
mod points;
mod reader;
mod registry;
mod runs;
mod traces;

pub(super) use reader::FileStore;
