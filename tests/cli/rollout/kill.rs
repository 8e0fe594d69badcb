//! A process that is killed at every request it makes, before and after it is carried out, and a
//! second one that goes on.

use super::*;

/// More than a rollout has.
const MOST: usize = 40;

/// Kills the first process at a request; `None` where it did not make that many.
fn killed_at(number: usize, fault: Fault, is_bad: bool) -> Option<Answer> {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    let before = deployed(&workspace.config());
    if is_bad {
        workspace.behaves(
            "2",
            Manners {
                latency_ms: 80.0,
                errors: 0.0,
            },
        );
    }
    workspace.fails(number, fault);
    let mut process = start(&sandbox, &workspace);
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
    let answer = roll_out(&sandbox, &workspace, "");
    if is_bad {
        assert_eq!(
            deployed(&workspace.config()),
            before,
            "{number}: {}",
            answer.stderr
        );
    } else {
        assert_eq!(
            workspace.traffic(),
            "other 0, taxi-fare-2 100",
            "{number}: {}",
            answer.stderr
        );
    }
    Some(answer)
}

/// Every request of a rollout, a few at a time: a rollout mostly waits.
fn killed_everywhere(is_bad: bool, code: i32) -> usize {
    let mut survived = 0;
    for numbers in (0..MOST).collect::<Vec<_>>().chunks(8) {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let both = |number: &usize| {
                let number = *number;
                [Fault::HangBefore, Fault::HangAfter]
                    .map(|fault| scope.spawn(move || killed_at(number, fault, is_bad)))
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
    let survived = killed_everywhere(false, 0);
    assert!(survived >= 30, "only {survived} kills");
}

#[test]
fn a_return_that_is_killed_at_any_request_goes_on_to_the_old_traffic() {
    let survived = killed_everywhere(true, 1);
    assert!(survived >= 20, "only {survived} kills");
}
