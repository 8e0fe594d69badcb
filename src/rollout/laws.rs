//! What holds for every rollout, whatever happens to it: a world that fails, forgets and changes
//! its mind, and a process that dies at any moment.

use proptest::prelude::*;

use super::world::{LIMITS, before, begun, side, world};
use super::*;
use crate::gate::Verdict;
use crate::spec::OnFailure;

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
        let (end, state) = world.drive_forth(Limits { on_failure, ..LIMITS }, &shares);
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
            End::Stopped(because) => prop_assert!(false, "{because:?}"),
            End::Lost => prop_assert!(world.was_out_of_reach || world.change.is_some() || !world.fate.is_empty()),
        }
    }

    #[test]
    fn after_a_rollback_no_gate_is_asked_and_nothing_gives_the_traffic_away_again(
        fate in proptest::collection::vec(any::<u8>(), 0..400),
        share in prop_oneof![Just(None), Just(Some(0)), Just(Some(5)), Just(Some(25)), Just(Some(100))],
        phase in prop_oneof![Just(Phase::Raising), Just(Phase::Baking), Just(Phase::Returning)],
    ) {
        let is_calm = fate.is_empty();
        let mut world = world(fate);
        let rollout = match share {
            None => Rollout::begin_back(LIMITS, "fare", (side(6), side(7)), before(), 0),
            // A rollout of the version was under way before somebody rolled back to it.
            Some(share) => {
                let mut state = begun(LIMITS, &[5, 25, 100]).state().clone();
                state.step = [5, 25, 100].iter().position(|one| *one >= share).unwrap();
                state.phase = phase;
                world.routes = before().with("fare-6", 100 - share).with("fare-7", share);
                Rollout::resume(LIMITS, state.at_once(0), 0)
            }
        };
        let (end, state) = world.drive(LIMITS, rollout);
        prop_assert_eq!(world.judgements, 0);
        prop_assert!(world.raised.iter().all(|share| *share == 100), "{:?}", world.raised);
        match end {
            End::Finished { .. } => prop_assert_eq!(world.routes.only(), Some("fare-7")),
            End::Stopped(_) => prop_assert!(!state.phase.is_over() && !is_calm),
            End::Conflict(found) => prop_assert!(world.was_taken, "{found}"),
            other => prop_assert!(false, "{other:?}"),
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
        1 => Just(Event::Abort),
        1 => Just(Event::RolledBack),
    ]
}

#[test]
fn an_undisturbed_rollout_goes_through_its_steps() {
    let mut world = world(Vec::new());
    let (end, state) = world.drive_forth(LIMITS, &[5, 25, 100]);
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
    let (end, _) = world.drive_forth(limits, &[5, 100]);
    assert_eq!(end, End::Finished { retired: true });
    assert!(world.passed.is_empty() && world.now_ms >= 2 * limits.bake_ms);
}
