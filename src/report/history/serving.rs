//! What rollouts a version had, as far as its own tags tell.
//!
//! The one decision here: it is what the last rollout to an endpoint came to. What the endpoint
//! serves now, only the endpoint can tell.

use serde::Serialize;

use super::document::time;
use crate::evidence::{ModelVersion, ROLLOUT_TAG};
use crate::rollout::{Direction, Phase, State};

/// The rollout of a version to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServingRecord {
    /// The endpoint.
    pub endpoint: String,
    /// How far it is; `None` for a tag that is not understood.
    pub rollout: Option<RolloutRecord>,
    /// Why the tag is not understood, as a lowercase sentence.
    pub fault: Option<String>,
}

/// How far a rollout is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RolloutRecord {
    /// `raising`, `baking`, `settling`, `finished`, `returning` or `returned`.
    pub phase: Phase,
    /// Since when, in UTC (RFC 3339).
    pub since: Option<String>,
    /// The step that it is at, or ended at, counted from 1.
    pub step: usize,
    /// The shares of the steps, in percent.
    pub steps: Vec<u8>,
    /// The share of the traffic at that step, in percent.
    pub share: u8,
    /// The version that was served before.
    pub from: u64,
    /// Why it goes back, or went.
    pub reason: Option<String>,
    /// `forth` after a promotion; `back` after a rollback, when no gate is asked.
    pub direction: Direction,
}

impl ServingRecord {
    /// The rollouts that the tags of a version tell of, in the order of the endpoints.
    pub(super) fn all(version: &ModelVersion) -> Vec<Self> {
        let tags = version.tags.iter();
        tags.filter_map(|(tag, text)| Some((tag.strip_prefix(ROLLOUT_TAG)?, text)))
            .map(|(endpoint, text)| Self::of(version.number, endpoint, text))
            .collect()
    }

    fn of(number: u64, endpoint: &str, text: &str) -> Self {
        let (rollout, fault) = match State::of(text, endpoint, number) {
            Ok(state) => (Some(RolloutRecord::of(state)), None),
            Err(fault) => (None, Some(fault)),
        };
        Self {
            endpoint: endpoint.to_owned(),
            rollout,
            fault,
        }
    }

    /// The whole of it in one line. Nothing is escaped here.
    pub(super) fn line(&self) -> String {
        let endpoint = &self.endpoint;
        match (&self.rollout, &self.fault) {
            (Some(rollout), _) => format!("{endpoint}: {}", rollout.line()),
            (None, fault) => {
                let fault = fault.as_deref().unwrap_or("nothing is known");
                format!("{endpoint}: the tag of its rollout is not understood: {fault}")
            }
        }
    }
}

impl RolloutRecord {
    fn of(state: State) -> Self {
        Self {
            phase: state.phase,
            since: time(state.since_ms),
            step: state.step.saturating_add(1),
            share: state.share(),
            steps: state.steps,
            from: state.from.version,
            reason: state.because.map(|because| because.reason),
            direction: state.direction,
        }
    }

    fn line(&self) -> String {
        let since = super::row::minute(self.since.as_deref());
        let (step, steps, share, from) = (self.step, self.steps.len(), self.share, self.from);
        let reason = self.reason.as_deref().unwrap_or("no reason is known");
        let at = format!("step {step} of {steps}");
        match self.phase {
            Phase::Raising => {
                format!("{at}, being given {share} % since {since}, beside version {from}")
            }
            Phase::Baking => {
                format!("{at}, {share} % of the traffic since {since}, beside version {from}")
            }
            Phase::Settling => {
                format!("every step passed; taking version {from} off since {since}")
            }
            Phase::Finished => {
                let how = match self.direction {
                    Direction::Forth => "finished",
                    Direction::Back => "finished by a rollback, without a gate,",
                };
                format!("{how} at {since}, in the place of version {from}")
            }
            Phase::Returning => {
                format!("going back to version {from} since {since}, from {at}: {reason}")
            }
            Phase::Returned => {
                format!("returned to version {from} at {since}, from {at}: {reason}")
            }
        }
    }
}
