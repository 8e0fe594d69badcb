//! What holds for every rollout, whatever happens to it: a world that fails, forgets and changes
//! its mind, and a process that dies at any moment.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::gate::Verdict;
use crate::spec::{OnFailure, Steps};

const LIMITS: Limits = Limits {
    bake_ms: 10_000,
    contact_ms: 20_000,
    update_ms: 60_000,
    gated: true,
    on_failure: OnFailure::Rollback,
};

fn side(version: u64) -> Side {
    Side {
        version,
        route: format!("fare-{version}"),
    }
}

fn before() -> Routes {
    [("fare-6", 100), ("other-1", 0)].into_iter().collect()
}

fn begun(limits: Limits, shares: &[u8]) -> Rollout {
    let steps = Steps::new(shares.to_vec()).unwrap();
    Rollout::begin(limits, "fare", (side(6), side(7)), before(), &steps, 0)
}

/// An endpoint, the person at its page, the gate, and everything that can go wrong.
struct World {
    routes: Routes,
    /// A change under way, how many looks it takes, and whether it will succeed.
    change: Option<(Routes, u8, bool)>,
    failed: bool,
    /// What happens, draw by draw; nothing more when it is used up.
    fate: Vec<u8>,
    now_ms: i64,
    passed: BTreeSet<usize>,
    was_out_of_reach: bool,
    was_taken: bool,
    raised: Vec<u8>,
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

    fn seen(&self, update: Update) -> Seen {
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
    fn drive(&mut self, limits: Limits, shares: &[u8]) -> (End, State) {
        let mut rollout = begun(limits, shares);
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
}

fn world(fate: Vec<u8>) -> World {
    World {
        routes: before(),
        change: None,
        failed: false,
        fate,
        now_ms: 0,
        passed: BTreeSet::new(),
        was_out_of_reach: false,
        was_taken: false,
        raised: Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn it_ends_with_everything_or_as_it_was_or_says_why_not(
        fate in proptest::collection::vec(any::<u8>(), 0..400),
        shares in prop_oneof![
            Just(vec![100]), Just(vec![5, 25, 100]), Just(vec![1, 2, 3, 50, 100]),
        ],
        holds in any::<bool>(),
    ) {
        let on_failure = if holds { OnFailure::Hold } else { OnFailure::Rollback };
        let mut world = world(fate);
        let (end, state) = world.drive(Limits { on_failure, ..LIMITS }, &shares);
        // Whatever happened: no share that was asked for lacks a pass of every step before it.
        for raised in &world.raised {
            let missing = shares.iter().position(|share| share >= raised).unwrap_or(0);
            prop_assert!((0..missing).all(|step| world.passed.contains(&step)), "{raised}");
        }
        match end {
            End::Finished { .. } => {
                prop_assert_eq!(world.routes.only(), Some("fare-7"));
                prop_assert_eq!(world.passed.len(), shares.len());
            }
            End::Returned => {
                prop_assert!(world.routes.is_same(&before()));
                prop_assert!(state.because.is_some());
            }
            End::Held(verdict) => {
                prop_assert!(verdict != Verdict::Pass);
                prop_assert!(world.routes.is_same(&state.target()));
                prop_assert!(verdict == Verdict::Hold || holds);
            }
            End::Conflict(found) => prop_assert!(world.was_taken || world.failed, "{found}"),
            End::Lost => prop_assert!(world.was_out_of_reach || world.change.is_some() || !world.fate.is_empty()),
        }
    }

    #[test]
    fn no_order_of_events_raises_traffic_without_a_pass(
        events in proptest::collection::vec((event(), 0_i64..15_000), 0..80),
    ) {
        let mut rollout = begun(LIMITS, &[5, 25, 100]);
        let (mut now_ms, mut passes) = (0, 0);
        for (event, later) in events {
            now_ms += later;
            let step = rollout.state().step;
            let passes_now = event == Event::Judged(Verdict::Pass);
            let action = rollout.on(event, now_ms);
            passes += usize::from(passes_now);
            let state = rollout.state();
            prop_assert!(state.step == step || passes_now && state.step == step + 1);
            prop_assert!(state.step <= passes);
            if let Action::Set(routes) = action {
                prop_assert!(routes.share("fare-7") <= state.share());
            }
        }
    }
}

fn event() -> impl Strategy<Value = Event> {
    let shares = prop_oneof![Just(0_u8), Just(5), Just(25), Just(39), Just(100)];
    let seen = (shares, 0..4_u8, any::<bool>()).prop_map(|(share, update, ready)| {
        let routes = before().with("fare-6", 100 - share).with("fare-7", share);
        let update = match update {
            0 => Update::Running { towards: None },
            1 => Update::Failed,
            _ => Update::None,
        };
        Event::Seen(Seen {
            routes,
            update,
            ready,
            ..Seen::default()
        })
    });
    prop_oneof![
        6 => seen,
        1 => Just(Event::Unseen),
        1 => Just(Event::Asked(Asked::Accepted)),
        1 => Just(Event::Asked(Asked::Busy)),
        1 => Just(Event::Asked(Asked::Unknown)),
        2 => Just(Event::Measured),
        1 => Just(Event::Unmeasured),
        3 => Just(Event::Judged(Verdict::Pass)),
        1 => Just(Event::Judged(Verdict::Blocked)),
        1 => Just(Event::Judged(Verdict::Hold)),
        1 => Just(Event::Forgotten),
    ]
}

#[test]
fn an_undisturbed_rollout_goes_through_its_steps() {
    let mut world = world(Vec::new());
    let (end, state) = world.drive(LIMITS, &[5, 25, 100]);
    assert_eq!(end, End::Finished { retired: true });
    assert_eq!(state.phase, Phase::Finished);
    assert_eq!(world.raised, [5, 25, 100, 100]);
    assert!(world.now_ms >= 3 * LIMITS.bake_ms);
    assert!(!world.routes.has("fare-6") && world.routes.has("other-1"));
}

#[test]
fn a_state_that_makes_no_sense_is_not_read() {
    let rollout = begun(LIMITS, &[5, 25, 100]);
    let text = rollout.state().text();
    assert_eq!(State::read(&text).unwrap(), *rollout.state());
    for (old, new) in [
        ("rollout/1", "rollout/2"),
        ("\"step\":0", "\"step\":3"),
        ("[5,25,100]", "[5,25]"),
        ("\"route\":\"fare-7\"", "\"route\":\"fare-6\""),
        ("raising", "flying"),
        ("\"step\"", "\"stride\""),
    ] {
        let changed = text.replacen(old, new, 1);
        assert_ne!(changed, text, "{old}");
        assert!(State::read(&changed).is_err(), "{new}");
    }
}

#[test]
fn a_name_that_stands_for_another_version_now_is_a_conflict() {
    let mut rollout = begun(LIMITS, &[5, 100]);
    let mut seen = world(Vec::new()).seen(Update::None);
    seen.versions.insert("fare-6".to_owned(), 9);
    let Action::End(End::Conflict(found)) = rollout.on(Event::Seen(seen), 0) else {
        panic!("it went on");
    };
    assert_eq!(found, "`fare-6` is version 9 now, and was version 6");
}

#[test]
fn a_rollout_without_a_gate_lets_each_step_last() {
    let limits = Limits {
        gated: false,
        ..LIMITS
    };
    let mut world = world(Vec::new());
    let (end, _) = world.drive(limits, &[5, 100]);
    assert_eq!(end, End::Finished { retired: true });
    assert!(world.passed.is_empty() && world.now_ms >= 2 * limits.bake_ms);
}
