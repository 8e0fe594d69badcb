//! `gatewright gate`: read the evidence, judge it, tell everyone.
//!
//! The one decision here: whatever is judged is a recording first, written to a file or not. A
//! check is a recording that is judged at once.

mod all;
mod artifacts;
mod check;
mod files;
mod judge;
mod live;
mod question;
mod read;
mod record;
mod replay;
mod surroundings;
mod targets;
mod waivers;

pub(super) use artifacts::Artifacts;
pub(super) use check::run as check;
pub(super) use judge::{decide, exit};
pub(super) use live::{LiveQuestion, judge_live};
pub(super) use question::{Question, environment};
pub(super) use read::model_files;
pub(super) use record::run as record;
pub(super) use surroundings::{Surroundings, checkout};
pub(super) use waivers::load as waivers;
