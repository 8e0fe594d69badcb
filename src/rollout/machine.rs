//! What to do next.
//!
//! The one decision here: traffic is raised in one place, after a verdict that is a pass; every
//! other way out of a step leads back, or stops and leaves the traffic to a person.

use super::event::{Action, Asked, End, Event, Limits};
use super::state::{Because, Cause, FORMAT, Phase, Side, State};
use super::{Routes, Seen, Update};
use crate::gate::Verdict;
use crate::spec::{OnFailure, Steps};

/// A rollout under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollout {
    limits: Limits,
    state: State,
    watch: Watch,
}

/// What need not be remembered: whoever comes after a crash begins each of it afresh.
#[derive(Debug, Clone, PartialEq)]
struct Watch {
    /// When the phase began.
    phase_ms: i64,
    /// When the endpoint was last seen.
    seen_ms: i64,
    /// When its metrics were last read.
    measured_ms: i64,
    /// Whether the endpoint was asked for what the phase wants.
    asked: bool,
}

impl Watch {
    fn new(now_ms: i64) -> Self {
        Self {
            phase_ms: now_ms,
            seen_ms: now_ms,
            measured_ms: now_ms,
            asked: false,
        }
    }
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
        let state = State {
            format: FORMAT.to_owned(),
            endpoint: endpoint.to_owned(),
            from,
            to,
            steps: steps.shares().to_vec(),
            step: 0,
            phase: Phase::Raising,
            since_ms: now_ms,
            before,
            baseline: std::collections::BTreeMap::new(),
            because: None,
        };
        Self::resume(limits, state, now_ms)
    }

    /// A rollout that somebody began, and did not finish. A step that was under way lasts its whole
    /// time again: what was measured of it is gone.
    #[must_use]
    pub fn resume(limits: Limits, state: State, now_ms: i64) -> Self {
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
        let baked = now_ms.saturating_sub(self.watch.phase_ms);
        self.limits.bake_ms.saturating_sub(baked).max(0)
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
            Event::Forgotten if self.state.phase == Phase::Settling => Action::Look,
            Event::Forgotten => {
                let reason = "the registry, where the rollout is remembered, is out of reach";
                self.go_back(Cause::Contact, reason, now_ms)
            }
            Event::Abort => self.go_back(Cause::Abort, "a person asked for it", now_ms),
        }
    }

    fn over(&self) -> Action {
        Action::End(match self.state.phase {
            Phase::Finished => End::Finished { retired: true },
            _ => End::Returned,
        })
    }

    fn seen(&mut self, seen: &Seen, now_ms: i64) -> Action {
        if let Some(conflict) = self.replaced(seen) {
            return Action::End(End::Conflict(conflict));
        }
        match self.state.phase {
            Phase::Raising => self.raising(seen, now_ms),
            Phase::Baking => self.baking(seen, now_ms),
            Phase::Settling => self.settling(seen, now_ms),
            Phase::Returning => self.returning(seen, now_ms),
            Phase::Finished | Phase::Returned => self.over(),
        }
    }

    /// Says when one of our names stands for another version than ours.
    fn replaced(&self, seen: &Seen) -> Option<String> {
        [&self.state.from, &self.state.to]
            .into_iter()
            .find_map(|side| {
                let found = seen.versions.get(&side.route)?;
                (*found != side.version).then(|| {
                    format!(
                        "`{}` is version {found} now, and was version {}",
                        side.route, side.version
                    )
                })
            })
    }

    fn raising(&mut self, seen: &Seen, now_ms: i64) -> Action {
        let target = self.state.target();
        match &seen.update {
            Update::Running { towards } => match towards {
                Some(towards) if !towards.is_same(&target) => other_change(towards),
                _ => self.wait_for_update(now_ms),
            },
            Update::Failed if self.watch.asked => {
                self.go_back(Cause::Update, &self.not_taken("its update failed"), now_ms)
            }
            Update::None | Update::Failed => {
                if seen.routes.is_same(&target) {
                    if seen.ready {
                        return self.enter(Phase::Baking, now_ms);
                    }
                    return self.wait_for_update(now_ms);
                }
                if !seen.routes.is_same(&self.state.previous()) {
                    return other_traffic(&seen.routes);
                }
                if self.watch.asked {
                    return self.wait_for_update(now_ms);
                }
                self.watch.asked = true;
                Action::Set(target)
            }
        }
    }

    fn baking(&mut self, seen: &Seen, now_ms: i64) -> Action {
        if let Update::Running { .. } = seen.update {
            let what = "somebody else is changing the endpoint";
            return Action::End(End::Conflict(what.to_owned()));
        }
        if !seen.routes.is_same(&self.state.target()) {
            return other_traffic(&seen.routes);
        }
        if !seen.ready {
            return self.baking_blind(now_ms);
        }
        if self.limits.gated {
            return Action::Measure;
        }
        if self.left_ms(now_ms) > 0 {
            return Action::Wait;
        }
        self.advance(now_ms)
    }

    /// The endpoint answers, and what it serves does not.
    fn baking_blind(&mut self, now_ms: i64) -> Action {
        if now_ms.saturating_sub(self.watch.phase_ms.max(self.watch.measured_ms))
            > self.limits.contact_ms
        {
            let reason = "the endpoint is not ready any more";
            return self.go_back(Cause::Update, reason, now_ms);
        }
        Action::Wait
    }

    fn settling(&mut self, seen: &Seen, now_ms: i64) -> Action {
        if let Update::Running { .. } = seen.update {
            if self.is_late(now_ms) {
                return self.finish(false);
            }
            return Action::Wait;
        }
        if !seen.routes.is_same(&self.state.settled()) {
            return other_traffic(&seen.routes);
        }
        if !seen.routes.has(&self.state.from.route) {
            return self.finish(true);
        }
        if self.watch.asked {
            return self.finish(false);
        }
        self.watch.asked = true;
        Action::Set(self.state.settled())
    }

    fn returning(&mut self, seen: &Seen, now_ms: i64) -> Action {
        if self.is_late(now_ms) {
            return Action::End(End::Lost);
        }
        if let Update::Running { .. } = seen.update {
            return Action::Wait;
        }
        let before = self.state.before.clone();
        let new = &self.state.to.route;
        let is_clean = before.has(new) || !seen.routes.has(new);
        if seen.routes.is_same(&before) && (is_clean || self.watch.asked) {
            self.state.phase = Phase::Returned;
            return Action::End(End::Returned);
        }
        if !seen.routes.is_same(&before) && !self.state.is_ours(&seen.routes) {
            return other_traffic(&seen.routes);
        }
        self.watch.asked = !self.watch.asked;
        if self.watch.asked {
            Action::Set(before)
        } else {
            Action::Wait
        }
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
                    Phase::Returning if self.is_late(now_ms) => Action::End(End::Lost),
                    Phase::Settling if self.is_late(now_ms) => self.finish(false),
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
        } else if now_ms.saturating_sub(self.watch.measured_ms) > self.limits.contact_ms {
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
    fn advance(&mut self, now_ms: i64) -> Action {
        if self.state.step + 1 < self.state.steps.len() {
            self.state.step += 1;
            return self.enter(Phase::Raising, now_ms);
        }
        self.enter(Phase::Settling, now_ms)
    }

    fn go_back(&mut self, cause: Cause, reason: &str, now_ms: i64) -> Action {
        if self.state.phase != Phase::Returning {
            self.state.because = Some(Because::new(cause, reason));
        }
        self.enter(Phase::Returning, now_ms)
    }

    fn enter(&mut self, phase: Phase, now_ms: i64) -> Action {
        self.state.phase = phase;
        self.state.since_ms = now_ms;
        self.watch = Watch {
            seen_ms: self.watch.seen_ms,
            ..Watch::new(now_ms)
        };
        Action::Look
    }

    fn finish(&mut self, retired: bool) -> Action {
        self.state.phase = Phase::Finished;
        Action::End(End::Finished { retired })
    }

    fn wait_for_update(&mut self, now_ms: i64) -> Action {
        if !self.is_late(now_ms) {
            return Action::Wait;
        }
        let minutes = self.limits.update_ms / 60_000;
        let reason = self.not_taken(&format!("it was not ready within {minutes} min"));
        self.go_back(Cause::Update, &reason, now_ms)
    }

    fn is_late(&self, now_ms: i64) -> bool {
        now_ms.saturating_sub(self.watch.phase_ms) > self.limits.update_ms
    }

    fn not_taken(&self, why: &str) -> String {
        let to = self.state.to.version;
        format!("the endpoint did not take version {to}: {why}")
    }
}

fn other_traffic(routes: &Routes) -> Action {
    Action::End(End::Conflict(format!(
        "the traffic is divided as nobody here set it: {routes}"
    )))
}

fn other_change(towards: &Routes) -> Action {
    Action::End(End::Conflict(format!(
        "somebody else is changing the endpoint, to: {towards}"
    )))
}
