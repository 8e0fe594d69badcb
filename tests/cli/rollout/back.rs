//! After a rollback: the traffic follows at once, and no gate may undo it.

use super::*;
use crate::promote::Registry;

/// A project whose versions 1, 2 and 3 may all be promoted.
fn permissive() -> Sandbox {
    project(&SPEC.replace("rmse <= 5.0", "rmse <= 100"))
}

fn done(sandbox: &Sandbox, words: &str) {
    let answer = sandbox.run_with(words, &[("USER", "ana")]);
    assert_eq!(answer.code, Some(0), "{words}: {}", answer.stderr);
}

/// Version 1 is live, because somebody rolled back from version 2.
pub(super) fn back_to_1() -> Sandbox {
    let sandbox = permissive();
    done(&sandbox, "promote --candidate 2");
    done(&sandbox, "rollback --reason slow");
    sandbox
}

/// Rolls out what is live.
pub(super) fn follow(sandbox: &Sandbox, workspace: &ServingWorkspace, words: &str) -> Answer {
    let variables = workspace.variables();
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    sandbox.run_with(&format!("rollout {words}"), &variables)
}

/// What is said, without the moment of the rollback.
fn told(answer: &Answer) -> String {
    let moment = regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").unwrap();
    moment.replace_all(&said(answer), "[TIME]").into_owned()
}

/// Manners that no gate lets through.
const BAD: Manners = Manners {
    latency_ms: 90.0,
    errors: 0.5,
};

fn remembered(sandbox: &Sandbox, version: u32) -> Value {
    let store = rusqlite::Connection::open(sandbox.path("mlflow.db")).unwrap();
    let tag = "SELECT value FROM model_version_tags \
               WHERE key = 'gatewright.rollout.fare' AND version = ?1";
    let text: String = store.query_row(tag, [version], |row| row.get(0)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn after_a_rollback_the_version_gets_everything_at_once_and_no_gate_is_asked() {
    let sandbox = back_to_1();
    let workspace = ServingWorkspace::start();
    workspace.serves(&[("2", 100)]);
    // A gate would keep the traffic where it is.
    workspace.behaves("1", BAD);
    let planned = follow(&sandbox, &workspace, "--dry-run");
    assert_snapshot!(told(&planned), @"
    ---
    PLANNED: would move all of the traffic from version 2 to version 1 at once, and ask no gate: version 1 is live by a rollback
      traffic now: taxi-fare-2 100 %
    exit Some(0)
    ");
    let answer = follow(&sandbox, &workspace, "");
    assert_snapshot!(told(&answer), @"
    rollout of version 1 to fare at http://[HOST], in the place of version 2; interrupted, it goes on when run again
    version 1 is live by a rollback, by ana, at [TIME] (entry 2 of the ledger): it gets everything at once, and no gate is asked
    [TIME]  100 %  giving version 1 100 % of the traffic
    [TIME]  100 %  version 1 is serving
    [TIME]  100 %  taking version 2 off the endpoint
    [TIME]  100 %  finished
    ---
    FINISHED: version 1 gets all of the traffic, by a rollback, and no gate was asked
      traffic now: taxi-fare-1 100 %
    exit Some(0)
    ");
    assert_eq!(workspace.traffic(), "other 0, taxi-fare-1 100");
    let remembered = remembered(&sandbox, 1);
    assert_eq!(
        (&remembered["direction"], &remembered["phase"]),
        (&json!("back"), &json!("finished"))
    );
    let history = sandbox.run("history --version 1");
    assert!(
        history
            .stdout
            .contains("finished by a rollback, without a gate, at"),
        "{}",
        history.stdout
    );
    let again = follow(&sandbox, &workspace, "--format json -q");
    let report: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(
        (again.code, &report["outcome"]),
        (Some(0), &json!("nothing-to-do"))
    );
}

#[test]
fn programs_read_that_a_rollback_moved_the_traffic() {
    let sandbox = back_to_1();
    let workspace = ServingWorkspace::start();
    workspace.serves(&[("2", 100)]);
    let answer = follow(&sandbox, &workspace, "--format json -q");
    let report: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(
        (&report["direction"], &report["outcome"], &report["steps"]),
        (&json!("back"), &json!("finished"), &json!([]))
    );
}

#[test]
fn a_rollout_that_is_under_way_gives_its_traffic_back_when_its_version_was_rolled_back() {
    let sandbox = permissive();
    let workspace = ServingWorkspace::start();
    done(&sandbox, "promote --candidate 2");
    workspace.is_silent();
    let held = follow(&sandbox, &workspace, "");
    assert_eq!(held.code, Some(4), "{}", held.stderr);
    let before = workspace.traffic();
    assert_eq!(before, "taxi-fare-1 50, other 0, taxi-fare-2 50");
    done(&sandbox, "rollback --reason slow");
    let planned = follow(&sandbox, &workspace, "--dry-run");
    assert_snapshot!(told(&planned), @"
    ---
    PLANNED: would give the traffic of version 2 back to version 1 at once: its rollout is under way, and it was rolled back
      traffic now: taxi-fare-1 50 %, taxi-fare-2 50 %
    exit Some(0)
    ");
    assert_eq!(workspace.traffic(), before);
    let answer = follow(&sandbox, &workspace, "");
    assert_snapshot!(told(&answer), @"
    rollout of version 2 to fare at http://[HOST] was under way, in the place of version 1, and goes back
    version 1 is live by a rollback, by ana, at [TIME] (entry 2 of the ledger): it gets everything at once, and no gate is asked
    [TIME]    back  it was rolled back; giving the traffic back to version 1
    [TIME]    back  the traffic is as it was before: taxi-fare-1 100 %
    ---
    RETURNED: it was rolled back; the traffic is as it was before: taxi-fare-1 100 %
      traffic now: taxi-fare-1 100 %
    exit Some(0)
    ");
    assert_eq!(workspace.traffic(), "taxi-fare-1 100, other 0");
    assert_eq!(remembered(&sandbox, 2)["because"]["cause"], "rollback");
    let again = follow(&sandbox, &workspace, "");
    assert_eq!(again.code, Some(0), "{}", again.stdout);
}

#[test]
fn a_version_that_is_promoted_once_more_begins_once_more() {
    let sandbox = permissive();
    let workspace = ServingWorkspace::start();
    workspace.behaves("2", BAD);
    done(&sandbox, "promote --candidate 2");
    assert_eq!(follow(&sandbox, &workspace, "").code, Some(1));
    // The same promotion, as a job that is run again gives it: nothing is new.
    done(&sandbox, "promote --candidate 2");
    assert_eq!(follow(&sandbox, &workspace, "").code, Some(1));
    assert_eq!(remembered(&sandbox, 2)["phase"], "returned");
    done(&sandbox, "rollback --reason slow");
    done(&sandbox, "promote --candidate 2");
    workspace.is_silent();
    let answer = follow(&sandbox, &workspace, "");
    assert_eq!(answer.code, Some(4), "{}{}", answer.stderr, answer.stdout);
    assert_eq!(remembered(&sandbox, 2)["phase"], "baking");
}

#[test]
fn what_became_of_a_version_before_the_rollback_does_not_keep_it_from_its_traffic() {
    for is_held in [false, true] {
        let sandbox = permissive();
        let workspace = ServingWorkspace::start();
        done(&sandbox, "promote --candidate 2");
        if is_held {
            workspace.is_silent();
        } else {
            workspace.behaves("2", BAD);
        }
        let first = follow(&sandbox, &workspace, "");
        assert_eq!(first.code, Some(if is_held { 4 } else { 1 }));
        done(&sandbox, "promote --candidate 3");
        done(&sandbox, "rollback --reason slow");
        let answer = follow(&sandbox, &workspace, "");
        assert_eq!(answer.code, Some(0), "{}{}", answer.stderr, answer.stdout);
        assert_eq!(workspace.traffic(), "other 0, taxi-fare-2 100");
    }
}

#[test]
fn a_rollback_that_the_endpoint_does_not_take_is_loud_and_tried_again() {
    let sandbox = back_to_1();
    let workspace = ServingWorkspace::start();
    workspace.serves(&[("2", 100)]);
    workspace.cannot_deploy("1");
    let answer = follow(&sandbox, &workspace, "");
    assert_snapshot!(told(&answer), @"
    rollout of version 1 to fare at http://[HOST], in the place of version 2; interrupted, it goes on when run again
    version 1 is live by a rollback, by ana, at [TIME] (entry 2 of the ledger): it gets everything at once, and no gate is asked
    [TIME]  100 %  giving version 1 100 % of the traffic
    ---
    STOPPED: THE TRAFFIC MAY NOT HAVE FOLLOWED THE ROLLBACK: the endpoint did not take version 1: its update failed. It was last seen as: taxi-fare-2 100 %; it should be: taxi-fare-1 100 %. Look at the endpoint now, and run the command again
      traffic now: taxi-fare-2 100 %
    exit Some(1)
    ");
    assert_eq!(workspace.traffic(), "taxi-fare-2 100, other 0");
    workspace.recovers();
    let again = follow(&sandbox, &workspace, "");
    assert_eq!(again.code, Some(0), "{}{}", again.stderr, again.stdout);
    assert_eq!(workspace.traffic(), "other 0, taxi-fare-1 100");
}

#[test]
fn an_endpoint_out_of_reach_is_never_a_reason_to_give_the_traffic_to_what_was_rolled_back() {
    let sandbox = back_to_1();
    let workspace = ServingWorkspace::start();
    workspace.serves(&[("2", 100)]);
    for number in 3..60 {
        workspace.fails(number, Fault::Reset);
    }
    let answer = follow(&sandbox, &workspace, "");
    assert_eq!(answer.code, Some(3), "{}", answer.stderr);
    assert!(
        answer.stdout.starts_with("STOPPED: THE TRAFFIC MAY NOT"),
        "{}",
        answer.stdout
    );
    assert_eq!(workspace.changes().len(), 1);
    workspace.recovers();
    let again = follow(&sandbox, &workspace, "");
    assert_eq!(again.code, Some(0), "{}{}", again.stderr, again.stdout);
    assert_eq!(workspace.traffic(), "other 0, taxi-fare-1 100");
}

#[test]
fn a_promotion_after_a_rollback_asks_the_gate_again_and_so_does_a_ledger_that_was_changed() {
    let sandbox = back_to_1();
    let workspace = ServingWorkspace::start();
    done(&sandbox, "promote --candidate 2");
    workspace.behaves("2", BAD);
    let promoted = follow(&sandbox, &workspace, "");
    assert_eq!(promoted.code, Some(1), "{}", promoted.stderr);
    Registry::of(&sandbox).execute(
        "UPDATE model_version_tags SET value = replace(value, '\"promote\"', '\"rollback\"') \
         WHERE key = 'gatewright.promotion.3'",
    );
    let changed = follow(&sandbox, &workspace, "--restart");
    assert_eq!(changed.code, Some(1), "{}", changed.stderr);
    assert!(
        changed.stderr.contains("blocked"),
        "the gate was asked: {}",
        changed.stderr
    );
    assert_eq!(workspace.traffic(), "taxi-fare-1 100, other 0");
}

#[test]
fn a_person_may_still_give_the_traffic_back_after_a_rollback() {
    let sandbox = back_to_1();
    let workspace = ServingWorkspace::start();
    workspace.serves(&[("2", 100)]);
    workspace.cannot_deploy("1");
    assert_eq!(follow(&sandbox, &workspace, "").code, Some(1));
    let aborted = follow(&sandbox, &workspace, "--abort");
    assert_eq!(aborted.code, Some(0), "{}", aborted.stderr);
    let again = follow(&sandbox, &workspace, "");
    assert_eq!(again.code, Some(1), "{}", again.stdout);
    assert!(
        again.stdout.contains("begin again with `--restart`"),
        "{}",
        again.stdout
    );
    assert_eq!(workspace.traffic(), "taxi-fare-2 100, other 0");
}
