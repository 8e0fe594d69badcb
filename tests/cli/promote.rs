//! `promote` on the store that real MLflow wrote for the demo: version 1 is live, 2 is blocked, 3
//! passes and is the challenger, 4 went NaN.

mod approvals;
mod attested;
mod decisions;
mod pipelines;
mod races;

use rusqlite::Connection;
use serde_json::Value;

use crate::sandbox::{Answer, Sandbox};

/// What the registry holds: the live version, and the entries of the ledger with their versions.
pub(crate) struct Registry {
    connection: Connection,
}

impl Registry {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self {
            connection: Connection::open(sandbox.path("mlflow.db")).unwrap(),
        }
    }

    pub(crate) fn alias(&self, alias: &str) -> Option<u32> {
        self.connection
            .query_row(
                "SELECT version FROM registered_model_aliases WHERE name = 'taxi-fare' AND alias = ?1",
                [alias],
                |row| row.get(0),
            )
            .ok()
    }

    pub(crate) fn entries(&self) -> Vec<(u32, Value)> {
        let sql = "SELECT version, value FROM model_version_tags \
                   WHERE key LIKE 'gatewright.promotion.%' ORDER BY key";
        let mut statement = self.connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
        rows.unwrap()
            .map(|row| {
                let (version, text) = row.unwrap();
                (version, serde_json::from_str(&text).unwrap())
            })
            .collect()
    }

    pub(crate) fn execute(&self, sql: &str) {
        assert_ne!(self.connection.execute(sql, []).unwrap(), 0, "{sql}");
    }
}

/// What differs from run to run is spelled out: times, digests, and ids of commits.
pub(crate) fn shown(text: &str) -> String {
    let patterns = [
        (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z", "[TIME]"),
        (r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}Z", "[TIME]"),
        (r"sha256:[0-9a-f]+", "sha256:[DIGEST]"),
        (r"decisions/[0-9a-f]{64}", "decisions/[DIGEST]"),
    ];
    patterns
        .iter()
        .fold(text.to_owned(), |text, (pattern, word)| {
            let pattern = regex::Regex::new(pattern).unwrap();
            pattern.replace_all(&text, *word).into_owned()
        })
}

/// The report of the promotion, without the gates' reports before it.
fn result(answer: &Answer) -> String {
    let words = ["Promoted:", "Already", "Refused:", "Would", "Finished:"];
    let start = words
        .iter()
        .filter_map(|word| answer.stdout.find(word))
        .min();
    shown(&answer.stdout[start.expect("there is a result")..])
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.stdout).expect("stdout is one document")
}

const ANA: &[(&str, &str)] = &[("USER", "ana")];

#[test]
fn a_candidate_that_passes_goes_live_and_the_ledger_says_so() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run_with("promote", ANA);
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    assert!(
        answer.stdout.starts_with("Gate promote: PASS"),
        "{}",
        answer.stdout
    );
    insta::assert_snapshot!(result(&answer), @"
    Promoted: taxi-fare version 3 is `champion` now, in place of version 1

      registry  sqlite:///mlflow.db
      decision  gate promote: pass, judged [TIME], sha256:[DIGEST]
      logged    runs:/b24571ec6c9047fcbb7544d173d73b39/gatewright/decisions/[DIGEST].json
      by        ana
      record    entry 1 of the ledger, tag gatewright.promotion.1, [TIME]
    ");
    let registry = Registry::of(&sandbox);
    assert_eq!(registry.alias("champion"), Some(3));
    let entries = registry.entries();
    let [(3, entry)] = &entries[..] else {
        panic!("{entries:?}");
    };
    assert_eq!(entry["sequence"], 1);
    assert_eq!(entry["replaces"], 1);
    assert_eq!(entry["by"]["user"], "ana");
    assert_eq!(entry["decisions"][0]["verdict"], "pass");
    assert_eq!(entry["forced"], false);
}

#[test]
fn what_is_live_is_left_alone_when_asked_again() {
    let sandbox = Sandbox::taxi();
    sandbox.run_with("promote", ANA);
    for words in [
        "promote",
        "promote --candidate 3",
        "promote --expect champion=1",
    ] {
        let answer = sandbox.run(words);
        assert_eq!(
            (answer.code, answer.stderr.as_str()),
            (Some(0), ""),
            "{words}"
        );
        assert!(
            answer.stdout.starts_with("Already live"),
            "{}",
            answer.stdout
        );
    }
    assert_eq!(Registry::of(&sandbox).entries().len(), 1);
    let answer = sandbox.run("promote --expect champion=7");
    assert_eq!(answer.code, Some(5));
}

#[test]
fn what_is_live_without_a_record_is_said_to_be() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run("promote --candidate 1");
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stderr, @"warning: the ledger does not say how version 1 became `champion`: it was moved outside of gatewright");
    assert_eq!(Registry::of(&sandbox).entries().len(), 0);
}

#[test]
fn a_blocked_candidate_stays_out() {
    let sandbox = Sandbox::taxi();
    let before = std::fs::read(sandbox.path("mlflow.db")).unwrap();
    let answer = sandbox.run("promote --candidate 2");
    assert_eq!(answer.code, Some(1));
    insta::assert_snapshot!(format!("{}{}", answer.stderr, result(&answer)), @"
    error: gate `promote` blocked it: r2-ge-champion-minus-0.01, rmse-le-champion-plus-2-percent
      help: train a better model, or add a waiver with a reason, an approver and an end

    Refused: `champion` stays at version 1

      registry  sqlite:///mlflow.db
    ");
    assert!(before == std::fs::read(sandbox.path("mlflow.db")).unwrap());
}

#[test]
fn a_dry_run_writes_nothing_and_says_what_it_would_write() {
    let sandbox = Sandbox::taxi();
    let before = std::fs::read(sandbox.path("mlflow.db")).unwrap();
    let answer = sandbox.run_with("promote --dry-run --reason better", ANA);
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(result(&answer), @"
    Would be done: taxi-fare version 3 becomes `champion`, in place of version 1; nothing was written

      registry  sqlite:///mlflow.db
      decision  gate promote: pass, judged [TIME], sha256:[DIGEST]
      reason    better
      by        ana
      record    would be entry 1 of the ledger
    ");
    let document = json(&sandbox.run("promote --dry-run --format json"));
    assert_eq!(document["status"], "would-be-done");
    assert_eq!(document["promoted"], false);
    assert_eq!(document["record"]["sequence"], 1);
    assert_eq!(document["tag"], Value::Null);
    let forced = sandbox.run("promote --candidate 4 --dry-run --force --reason test");
    assert_eq!(forced.code, Some(0), "{}", forced.stderr);
    assert!(before == std::fs::read(sandbox.path("mlflow.db")).unwrap());
}

#[test]
fn force_needs_a_reason_and_is_shouted_and_recorded() {
    let sandbox = Sandbox::taxi();
    for words in ["promote --force", "promote --force --reason="] {
        assert_eq!(sandbox.run(words).code, Some(2), "{words}");
    }
    let answer = sandbox.run_with("promote -q --candidate 2 --force --reason outage", ANA);
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stderr, @"warning: FORCED, although gate `promote` blocked it: r2-ge-champion-minus-0.01, rmse-le-champion-plus-2-percent");
    insta::assert_snapshot!(result(&answer), @"
    Promoted: taxi-fare version 2 is `champion` now, in place of version 1

      registry  sqlite:///mlflow.db
      decision  gate promote: blocked, judged [TIME], sha256:[DIGEST]
      logged    runs:/34ff5552425c4eee92ce8eb50ea890fa/gatewright/decisions/[DIGEST].json
      reason    outage
      by        ana
      record    entry 1 of the ledger, tag gatewright.promotion.1, [TIME]
    ");
    let entries = Registry::of(&sandbox).entries();
    assert_eq!(entries[0].1["forced"], true);
    assert_eq!(entries[0].1["reason"], "outage");
    assert_eq!(entries[0].1["decisions"][0]["verdict"], "blocked");
}

#[test]
fn a_force_that_is_not_needed_is_not_one() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run("promote --force --reason sure");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    assert_eq!(Registry::of(&sandbox).entries()[0].1["forced"], false);
}

#[test]
fn force_goes_on_without_a_judgement_and_never_over_a_move() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    // The demo has no model files: their signatures cannot be read.
    let broken = spec.replace("rmse <= 4.0", "signature compatible champion");
    sandbox.write("gatewright.yaml", broken);
    let answer = sandbox.run("promote");
    assert_eq!(answer.code, Some(3), "{}", answer.stderr);
    let answer = sandbox.run("promote --force --reason outage --expect champion=9");
    assert_eq!(answer.code, Some(5), "{}", answer.stderr);
    let answer = sandbox.run("promote --force --reason outage");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    insta::assert_snapshot!(answer.stderr, @"
    warning: FORCED, although there is no decision of the gate `promote`
    warning: the gates could not judge: failed to read the artifact: there is no folder `[FOLDER]/mlruns/1/models/m-465022f5758b431097a43341c7e9a53d/artifacts` on this machine
    ");
    assert_eq!(
        Registry::of(&sandbox).entries()[0].1["decisions"],
        serde_json::json!([])
    );
}

#[test]
fn what_is_expected_has_to_be_so() {
    let sandbox = Sandbox::taxi();
    for (words, code) in [
        ("--expect champion=2", 5),
        ("--expect champion=none", 5),
        ("--expect champion=1 --expect shadow=1", 5),
        ("--expect champion", 2),
        ("--expect champion=x", 2),
        ("--expect =1", 2),
        (
            "--expect champion=1 --expect challenger=3 --expect shadow=none",
            0,
        ),
    ] {
        let answer = sandbox.run(&format!("promote --dry-run {words}"));
        assert_eq!(answer.code, Some(code), "{words}: {}", answer.stderr);
    }
    let answer = sandbox.run("promote --expect champion=2");
    insta::assert_snapshot!(answer.stderr, @"
    error: `champion` is version 1, and was expected to be version 2
      help: look at what went live meanwhile: `gatewright history`
    ");
}

#[test]
fn an_environment_has_its_own_gates_and_alias() {
    let sandbox = Sandbox::taxi();
    sandbox.write(
        "gatewright.yaml",
        "version: 1
project: taxi-fare
environments:
  staging: {}
  prod: {model: {aliases: {live: champion-prod, candidate: champion}}}
gates:
  smoke: {checks: [rmse <= 100]}
  strict: {checks: [rmse <= champion - 10%]}
promotion: {gates: {staging: [smoke], prod: [strict]}}
",
    );
    let answer = sandbox.run("promote --env staging");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let answer = sandbox.run("promote --env prod --dry-run");
    assert_eq!(
        answer.code,
        Some(1),
        "nothing live there, and no absolute check"
    );
    assert!(answer.stdout.contains("Gate strict"), "{}", answer.stdout);
    let answer = sandbox.run("promote --env prod --force --reason first");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let registry = Registry::of(&sandbox);
    assert_eq!(registry.alias("champion"), Some(3));
    assert_eq!(registry.alias("champion-prod"), Some(3));
    assert_eq!(registry.entries().len(), 2, "one ledger for all aliases");
    assert_eq!(registry.entries()[1].1["environment"], "prod");
    assert_eq!(sandbox.run("promote --env nowhere").code, Some(2));
}

#[test]
fn a_candidate_that_cannot_go_live_does_not() {
    let sandbox = Sandbox::taxi();
    for (words, code) in [("--candidate 99", 3), ("--candidate nobody", 3)] {
        let answer = sandbox.run(&format!("promote {words}"));
        assert_eq!(answer.code, Some(code), "{}", answer.stderr);
    }
    let registry = Registry::of(&sandbox);
    registry.execute("UPDATE model_versions SET status = 'PENDING_REGISTRATION' WHERE version = 3");
    let answer = sandbox.run("promote --force --reason hurry");
    assert_eq!(answer.code, Some(1), "{}", answer.stderr);
    assert_eq!(registry.alias("champion"), Some(1));
}

#[test]
fn a_run_is_no_version() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    let spec = spec.replace(
        "    checks:",
        "    candidate: {run: b24571ec6c9047fcbb7544d173d73b39}\n    checks:",
    );
    sandbox.write("gatewright.yaml", spec);
    let answer = sandbox.run("promote");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: run b24571ec6c9047fcbb7544d173d73b39 is no version, and only a version goes live
      help: register the model from its run, and name the version with `--candidate`
    ");
}

#[test]
fn without_a_gate_nobody_judged() {
    let sandbox = Sandbox::taxi();
    sandbox.write("gatewright.yaml", "version: 1\nproject: taxi-fare\n");
    let answer = sandbox.run("promote");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @r#"
    error: no gate has to pass, so that nobody judged the candidate
      help: add a gate to the spec: `gates: {promote: {checks: ["rmse <= 5.0"]}}`
    "#);
}

#[test]
fn a_reason_is_harmless_and_not_endless() {
    let sandbox = Sandbox::taxi();
    let hostile = "a\u{1b}[31m::error::x\u{202e}##vso[task.complete]|`<b>@team";
    let answer = sandbox.run_with(
        &format!("promote --reason {hostile}"),
        &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_STEP_SUMMARY", "summary.md"),
        ],
    );
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    for text in [&answer.stdout, &sandbox.read("summary.md")] {
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}'),
            "{text}"
        );
        assert!(!text.contains("##vso["), "{text}");
        assert!(
            !text.lines().any(|line| line.starts_with("::error::x")),
            "{text}"
        );
    }
    let entries = Registry::of(&sandbox).entries();
    assert_eq!(
        entries[0].1["reason"], hostile,
        "the record has it as it was said"
    );
    let long = "x".repeat(4000);
    let answer = sandbox.run(&format!("promote --candidate 2 --force --reason {long}"));
    assert_eq!(answer.code, Some(2));
    assert!(
        answer.stderr.contains("shorter `--reason`"),
        "{}",
        answer.stderr
    );
}
