//! A process that is killed at every request it makes, before and after it is carried out, and a
//! second one that goes on.

use super::back::{back_to_1, follow};
use super::*;

/// More than a rollout has.
const MOST: usize = 40;

/// What is rolled out.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Story {
    /// A version that passes.
    Good,
    /// A version that the gate blocks.
    Bad,
    /// A version that somebody rolled back to, and that the gate would block.
    Back,
}

/// Kills the first process at a request; `None` where it did not make that many.
fn killed_at(number: usize, fault: Fault, story: Story) -> Option<Answer> {
    let sandbox = match story {
        Story::Good | Story::Bad => project(SPEC),
        Story::Back => back_to_1(),
    };
    let workspace = ServingWorkspace::start();
    if story == Story::Back {
        workspace.serves(&[("2", 100)]);
    }
    let before = deployed(&workspace.config());
    let slow = Manners {
        latency_ms: 80.0,
        errors: 0.0,
    };
    match story {
        Story::Good => {}
        Story::Bad => workspace.behaves("2", slow),
        Story::Back => workspace.behaves("1", slow),
    }
    workspace.fails(number, fault);
    let words: &[&str] = match story {
        Story::Good | Story::Bad => &["--version", "2"],
        Story::Back => &[],
    };
    let mut process = start(&sandbox, &workspace, words);
    let hung = std::thread::scope(|scope| {
        let hangs = scope.spawn(|| workspace.hangs(LONG));
        // It may be over before it makes so many requests.
        while !hangs.is_finished() {
            if matches!(process.try_wait(), Ok(Some(_))) {
                workspace.gives_up();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        hangs.join().unwrap()
    });
    let _ = process.kill();
    process.wait().unwrap();
    if !hung {
        return None;
    }
    workspace.recovers();
    let answer = match story {
        Story::Good | Story::Bad => roll_out(&sandbox, &workspace, ""),
        Story::Back => follow(&sandbox, &workspace, ""),
    };
    let (traffic, said) = (workspace.traffic(), &answer.stderr);
    match story {
        Story::Good => assert_eq!(traffic, "other 0, taxi-fare-2 100", "{number}: {said}"),
        Story::Back => assert_eq!(traffic, "other 0, taxi-fare-1 100", "{number}: {said}"),
        Story::Bad => assert_eq!(deployed(&workspace.config()), before, "{number}: {said}"),
    }
    Some(answer)
}

/// Every request of a rollout, a few at a time: a rollout mostly waits.
fn killed_everywhere(story: Story, code: i32) -> usize {
    let mut survived = 0;
    for numbers in (0..MOST).collect::<Vec<_>>().chunks(8) {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let both = |number: &usize| {
                let number = *number;
                [Fault::HangBefore, Fault::HangAfter]
                    .map(|fault| scope.spawn(move || killed_at(number, fault, story)))
            };
            let running: Vec<_> = numbers.iter().flat_map(both).collect();
            running.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let is_last = answers.iter().any(Option::is_none);
        for answer in answers.into_iter().flatten() {
            survived += 1;
            assert_eq!(
                answer.code,
                Some(code),
                "{}{}",
                answer.stderr,
                answer.stdout
            );
        }
        if is_last {
            return survived;
        }
    }
    unreachable!("a rollout makes more than {MOST} requests")
}

#[test]
fn a_rollout_that_is_killed_at_any_request_goes_on_to_its_end() {
    let survived = killed_everywhere(Story::Good, 0);
    assert!(survived >= 30, "only {survived} kills");
}

#[test]
fn a_return_that_is_killed_at_any_request_goes_on_to_the_old_traffic() {
    let survived = killed_everywhere(Story::Bad, 1);
    assert!(survived >= 20, "only {survived} kills");
}

#[test]
fn a_rollback_that_is_killed_at_any_request_goes_on_to_all_of_the_traffic() {
    let survived = killed_everywhere(Story::Back, 0);
    assert!(survived >= 10, "only {survived} kills");
}
