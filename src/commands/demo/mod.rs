//! `gatewright demo`: the whole story in a fresh folder, on a store that real MLflow wrote.
//!
//! The one decision here: what the story shows is what the commands say. Every command is run as it
//! is printed, in the folder of the demo.

mod project;
mod stage;
mod story;

pub(super) use story::run;
