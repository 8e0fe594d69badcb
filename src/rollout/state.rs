//! What is remembered of a rollout.
//!
//! The one decision here: it is small, one line of JSON, and kept as a tag of the version that is
//! rolled out, where the registry's own pages show it and where the next process finds it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Routes;
use crate::evidence::ROLLOUT_TAG;

/// The form of a state.
pub const FORMAT: &str = "gatewright-rollout/1";

/// The most characters of a reason that are kept.
const LONGEST_REASON: usize = 300;

/// How far a rollout is, written down before anything is done about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The form of this value: [`FORMAT`].
    pub format: String,
    /// The endpoint.
    pub endpoint: String,
    /// What it served.
    pub from: Side,
    /// What it is to serve.
    pub to: Side,
    /// The shares of the new version in percent, as the spec had them in the beginning.
    pub steps: Vec<u8>,
    /// The step that it is at, counted from 0.
    pub step: usize,
    /// What is being done.
    pub phase: Phase,
    /// Since when, in milliseconds since the Unix epoch.
    pub since_ms: i64,
    /// How the traffic was divided before.
    pub before: Routes,
    /// What the gate's metrics were for the old version when it last got traffic.
    pub baseline: BTreeMap<String, f64>,
    /// Why it goes back, or went.
    pub because: Option<Because>,
    /// What made the version live.
    #[serde(default, skip_serializing_if = "Direction::is_forth")]
    pub direction: Direction,
}

/// What made the version live that gets the traffic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// A promotion: every step has to pass its gate.
    #[default]
    Forth,
    /// A rollback: it gets everything at once, and no gate is asked.
    Back,
}

impl Direction {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands a field on like this"
    )]
    fn is_forth(&self) -> bool {
        *self == Self::Forth
    }
}

/// A version, and what it is called behind the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// The number of the model version.
    pub version: u64,
    /// Its name behind the endpoint.
    pub route: String,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The traffic is set to the share of the step.
    Raising,
    /// The step lasts.
    Baking,
    /// Every gate passed: what is not served any more is taken off the endpoint.
    Settling,
    /// Done: the new version gets everything.
    Finished,
    /// The traffic goes back.
    Returning,
    /// Done: the traffic is as it was before.
    Returned,
}

impl Phase {
    /// Whether nothing more is to be done.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Returned)
    }
}

/// Why the traffic goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// The kind of reason.
    pub cause: Cause,
    /// The reason, as a sentence without a full stop.
    pub reason: String,
}

/// The kinds of reason to go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The gate of a step said no.
    Gate,
    /// The endpoint did not take the new version.
    Update,
    /// The endpoint or its metrics could not be read for too long.
    Contact,
    /// A person wanted it.
    Abort,
    /// Somebody rolled back to another version.
    Rollback,
}

impl Because {
    /// A reason, cut to what a tag can hold.
    #[must_use]
    pub fn new(cause: Cause, reason: &str) -> Self {
        let mut short: String = reason.chars().take(LONGEST_REASON).collect();
        if short.len() < reason.len() {
            short.push('…');
        }
        Self {
            cause,
            reason: short,
        }
    }
}

impl State {
    /// A rollout that begins at this moment, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn new(
        endpoint: &str,
        (from, to): (Side, Side),
        before: Routes,
        steps: Vec<u8>,
        now_ms: i64,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            endpoint: endpoint.to_owned(),
            from,
            to,
            steps,
            step: 0,
            phase: Phase::Raising,
            since_ms: now_ms,
            before,
            baseline: BTreeMap::new(),
            because: None,
            direction: Direction::Forth,
        }
    }

    /// The same rollout once somebody rolled back to its version: wherever it is, it goes to its
    /// last step, and needs no gate for that.
    #[must_use]
    pub fn at_once(mut self, now_ms: i64) -> Self {
        self.direction = Direction::Back;
        self.since_ms = now_ms;
        self.because = None;
        if self.phase != Phase::Settling {
            self.step = self.steps.len().saturating_sub(1);
            self.phase = Phase::Raising;
        }
        self
    }

    /// The name of the tag that holds the state of a rollout on this endpoint.
    #[must_use]
    pub fn tag(endpoint: &str) -> String {
        format!("{ROLLOUT_TAG}{endpoint}")
    }

    /// The state as it is written: JSON on one line.
    #[must_use]
    pub fn text(&self) -> String {
        // Keys are text and numbers are finite: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a state back.
    ///
    /// # Errors
    /// What is wrong with it: what is not understood is not continued.
    pub fn read(text: &str) -> Result<Self, String> {
        let state: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let wrong = if state.format != FORMAT {
            Some(format!("it is of another form, `{}`", state.format))
        } else if crate::spec::Steps::new(state.steps.clone()).is_none() {
            Some("its steps do not rise to 100".to_owned())
        } else if state.step >= state.steps.len() {
            Some("it is at a step that there is not".to_owned())
        } else if state.from.route == state.to.route {
            Some("it goes from a version to itself".to_owned())
        } else {
            None
        };
        wrong.map_or(Ok(state), Err)
    }

    /// Reads the state of the rollout of a version to an endpoint back. MLflow copies the tags of a
    /// version with it.
    ///
    /// # Errors
    /// As [`State::read`], and when it is about another rollout.
    pub fn of(text: &str, endpoint: &str, version: u64) -> Result<Self, String> {
        let state = Self::read(text)?;
        let is_its_own = state.to.version == version && state.endpoint == endpoint;
        is_its_own.then_some(state).ok_or_else(|| {
            "it is about another version or endpoint, and was copied here".to_owned()
        })
    }

    /// The share of the new version at the present step, in percent.
    #[must_use]
    pub fn share(&self) -> u8 {
        self.share_at(self.step)
    }

    /// How the traffic is divided at the present step.
    #[must_use]
    pub fn target(&self) -> Routes {
        self.routes_at(self.step)
    }

    /// How it was divided before the present step.
    #[must_use]
    pub fn previous(&self) -> Routes {
        match self.step.checked_sub(1) {
            None => self.before.clone(),
            Some(step) => self.routes_at(step),
        }
    }

    /// Whether the present step begins from traffic that is divided like this.
    #[must_use]
    pub fn begins_from(&self, routes: &Routes) -> bool {
        match self.direction {
            Direction::Forth => self.previous().is_same(routes),
            // Wherever an earlier rollout of the version stopped.
            Direction::Back => self.before.is_same(routes) || self.is_ours(routes),
        }
    }

    /// How it is divided in the end: the old version is gone.
    #[must_use]
    pub fn settled(&self) -> Routes {
        let others = self
            .before
            .iter()
            .filter(|(name, _)| *name != self.from.route);
        let routes: Routes = others.collect();
        routes.with(&self.to.route, 100)
    }

    /// Whether the traffic is divided as this rollout divided it at the present step or an earlier
    /// one.
    #[must_use]
    pub fn is_ours(&self, routes: &Routes) -> bool {
        (0..=self.step).any(|step| self.routes_at(step).is_same(routes))
            || self.settled().is_same(routes)
    }

    fn share_at(&self, step: usize) -> u8 {
        self.steps.get(step).copied().unwrap_or(100)
    }

    fn routes_at(&self, step: usize) -> Routes {
        let share = self.share_at(step);
        let old = 100_u8.saturating_sub(share);
        self.before
            .clone()
            .with(&self.from.route, old)
            .with(&self.to.route, share)
    }
}
