//! What to do next.
//!
//! The one decision here: traffic is raised in one place, after a verdict that is a pass; every
//! other way out of a step leads back, or stops and leaves the traffic to a person. Only after a
//! rollback all of it goes at once to what was good before, and nothing but a person leads back
//! from there.

use super::Routes;
use super::event::{Action, Asked, End, Event, Limits};
use super::state::{Because, Cause, Direction, Phase, Side, State};
use super::watch::Watch;
use crate::gate::Verdict;
use crate::spec::{OnFailure, Steps};

/// A rollout under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollout {
    pub(super) limits: Limits,
    pub(super) state: State,
    pub(super) watch: Watch,
}

impl Rollout {
    /// A rollout that begins now.
    #[must_use]
    pub fn begin(
        limits: Limits,
        endpoint: &str,
        (from, to): (Side, Side),
        before: Routes,
        steps: &Steps,
        now_ms: i64,
    ) -> Self {
        let state = State::new(
            endpoint,
            (from, to),
            before,
            steps.shares().to_vec(),
            now_ms,
        );
        Self::resume(limits, state, now_ms)
    }

    /// The rollout of a version that somebody rolled back to, from now on: one step, all of the
    /// traffic, no gate.
    #[must_use]
    pub fn begin_back(
        limits: Limits,
        endpoint: &str,
        (from, to): (Side, Side),
        before: Routes,
        now_ms: i64,
    ) -> Self {
        let state = State::new(endpoint, (from, to), before, vec![100], now_ms);
        Self::resume(limits, state.at_once(now_ms), now_ms)
    }

    /// A rollout that somebody began, and did not finish. A step that was under way lasts its whole
    /// time again: what was measured of it is gone.
    #[must_use]
    pub fn resume(limits: Limits, state: State, now_ms: i64) -> Self {
        let limits = match state.direction {
            Direction::Forth => limits,
            Direction::Back => Limits {
                bake_ms: 0,
                gated: false,
                ..limits
            },
        };
        Self {
            limits,
            state,
            watch: Watch::new(now_ms),
        }
    }

    /// What has to be written down before the next action.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Remembers what the gate's metrics were for the old version.
    pub fn remember(&mut self, baseline: std::collections::BTreeMap<String, f64>) {
        self.state.baseline = baseline;
    }

    /// What is left of the present step, in milliseconds.
    #[must_use]
    pub fn left_ms(&self, now_ms: i64) -> i64 {
        self.watch.left_ms(&self.limits, now_ms)
    }

    /// When the present phase began, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn phase_ms(&self) -> i64 {
        self.watch.phase_ms
    }

    /// What to do after an event.
    pub fn on(&mut self, event: Event, now_ms: i64) -> Action {
        if self.state.phase.is_over() {
            return self.over();
        }
        match event {
            Event::Seen(seen) => {
                self.watch.seen_ms = now_ms;
                self.seen(&seen, now_ms)
            }
            Event::Unseen => self.unseen(now_ms),
            Event::Asked(asked) => self.asked(asked, now_ms),
            Event::Measured => self.measured(true, now_ms),
            Event::Unmeasured => self.measured(false, now_ms),
            Event::Judged(verdict) => self.judged(verdict, now_ms),
            Event::Forgotten
                if self.state.phase == Phase::Settling
                    || self.state.direction == Direction::Back =>
            {
                Action::Look
            }
            Event::Forgotten => {
                let reason = "the registry, where the rollout is remembered, is out of reach";
                self.go_back(Cause::Contact, reason, now_ms)
            }
            Event::Abort => self.go_back(Cause::Abort, "a person asked for it", now_ms),
            Event::RolledBack => self.go_back(Cause::Rollback, "it was rolled back", now_ms),
        }
    }

    /// What there is to do when nothing is.
    pub(super) fn over(&self) -> Action {
        Action::End(match self.state.phase {
            Phase::Finished => End::Finished { retired: true },
            _ => End::Returned,
        })
    }

    fn unseen(&mut self, now_ms: i64) -> Action {
        let begun = self.watch.seen_ms.max(match self.state.phase {
            Phase::Returning => self.watch.phase_ms,
            _ => i64::MIN,
        });
        if now_ms.saturating_sub(begun) <= self.limits.contact_ms {
            return Action::Wait;
        }
        match self.state.phase {
            Phase::Settling => self.finish(false),
            Phase::Returning => Action::End(End::Lost),
            _ => self.go_back(Cause::Contact, "the endpoint is out of reach", now_ms),
        }
    }

    fn asked(&mut self, asked: Asked, now_ms: i64) -> Action {
        match (asked, self.state.phase) {
            (Asked::Accepted, _) => Action::Look,
            (Asked::Refused(_), Phase::Settling) => self.finish(false),
            (Asked::Refused(reason), Phase::Raising) => {
                self.go_back(Cause::Update, &self.not_taken(&reason), now_ms)
            }
            (Asked::Unknown, _) => {
                self.watch.asked = false;
                self.unseen(now_ms)
            }
            (Asked::Busy | Asked::Refused(_), phase) => {
                self.watch.asked = false;
                match phase {
                    Phase::Returning if self.watch.is_late(&self.limits, now_ms) => {
                        Action::End(End::Lost)
                    }
                    Phase::Settling if self.watch.is_late(&self.limits, now_ms) => {
                        self.finish(false)
                    }
                    Phase::Raising => self.wait_for_update(now_ms),
                    _ => Action::Wait,
                }
            }
        }
    }

    fn measured(&mut self, is_read: bool, now_ms: i64) -> Action {
        if self.state.phase != Phase::Baking {
            return Action::Look;
        }
        if is_read {
            self.watch.measured_ms = now_ms;
        } else if self.watch.is_blind(&self.limits, now_ms) {
            let reason = "the endpoint's metrics are out of reach";
            return self.go_back(Cause::Contact, reason, now_ms);
        }
        if is_read && self.left_ms(now_ms) == 0 {
            return Action::Judge;
        }
        Action::Wait
    }

    fn judged(&mut self, verdict: Verdict, now_ms: i64) -> Action {
        if self.state.phase != Phase::Baking || !self.limits.gated || self.left_ms(now_ms) > 0 {
            return Action::Look;
        }
        match (verdict, self.limits.on_failure) {
            (Verdict::Pass, _) => self.advance(now_ms),
            (Verdict::Blocked, OnFailure::Rollback) => {
                let reason = format!("the gate blocked at {} %", self.state.share());
                self.go_back(Cause::Gate, &reason, now_ms)
            }
            (Verdict::Blocked | Verdict::Hold, _) => Action::End(End::Held(verdict)),
        }
    }

    /// The step passed: the only way to the next one.
    pub(super) fn advance(&mut self, now_ms: i64) -> Action {
        if self.state.step + 1 < self.state.steps.len() {
            self.state.step += 1;
            return self.enter(Phase::Raising, now_ms);
        }
        self.enter(Phase::Settling, now_ms)
    }

    /// Gives the traffic back. After a rollback that is for a person alone: where the traffic was
    /// is what somebody wanted to get away from.
    pub(super) fn go_back(&mut self, cause: Cause, reason: &str, now_ms: i64) -> Action {
        let is_wanted = matches!(cause, Cause::Abort | Cause::Rollback);
        if self.state.phase != Phase::Returning {
            let because = Because::new(cause, reason);
            if self.state.direction == Direction::Back && !is_wanted {
                return Action::End(End::Stopped(because));
            }
            self.state.because = Some(because);
        }
        self.enter(Phase::Returning, now_ms)
    }

    pub(super) fn enter(&mut self, phase: Phase, now_ms: i64) -> Action {
        self.state.phase = phase;
        self.state.since_ms = now_ms;
        self.watch = self.watch.next(now_ms);
        Action::Look
    }

    pub(super) fn finish(&mut self, retired: bool) -> Action {
        self.state.phase = Phase::Finished;
        Action::End(End::Finished { retired })
    }

    pub(super) fn not_taken(&self, why: &str) -> String {
        let to = self.state.to.version;
        format!("the endpoint did not take version {to}: {why}")
    }
}
