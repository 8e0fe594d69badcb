//! `rollback`: what was live before goes live again.

use crate::promote::{Registry, shown};
use crate::sandbox::{Answer, Sandbox};

/// The demo's project with a gate that lets everything through, and versions 1, 2, 3 live one after
/// the other.
fn three() -> Sandbox {
    let sandbox = Sandbox::taxi();
    sandbox.write(
        "gatewright.yaml",
        "version: 1\nproject: taxi-fare\ngates:\n  promote: {checks: [rmse <= 100]}\n",
    );
    for version in [2, 3] {
        assert_eq!(
            sandbox.run(&format!("promote --candidate {version}")).code,
            Some(0)
        );
    }
    sandbox
}

fn back(sandbox: &Sandbox, words: &str) -> Answer {
    sandbox.run_with(
        &format!("rollback --reason slow {words}"),
        &[("USER", "ana")],
    )
}

#[test]
fn the_version_before_goes_live_again_and_once_more_the_one_before_that() {
    let sandbox = three();
    let registry = Registry::of(&sandbox);
    let answer = back(&sandbox, "");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(shown(&answer.stdout), @"
    Rolled back: taxi-fare version 2 is `champion` again, in place of version 3

      registry  sqlite:///mlflow.db
      reason    slow
      by        ana
      record    entry 3 of the ledger, tag gatewright.promotion.3, [TIME]
    ");
    assert_eq!(registry.alias("champion"), Some(2));
    assert_eq!(back(&sandbox, "").code, Some(0));
    assert_eq!(registry.alias("champion"), Some(1));
    let answer = back(&sandbox, "");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: by the ledger nothing was `champion` before version 1
      help: name the version with `--to VERSION --force`
    ");
    let entries = registry.entries();
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[3].1["action"], "rollback");
    assert_eq!(entries[3].1["reason"], "slow");
}

#[test]
fn a_version_that_is_named_has_to_have_been_live() {
    let sandbox = three();
    let registry = Registry::of(&sandbox);
    assert_eq!(back(&sandbox, "--to 1").code, Some(0));
    assert_eq!(registry.alias("champion"), Some(1));
    assert!(back(&sandbox, "--to 1").stdout.starts_with("Already live"));
    let answer = back(&sandbox, "--to 4");
    assert_eq!(answer.code, Some(1));
    insta::assert_snapshot!(answer.stderr, @"
    error: version 4 was never `champion`, by the ledger
      help: promote it, so that the gates judge it; or answer for it with `--force`
    ");
    let answer = back(&sandbox, "--to 4 --force");
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stderr, @"warning: FORCED, although version 4 was never `champion`, by the ledger");
    assert_eq!(registry.entries().last().unwrap().1["forced"], true);
    assert_eq!(back(&sandbox, "--to 99 --force").code, Some(3));
    assert_eq!(
        back(&sandbox, "--force").code,
        Some(2),
        "nobody forces a guess"
    );
    assert_eq!(
        sandbox.run("rollback").code,
        Some(2),
        "a reason is asked for"
    );
}

#[test]
fn without_a_ledger_nobody_guesses() {
    let sandbox = Sandbox::taxi();
    let answer = back(&sandbox, "");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: the ledger has no entry about `champion`, so that it does not say what was live before version 1
      help: name the version with `--to VERSION --force`; what `gatewright promote` moves is on record from then on
    ");
    assert_eq!(back(&sandbox, "--to 2 --force").code, Some(0));
    assert_eq!(Registry::of(&sandbox).alias("champion"), Some(2));
}

#[test]
fn an_alias_that_was_moved_by_other_hands_is_not_gone_back_from_blindly() {
    let sandbox = three();
    let registry = Registry::of(&sandbox);
    registry.execute("UPDATE registered_model_aliases SET version = 4 WHERE alias = 'champion'");
    let answer = back(&sandbox, "");
    assert_eq!(answer.code, Some(5));
    insta::assert_snapshot!(answer.stderr, @"
    error: `champion` was moved to version 4 outside of gatewright
      help: name the version that is to be live: `--to VERSION`; `gatewright history` shows which were
    ");
    let answer = back(&sandbox, "--to 3");
    assert_eq!(answer.code, Some(0));
    assert!(
        answer.stderr.contains("outside of gatewright"),
        "{}",
        answer.stderr
    );
    assert_eq!(registry.alias("champion"), Some(3));
}

#[test]
fn a_ledger_that_was_changed_does_not_say_where_back_is() {
    let sandbox = three();
    let registry = Registry::of(&sandbox);
    registry.execute("UPDATE model_version_tags SET value = replace(value, '\"replaces\":1', '\"replaces\":4') WHERE key = 'gatewright.promotion.1'");
    let answer = back(&sandbox, "");
    assert_eq!(answer.code, Some(2), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("the ledger is damaged"),
        "{}",
        answer.stderr
    );
    assert_eq!(registry.alias("champion"), Some(3));
    assert_eq!(
        back(&sandbox, "--to 4").code,
        Some(1),
        "what was written into an entry afterwards was never live"
    );
    assert_eq!(back(&sandbox, "--to 2").code, Some(0));
}

#[test]
fn the_same_rollback_again_goes_no_further_back() {
    let sandbox = three();
    let registry = Registry::of(&sandbox);
    assert_eq!(back(&sandbox, "--expect champion=3").code, Some(0));
    let again = back(&sandbox, "--expect champion=3");
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stdout.starts_with("Already live"), "{}", again.stdout);
    assert_eq!(registry.alias("champion"), Some(2));
    assert_eq!(back(&sandbox, "--expect champion=7").code, Some(5));
    let run = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "acme/taxi"),
        ("GITHUB_RUN_ID", "78"),
    ];
    for _ in 0..2 {
        let answer = sandbox.run_with("rollback --reason slow", &run);
        assert_eq!(answer.code, Some(0), "{}", answer.stderr);
        assert_eq!(
            registry.alias("champion"),
            Some(1),
            "one run goes back once"
        );
    }
}

#[test]
fn a_rollback_that_died_is_finished_by_running_it_again() {
    let sandbox = three();
    let registry = Registry::of(&sandbox);
    assert_eq!(back(&sandbox, "").code, Some(0));
    registry.execute("UPDATE registered_model_aliases SET version = 3 WHERE alias = 'champion'");
    let answer = back(&sandbox, "");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(answer.stdout.starts_with("Finished:"), "{}", answer.stdout);
    assert_eq!(registry.alias("champion"), Some(2));
    assert_eq!(registry.entries().len(), 3);
}

#[test]
fn a_dry_run_writes_nothing() {
    let sandbox = three();
    let before = std::fs::read(sandbox.path("mlflow.db")).unwrap();
    let answer = back(&sandbox, "--dry-run --format json");
    assert_eq!(answer.code, Some(0));
    let document: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(document["status"], "would-be-done");
    assert_eq!(
        (document["version"].as_u64(), document["replaced"].as_u64()),
        (Some(2), Some(3))
    );
    assert!(before == std::fs::read(sandbox.path("mlflow.db")).unwrap());
}
