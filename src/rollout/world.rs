//! A world for the laws: an endpoint, the person at its page, the gate, and everything that can go
//! wrong.

use std::collections::BTreeSet;

use super::*;
use crate::gate::Verdict;
use crate::spec::{OnFailure, Steps};

/// How long is waited for what.
pub(super) const LIMITS: Limits = Limits {
    bake_ms: 10_000,
    contact_ms: 20_000,
    update_ms: 60_000,
    gated: true,
    on_failure: OnFailure::Rollback,
};

/// A version, and its name behind the endpoint.
pub(super) fn side(version: u64) -> Side {
    Side {
        version,
        route: format!("fare-{version}"),
    }
}

/// How the traffic is divided in the beginning.
pub(super) fn before() -> Routes {
    [("fare-6", 100), ("other-1", 0)].into_iter().collect()
}

/// A rollout from version 6 to version 7.
pub(super) fn begun(limits: Limits, shares: &[u8]) -> Rollout {
    let steps = Steps::new(shares.to_vec()).unwrap();
    Rollout::begin(limits, "fare", (side(6), side(7)), before(), &steps, 0)
}

/// An endpoint, the person at its page, the gate, and everything that can go wrong.
pub(super) struct World {
    pub(super) routes: Routes,
    /// A change under way, how many looks it takes, and whether it will succeed.
    pub(super) change: Option<(Routes, u8, bool)>,
    pub(super) failed: bool,
    /// What happens, draw by draw; nothing more when it is used up.
    pub(super) fate: Vec<u8>,
    pub(super) now_ms: i64,
    pub(super) passed: BTreeSet<usize>,
    pub(super) was_out_of_reach: bool,
    pub(super) was_taken: bool,
    pub(super) judgements: usize,
    pub(super) raised: Vec<u8>,
}

impl World {
    fn draw(&mut self) -> u8 {
        self.fate.pop().unwrap_or(u8::MAX)
    }

    fn look(&mut self) -> Event {
        self.now_ms += 100;
        match self.draw() {
            0..20 => {
                self.was_out_of_reach = true;
                self.now_ms += 9_000;
                return Event::Unseen;
            }
            20..23 => {
                self.was_taken = true;
                self.change = None;
                self.routes = [("fare-6", 61), ("fare-7", 39)].into_iter().collect();
            }
            _ => {}
        }
        if let Some((routes, looks, succeeds)) = self.change.take() {
            if looks > 0 {
                let update = Update::Running {
                    towards: Some(routes.clone()),
                };
                self.change = Some((routes, looks - 1, succeeds));
                return Event::Seen(self.seen(update));
            }
            self.failed = !succeeds;
            if succeeds {
                self.routes = routes;
            }
        }
        let update = if self.failed {
            Update::Failed
        } else {
            Update::None
        };
        Event::Seen(self.seen(update))
    }

    pub(super) fn seen(&self, update: Update) -> Seen {
        let versions = [side(6), side(7)].into_iter();
        let deployed = versions.filter(|side| self.routes.has(&side.route));
        Seen {
            routes: self.routes.clone(),
            versions: deployed.map(|side| (side.route, side.version)).collect(),
            update,
            ready: true,
        }
    }

    fn set(&mut self, wanted: &Routes) -> Event {
        assert!(!self.was_taken, "the traffic of somebody else was changed");
        if self.change.is_some() {
            return Event::Asked(Asked::Busy);
        }
        let share = wanted.share("fare-7");
        self.raised.push(share);
        let (looks, fate) = (self.draw() % 4, self.draw());
        let asked = match fate {
            0..15 => return Event::Asked(Asked::Refused("no".to_owned())),
            15..25 => return Event::Asked(Asked::Busy),
            // Contact was lost, and the change is under way all the same.
            25..40 => Asked::Unknown,
            _ => Asked::Accepted,
        };
        self.change = Some((wanted.clone(), looks, !(40..50).contains(&fate)));
        Event::Asked(asked)
    }

    fn perform(&mut self, action: &Action, step: usize) -> Event {
        self.judgements += usize::from(matches!(action, Action::Measure | Action::Judge));
        match action {
            Action::Look | Action::End(_) => self.look(),
            Action::Wait => {
                self.now_ms += 2_000;
                self.look()
            }
            Action::Set(routes) => self.set(routes),
            Action::Measure => match self.draw() {
                0..30 => {
                    self.was_out_of_reach = true;
                    self.now_ms += 9_000;
                    Event::Unmeasured
                }
                _ => Event::Measured,
            },
            Action::Judge => {
                let verdict = match self.draw() {
                    0..30 => Verdict::Blocked,
                    30..45 => Verdict::Hold,
                    _ => Verdict::Pass,
                };
                if verdict == Verdict::Pass {
                    self.passed.insert(step);
                }
                Event::Judged(verdict)
            }
        }
    }

    /// Drives a rollout as the command does, and lets it die and be run again as fate wills.
    pub(super) fn drive(&mut self, limits: Limits, mut rollout: Rollout) -> (End, State) {
        let mut action = Action::Look;
        for _ in 0..5_000 {
            let written = rollout.state().text();
            if let Action::End(end) = &action {
                return (end.clone(), rollout.state().clone());
            }
            let dies = self.draw();
            if dies >= 10 {
                let event = self.perform(&action, rollout.state().step);
                if dies >= 20 {
                    action = rollout.on(event, self.now_ms);
                    continue;
                }
            }
            rollout = Rollout::resume(limits, State::read(&written).unwrap(), self.now_ms);
            action = Action::Look;
        }
        panic!("no end after 5000 actions: {:?}", rollout.state());
    }

    /// The same from the beginning.
    pub(super) fn drive_forth(&mut self, limits: Limits, shares: &[u8]) -> (End, State) {
        self.drive(limits, begun(limits, shares))
    }
}

/// A world in which this happens, the last first.
pub(super) fn world(fate: Vec<u8>) -> World {
    World {
        routes: before(),
        change: None,
        failed: false,
        fate,
        now_ms: 0,
        passed: BTreeSet::new(),
        was_out_of_reach: false,
        was_taken: false,
        judgements: 0,
        raised: Vec::new(),
    }
}
