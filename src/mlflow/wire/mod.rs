//! The answers, spelt as MLflow spells them.
//!
//! The one decision here: what is essential has no default. An answer without it is malformed, so
//! that a server's `{}` can never pass for "nothing there". Where `{}` is MLflow's own way to say
//! "none" (lists are left out when they are empty), the list has a default, and whoever asked has to
//! know by other means that the question was understood. Unknown fields are ignored; MLflow adds
//! some with every release. A field that comes twice is an error.

mod artifacts;
mod logged_model;
mod number;
mod registry;
mod run;
mod trace;

pub(crate) use artifacts::ArtifactsAnswer;
pub(crate) use logged_model::{LoggedModel, LoggedModelAnswer, ModelMetric};
pub(crate) use number::{Double, Integer};
pub(crate) use registry::{
    ModelVersion, ModelVersionAnswer, ModelVersionsAnswer, RegisteredModel, RegisteredModelAnswer,
};
pub(crate) use run::{DatasetInput, HistoryAnswer, Metric, Run, RunAnswer, RunsAnswer, Tag};
pub(crate) use trace::{Assessment, Trace, TracesAnswer};

/// An error of MLflow.
#[derive(Debug, serde::Deserialize)]
pub(super) struct ErrorAnswer {
    pub(super) error_code: String,
    #[serde(default)]
    pub(super) message: String,
}

/// Whether a text is any kind of answer.
pub(super) fn fits_some(text: &str) -> bool {
    fn fits<T: serde::de::DeserializeOwned>(text: &str) -> bool {
        serde_json::from_str::<T>(text).is_ok()
    }
    fits::<ErrorAnswer>(text)
        || fits::<ModelVersionAnswer>(text)
        || fits::<ModelVersionsAnswer>(text)
        || fits::<RegisteredModelAnswer>(text)
        || fits::<RunAnswer>(text)
        || fits::<RunsAnswer>(text)
        || fits::<HistoryAnswer>(text)
        || fits::<LoggedModelAnswer>(text)
        || fits::<TracesAnswer>(text)
        || fits::<ArtifactsAnswer>(text)
}
