//! One client for MLflow's REST API, for the reading and the writing door.
//!
//! The one decision here: nothing about the server is trusted but its address. Where the answer
//! takes too long, is too large, points elsewhere, or is not what MLflow sends, there is a
//! failure that says which, and no credential has left for another host.

mod address;
mod attempt;
mod auth;
mod client;
mod databricks;
mod exchange;
mod failure;
mod ini;
mod order;
mod question;
mod session;
mod settings;
mod stream;
mod tls;
mod wire;
mod witness;

pub(crate) use crate::http::excerpt;
pub(crate) use address::Address;
pub(crate) use client::Client;
pub(crate) use databricks::Workspace;
pub(crate) use exchange::{Answer, Fetched};
pub(crate) use failure::Failure;
pub(crate) use order::{NewVersion, Order};
pub(crate) use question::Question;
#[cfg(feature = "object-stores")]
pub(crate) use settings::retries;
pub(crate) use settings::{Settings, milliseconds, seconds, workspace};
pub(crate) use wire::{
    ArtifactsAnswer, Assessment, DatasetInput, HistoryAnswer, LoggedModel, LoggedModelAnswer,
    Metric, ModelMetric, ModelVersion, ModelVersionAnswer, ModelVersionsAnswer, RegisteredModel,
    RegisteredModelAnswer, Run, RunAnswer, RunsAnswer, Tag, Trace, TracesAnswer,
};

/// Reads a text as every kind of answer there is, for the fuzz target: whether any fits.
#[must_use]
pub fn fits_some_answer(text: &str) -> bool {
    wire::fits_some(text)
}
