//! The command line as people and pipelines call it: the real binary, in a folder of its own, with
//! an environment of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::string_slice,
    clippy::too_many_lines,
    clippy::indexing_slicing,
    clippy::format_collect,
    reason = "a test stops where it stumbles"
)]

mod attest;
mod comment;
mod customise;
mod demo;
mod explain;
mod gate_all;
mod gate_check;
mod gate_evidence;
mod gate_formats;
mod gate_secrets;
mod generate;
mod generate_asks;
mod generate_many;
mod generate_pins;
mod help;
mod history;
mod history_hostile;
mod history_serving;
mod hooks;
mod patches;
mod previous;
mod promote;
mod registry;
mod rollback;
mod rollout;
mod sandbox;
mod server;
#[path = "../support/mod.rs"]
mod support;
mod templates;
mod validate;
mod verbose;
