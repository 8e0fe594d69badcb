//! A gate asked about evidence that no store holds: what an endpoint measured.

use jiff::Timestamp;

use super::judge::weigh;
use super::surroundings::Reading;
use super::{Surroundings, waivers};
use crate::commands::load::Loaded;
use crate::decision::{Decision, StoreRecord};
use crate::error::Error;
use crate::evidence::Evidence;
use crate::gate::Gate;
use crate::spec::Spec;

/// What is asked, and where its evidence was read.
#[derive(Clone, Copy)]
pub(in crate::commands) struct LiveQuestion<'a> {
    /// The gate.
    pub(in crate::commands) gate: &'a Gate,
    /// The environment, when one was named.
    pub(in crate::commands) environment: Option<&'a str>,
    /// The endpoint, as it may be shown.
    pub(in crate::commands) endpoint: &'a str,
    /// The registry, as it may be shown.
    pub(in crate::commands) registry: &'a str,
    /// When the evidence was read.
    pub(in crate::commands) now: Timestamp,
}

/// Judges evidence, as a check judges what it reads.
pub(in crate::commands) fn judge_live(
    question: LiveQuestion<'_>,
    (loaded, spec): (&Loaded, &Spec),
    evidence: Evidence,
    around: Surroundings<'_>,
) -> Result<Decision, Error> {
    let waivers = waivers::load(question.gate, loaded)?;
    let reading = Reading {
        waivers: waivers.as_ref().map(|waivers| waivers.file.clone()),
        model: spec.model_of(question.environment).name.clone(),
        target: None,
        stores: StoreRecord {
            tracking: question.endpoint.to_owned(),
            registry: question.registry.to_owned(),
        },
        evidence,
    };
    let then = Surroundings {
        now: question.now,
        ..around
    };
    let recording = then.recording(spec, question.gate, question.environment, reading);
    weigh(question.gate, spec, &recording, waivers.as_ref())
}
