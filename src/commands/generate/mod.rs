//! `gatewright generate`: specs to files, or how the files differ from the specs.
//!
//! The one decision here: all or nothing. Every spec is read and planned, every file rendered and
//! compared, before the first is written; one wrong spec, or one edited file that nobody gives up, and
//! none is.

mod ask;
mod clash;
mod command;
mod dependabot;
mod overlay;
mod project;
mod report;

pub(super) use command::run;
pub(super) use project::write_pipelines;
