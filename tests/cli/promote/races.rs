//! Several promotions at once, and promotions that did not live to finish.

use std::sync::Barrier;

use super::{Registry, result};
use crate::sandbox::Sandbox;

/// The demo's project with a gate that every version passes, also the second one.
fn lenient() -> Sandbox {
    let sandbox = Sandbox::taxi();
    sandbox.write(
        "gatewright.yaml",
        "version: 1\nproject: taxi-fare\ngates:\n  promote: {checks: [rmse <= 100, rmse <= champion + 200%]}\n",
    );
    sandbox
}

#[test]
fn of_two_that_race_with_their_decisions_exactly_one_wins() {
    let sandbox = lenient();
    for version in [2, 3] {
        let words = format!("gate check --candidate {version} -o json={version}.json");
        assert_eq!(sandbox.run(&words).code, Some(0));
    }
    let start = Barrier::new(8);
    let codes: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8)
            .map(|index| {
                let (sandbox, start) = (&sandbox, &start);
                scope.spawn(move || {
                    start.wait();
                    let version = 2 + index % 2;
                    let words = format!("promote --decision {version}.json");
                    let answer = sandbox.run_with(
                        &words,
                        &[("USER", "racer"), ("GATEWRIGHT_LOCK_TIMEOUT", "30")],
                    );
                    (version, answer)
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let registry = Registry::of(&sandbox);
    let live = registry.alias("champion").unwrap();
    assert_eq!(registry.entries().len(), 1);
    let mut won = 0;
    for (version, answer) in codes {
        let words = answer.stdout.lines().next().unwrap();
        match answer.code {
            Some(0) if words.starts_with("Promoted:") => won += 1,
            // Who came to look when it was over finds what it wanted, and so does who wanted the
            // same in the same millisecond.
            Some(0) => assert!(
                version == live && words.starts_with("Already live"),
                "{words}"
            ),
            code => assert_eq!(
                code,
                Some(5),
                "{version}: {}{}",
                answer.stdout,
                answer.stderr
            ),
        }
    }
    assert_eq!(won, 1);
}

#[test]
fn who_lost_is_told_who_won() {
    let sandbox = lenient();
    for version in [2, 3] {
        let words = format!("gate check --candidate {version} -o json={version}.json");
        assert_eq!(sandbox.run(&words).code, Some(0));
    }
    assert_eq!(
        sandbox
            .run_with("promote --decision 3.json", &[("USER", "ana")])
            .code,
        Some(0)
    );
    let answer = sandbox.run("promote --decision 2.json");
    assert_eq!(answer.code, Some(5));
    insta::assert_snapshot!(super::shown(&answer.stderr), @"
    error: gate `promote` judged against version 1, and `champion` is version 3 now, by ana, at [TIME] (entry 1 of the ledger)
      help: judge again: `gatewright gate check promote -o json=decision.json`; or leave `--decision` out
    ");
}

#[test]
fn a_promotion_that_died_is_finished_by_running_it_again() {
    // Entry, head and alias are written in this order over REST: what is there after a crash at any
    // point is what is left when the later ones are taken away.
    let crashes: [&[&str]; 3] = [
        &["UPDATE registered_model_aliases SET version = 1 WHERE alias = 'champion'"],
        &[
            "UPDATE registered_model_aliases SET version = 1 WHERE alias = 'champion'",
            "DELETE FROM registered_model_tags WHERE key = 'gatewright.ledger'",
        ],
        &[
            "UPDATE registered_model_aliases SET version = 1 WHERE alias = 'champion'",
            "DELETE FROM registered_model_tags WHERE key = 'gatewright.ledger'",
            "DELETE FROM model_version_tags WHERE key LIKE 'gatewright.promotion.%'",
        ],
    ];
    for (left, sql) in crashes.iter().enumerate() {
        let sandbox = Sandbox::taxi();
        assert_eq!(sandbox.run("promote").code, Some(0));
        let registry = Registry::of(&sandbox);
        let entry = registry.entries().remove(0).1;
        for sql in *sql {
            registry.execute(sql);
        }
        let answer = sandbox.run("promote");
        assert_eq!(answer.code, Some(0), "{}", answer.stderr);
        let word = if left == 2 { "Promoted:" } else { "Finished:" };
        assert!(
            result(&answer).starts_with(word),
            "{left}: {}",
            result(&answer)
        );
        assert_eq!(registry.alias("champion"), Some(3));
        let entries = registry.entries();
        assert_eq!(entries.len(), 1, "{left}");
        assert_eq!(
            entries[0].1 == entry,
            left < 2,
            "the entry that was begun is kept"
        );
        assert!(sandbox.run("promote").stdout.starts_with("Already live"));
    }
}

#[test]
fn what_another_promotion_began_is_not_finished_in_its_name() {
    let sandbox = lenient();
    assert_eq!(sandbox.run("promote --candidate 2").code, Some(0));
    let registry = Registry::of(&sandbox);
    registry.execute("UPDATE registered_model_aliases SET version = 1 WHERE alias = 'champion'");
    let answer = sandbox.run("promote --candidate 3");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert_eq!(registry.alias("champion"), Some(3));
    assert_eq!(registry.entries().len(), 2);
    assert_eq!(registry.entries()[1].1["replaces"], 1);
    // Version 2 never went live, and so by no decision.
    let lineage = super::json(&sandbox.run("history --version 2 --format json"));
    assert_eq!(lineage["version"]["decisions"], serde_json::json!([]));
    assert_eq!(lineage["version"]["entries"][0]["outcome"], "abandoned");
}

#[test]
fn what_is_forced_is_not_finished_under_an_entry_that_does_not_say_so() {
    let sandbox = lenient();
    assert_eq!(sandbox.run("promote --candidate 2").code, Some(0));
    let registry = Registry::of(&sandbox);
    registry.execute("UPDATE registered_model_aliases SET version = 1 WHERE alias = 'champion'");
    let strict = "version: 1\nproject: taxi-fare\ngates:\n  promote: {checks: [rmse <= 1]}\n";
    sandbox.write("gatewright.yaml", strict);
    let answer = sandbox.run("promote --candidate 2 --force --reason outage");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(
        result(&answer).starts_with("Promoted:"),
        "{}",
        answer.stdout
    );
    let entries = registry.entries();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[1].1["forced"], true);
    assert_eq!(entries[1].1["reason"], "outage");
    assert_eq!(registry.alias("champion"), Some(2));
    assert_eq!(sandbox.run("history --verify").code, Some(0));
}

#[test]
fn nobody_is_said_to_have_been_first_where_the_alias_did_not_move() {
    let sandbox = lenient();
    let ana = [("USER", "ana")];
    assert_eq!(
        sandbox.run_with("promote --candidate 2", &ana).code,
        Some(0)
    );
    let registry = Registry::of(&sandbox);
    registry
        .execute("UPDATE registered_model_tags SET value = '{' WHERE key = 'gatewright.ledger'");
    let answer = sandbox.run("promote --candidate 3");
    assert_eq!(answer.code, Some(5));
    insta::assert_snapshot!(answer.stderr, @"
    error: conflict: the head of the ledger cannot be read: EOF while parsing an object at line 1 column 1; look at the tag `gatewright.ledger` of the model, and remove it to go on from the last entry
      help: look at what is live now (`gatewright history`), judge again, and promote what is still right
    warning: the ledger is damaged: the head cannot be read: EOF while parsing an object at line 1 column 1; `gatewright history --verify` tells all
    ");
    assert_eq!(registry.alias("champion"), Some(2));
    registry.execute("DELETE FROM registered_model_tags WHERE key = 'gatewright.ledger'");
    assert_eq!(sandbox.run("promote --candidate 3").code, Some(0));
    assert_eq!(sandbox.run("history --verify").code, Some(0));
}

#[test]
fn a_store_that_cannot_be_written_is_exit_code_3_and_nothing_is_live() {
    let sandbox = Sandbox::taxi();
    assert_eq!(sandbox.run("gate check -o json=d.json").code, Some(0));
    let blocker = rusqlite::Connection::open(sandbox.path("mlflow.db")).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = sandbox.run_with(
        "promote --decision d.json",
        &[("GATEWRIGHT_LOCK_TIMEOUT", "1")],
    );
    assert_eq!(answer.code, Some(3), "{}", answer.stderr);
    blocker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(Registry::of(&sandbox).alias("champion"), Some(1));
    assert_eq!(sandbox.run("promote --decision d.json").code, Some(0));
}
