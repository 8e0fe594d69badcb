//! One client for MLflow's REST API, for the reading and the writing door.
//!
//! The one decision here: nothing about the server is trusted but its address. Where the answer
//! takes too long, is too large, points elsewhere, or is not what MLflow sends, there is a
//! failure that says which, and no credential has left for another host.

mod address;
mod auth;
mod exchange;
mod failure;
mod http;
mod settings;
mod wire;

pub(crate) use address::Address;
pub(crate) use exchange::{Answer, Question};
pub(crate) use failure::Failure;
pub(crate) use http::Client;
pub(crate) use settings::{Settings, seconds, workspace};
pub(crate) use wire::{ModelVersion, ModelVersionAnswer, RegisteredModelAnswer, RunAnswer};
