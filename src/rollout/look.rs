//! What a look at the endpoint means, phase by phase.
//!
//! The one decision here: traffic that is divided as this rollout did not divide it, and names that
//! stand for other versions, belong to somebody else, and nothing is done about them.

use super::event::{Action, End};
use super::state::{Cause, Phase};
use super::{Rollout, Routes, Seen, Update};

impl Rollout {
    /// What follows from what the endpoint looks like.
    pub(super) fn seen(&mut self, seen: &Seen, now_ms: i64) -> Action {
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
                if !self.state.begins_from(&seen.routes) {
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
        if self.watch.is_blind(&self.limits, now_ms) {
            let reason = "the endpoint is not ready any more";
            return self.go_back(Cause::Update, reason, now_ms);
        }
        Action::Wait
    }

    fn settling(&mut self, seen: &Seen, now_ms: i64) -> Action {
        if let Update::Running { .. } = seen.update {
            if self.watch.is_late(&self.limits, now_ms) {
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
        if self.watch.is_late(&self.limits, now_ms) {
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

    /// Waits for a change that was asked for, as long as it may take.
    pub(super) fn wait_for_update(&mut self, now_ms: i64) -> Action {
        if !self.watch.is_late(&self.limits, now_ms) {
            return Action::Wait;
        }
        let minutes = self.limits.update_ms / 60_000;
        let reason = self.not_taken(&format!("it was not ready within {minutes} min"));
        self.go_back(Cause::Update, &reason, now_ms)
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
