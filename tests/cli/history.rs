//! `gatewright history` on ledgers in a SQLite store.

use std::fmt::Write as _;

use gatewright::promotion::{ApprovalRecord, DecisionLink, Record};
use serde_json::Value;

use crate::sandbox::{Answer, Sandbox};
use crate::support::ledger::Written;
use crate::support::sqlite_store::SqliteStore;

pub(crate) const MODEL: &str = "taxi-fare";

const SPEC: &str = "version: 1
project: taxi-fare
model: {name: taxi-fare}
gates:
  promote: {checks: [rmse <= 5.0]}
";

/// A folder with a spec and a store that holds a ledger.
pub(crate) fn sandbox(written: &Written) -> Sandbox {
    let store = SqliteStore::new();
    store.model(MODEL);
    written.store(&store);
    with(&store)
}

/// A folder with a spec and a store.
pub(crate) fn with(store: &SqliteStore) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", SPEC);
    std::fs::copy(store.path(), sandbox.path("mlflow.db")).unwrap();
    sandbox
}

pub(crate) fn decided(record: &mut Record, verdict: &str) {
    record.decisions = vec![DecisionLink {
        gate: "promote".to_owned(),
        verdict: verdict.to_owned(),
        digest: format!("sha256:{}", "ab".repeat(32)),
        judged_at: "2026-10-31T23:58:00Z".to_owned(),
        logged: Some("runs:/0f3a/gatewright/decisions/ab.json".to_owned()),
    }];
}

/// Promoted, promoted with a waiver, rolled back, forced, and another alias.
pub(crate) fn story() -> Written {
    let mut written = Written::of(MODEL, 1..=4);
    written.entry("champion", 1, |record| decided(record, "pass"));
    written.entry("champion", 2, |record| {
        decided(record, "pass");
        record.waived = vec!["rmse.airport".to_owned()];
        record.approvals = vec![ApprovalRecord {
            kind: "github".to_owned(),
            about: "production".to_owned(),
            by: Some("lena".to_owned()),
            at: None,
        }];
    });
    written.roll_back("champion", 1);
    written.entry("champion", 3, |record| {
        decided(record, "blocked");
        record.by.actor = None;
        record.by.user = Some("otto".to_owned());
        record.forced = true;
        record.reason = Some("the airport reopened, version 1 does not know it".to_owned());
    });
    written.entry("shadow", 4, |record| record.environment = None);
    written
}

/// An answer without the time at which it was read.
fn shown(answer: &Answer) -> String {
    let time = regex::Regex::new(r#"read_at": "[^"]+|read [0-9-]+ [0-9:]+Z"#).unwrap();
    let text = time.replace_all(&answer.stdout, "[READ]").into_owned();
    format!("{text}exit {}\n{}", answer.code.unwrap(), answer.stderr)
}

#[test]
fn the_table_tells_every_promotion_the_latest_first() {
    let answer = sandbox(&story()).run("history");
    assert!(
        answer
            .stdout
            .lines()
            .take(9)
            .all(|line| line.chars().count() <= 110)
    );
    insta::assert_snapshot!(shown(&answer), @"
    taxi-fare: champion is version 3 (entry 4); shadow is version 4 (entry 5)

          when               alias     version  from  what              who   environment  gates
       5  2026-11-01 04:00Z  shadow    4        -     promoted          mara  -            -
       4  2026-11-01 03:00Z  champion  3        1     FORCED promotion  otto  production   promote blocked
       3  2026-11-01 02:00Z  champion  1        2     rolled back       mara  production   -
       2  2026-11-01 01:00Z  champion  2        1     promoted          mara  production   promote pass
       1  2026-11-01 00:00Z  champion  1        -     promoted          mara  production   promote pass

      entry 4, reason: the airport reopened, version 1 does not know it
      entry 3, reason: it was better
      entry 2, waived: rmse.airport
      entry 2, approved: by lena (github production)
    exit 0
    ");
}

#[test]
fn the_table_is_filtered_by_alias_time_and_person() {
    let sandbox = sandbox(&story());
    let entries = |words: &str| {
        let answer = sandbox.run(&format!("history --format json {words}"));
        let told: Value = serde_json::from_str(&answer.stdout).unwrap();
        let entries = told["promotions"].as_array().unwrap().iter();
        entries
            .map(|entry| entry["record"]["sequence"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(entries(""), [5, 4, 3, 2, 1]);
    assert_eq!(entries("--alias shadow"), [5]);
    assert_eq!(entries("--by OTTO"), [4]);
    assert_eq!(entries("--by mara --limit 2"), [5, 3]);
    assert_eq!(entries("--since 2026-11-01T03:00Z"), [5, 4]);
    assert_eq!(entries("--since 2026-11-02"), [0; 0]);
    assert_eq!(entries("--since 2026-11-02 --alias champion"), [0; 0]);
    insta::assert_snapshot!(shown(&sandbox.run("history --by nobody")), @"
    taxi-fare: champion is version 3 (entry 4); shadow is version 4 (entry 5)

      no promotion is what was asked for
    exit 0
    ");
}

#[test]
fn what_was_live_at_a_time_is_told_with_the_decision() {
    let sandbox = sandbox(&story());
    insta::assert_snapshot!(shown(&sandbox.run("history --at 2026-11-01T01:30Z")), @"
    champion of taxi-fare at 2026-11-01 01:30Z: version 2
      since       2026-11-01 01:00Z
      until       2026-11-01 02:00Z
      by          mara, entry 2: promoted
      run         https://ci.example/runs/7
      decision    promote pass, judged 2026-10-31 23:58Z, sha256:abababababababababababababababababababababababababababababababab, runs:/0f3a/gatewright/decisions/ab.json
      waived      rmse.airport
      approved    by lena (github production)
      note        entry 3 replaced it by version 1
    exit 0
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --at 2026-11-02")), @"
    champion of taxi-fare at 2026-11-02 00:00Z: version 3
      since       2026-11-01 03:00Z
      by          otto, entry 4: FORCED promotion
      run         https://ci.example/runs/7
      decision    promote blocked, judged 2026-10-31 23:58Z, sha256:abababababababababababababababababababababababababababababababab, runs:/0f3a/gatewright/decisions/ab.json
      reason      the airport reopened, version 1 does not know it
      note        it is live still
    exit 0
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --at 2026-10-31")), @"
    champion of taxi-fare at 2026-10-31 00:00Z: not known
      note        that is before the first entry, entry 1 of 2026-11-01T00:00:00Z: nothing was live before it
    exit 1
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --at 2026-11-02 --alias nobody")), @"
    nobody of taxi-fare at 2026-11-02 00:00Z: not known
      note        there is no such alias, and no entry about one
    exit 1
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --at 2026-11-01T01:30 ")), @"
    exit 2
    error: `--at 2026-11-01T01:30` is no time
      help: write it as 2026-11-01T12:00Z (with a zone), as 2026-11-01 (its first moment in UTC), or as 7d, 12h or 30m for so long ago
    ");
    assert_eq!(sandbox.run("history --at 2999-01-01").code, Some(2));
    assert_eq!(
        sandbox.run("history --at 2026-11-02 --since 7d").code,
        Some(2)
    );
}

#[test]
fn a_version_is_followed_back_to_its_data_and_forward_to_its_promotions() {
    let store = SqliteStore::new();
    store.model(MODEL);
    story().store(&store);
    store.run("r1").sql(
        "UPDATE model_versions SET run_id = 'r1', source = 'models:/m-1', creation_time = 1793480400000 WHERE version = 1;
         UPDATE runs SET start_time = 1793476800000, end_time = 1793480000000, artifact_uri = 'mlflow-artifacts:/1/r1' WHERE run_uuid = 'r1';
         INSERT INTO tags (run_uuid, key, value) VALUES ('r1', 'mlflow.source.git.commit', 'a48b01cb0271fb1bcf9369c7410a36513c0d8c8f');
         INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source)
             VALUES ('d1', 1, 'trips', '04caa57f', 'local', 'trips.csv'), ('d2', 1, 'trips-may', '9be1a2d0', 'local', 'may.csv');
         INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
             VALUES ('i1', 'DATASET', 'd1', 'RUN', 'r1'), ('i2', 'DATASET', 'd2', 'RUN', 'r1');
         INSERT INTO input_tags (input_uuid, name, value)
             VALUES ('i1', 'mlflow.data.context', 'training'), ('i2', 'mlflow.data.context', 'evaluation');
         INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage, source_run_id)
             VALUES ('m-1', 1, 'model', 's3://bucket/1/models/m-1/artifacts', 1, 1, 2, 'active', 'r1');",
    );
    let sandbox = with(&store);
    insta::assert_snapshot!(shown(&sandbox.run("history --version 1")), @"
    taxi-fare version 1
      aliases     none
      registered  2026-10-31 21:00Z, READY
      source      models:/m-1
      run         r1, FINISHED 2026-10-31 20:53Z
      commit      a48b01cb0271fb1bcf9369c7410a36513c0d8c8f
      data set    trips, digest 04caa57f (training)
      data set    trips-may, digest 9be1a2d0 (evaluation)
      model       m-1 at s3://bucket/1/models/m-1/artifacts
      decision    promote pass, judged 2026-10-31 23:58Z, sha256:abababababababababababababababababababababababababababababababab, runs:/0f3a/gatewright/decisions/ab.json

          when               alias     version  from  what              who   environment  gates
       4  2026-11-01 03:00Z  champion  3        1     FORCED promotion  otto  production   promote blocked
       3  2026-11-01 02:00Z  champion  1        2     rolled back       mara  production   -
       2  2026-11-01 01:00Z  champion  2        1     promoted          mara  production   promote pass
       1  2026-11-01 00:00Z  champion  1        -     promoted          mara  production   promote pass

      entry 4, reason: the airport reopened, version 1 does not know it
      entry 3, reason: it was better
      entry 2, waived: rmse.airport
      entry 2, approved: by lena (github production)
    exit 0
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --version 4")), @"
    taxi-fare version 4
      aliases     shadow
      source      models:/m-1
      run         none
      model       m-1 at s3://bucket/1/models/m-1/artifacts

          when               alias   version  from  what      who   gates
       5  2026-11-01 04:00Z  shadow  4        -     promoted  mara  -
    exit 0
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --version 9")), @"
    `taxi-fare` has no version 9, and no entry is about one
    exit 1
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --version 1 --format markdown")), @"
    ### taxi-fare version 1

    - aliases: none
    - registered: 2026-10-31 21:00Z, READY
    - source: models:/m-1
    - run: r1, FINISHED 2026-10-31 20:53Z
    - commit: a48b01cb0271fb1bcf9369c7410a36513c0d8c8f
    - data set: trips, digest 04caa57f (training)
    - data set: trips-may, digest 9be1a2d0 (evaluation)
    - model: m-1 at s3://bucket/1/models/m-1/artifacts
    - decision: promote pass, judged 2026-10-31 23:58Z, sha256:abababababababababababababababababababababababababababababababab, runs:/0f3a/gatewright/decisions/ab.json

    | entry | when | alias | version | from | what | who | environment | gates | why |
    |---:|---|---|---:|---:|---|---|---|---|---|
    | 4 | 2026-11-01 03:00Z | champion | 3 | 1 | ⚠️ **FORCED promotion** | otto | production | promote blocked | reason: the airport reopened, version 1 does not know it |
    | 3 | 2026-11-01 02:00Z | champion | 1 | 2 | rolled back | mara | production | - | reason: it was better |
    | 2 | 2026-11-01 01:00Z | champion | 2 | 1 | promoted | mara | production | promote pass | waived: rmse.airport; approved: by lena (github production) |
    | 1 | 2026-11-01 00:00Z | champion | 1 | - | promoted | mara | production | promote pass |  |

    ✅ the ledger is whole: 5 entries, the last is sha256:a522b3c373c39b5128685f3b1b886b64b7e5754c2666bbda68417ff3385d06d4

    <sub>[READ] from sqlite:///mlflow.db</sub>
    exit 0
    ");
}

#[test]
fn a_whole_ledger_is_verified() {
    let sandbox = sandbox(&story());
    insta::assert_snapshot!(shown(&sandbox.run("history --verify")), @"
    The ledger is whole: 5 entries, the last is sha256:a522b3c373c39b5128685f3b1b886b64b7e5754c2666bbda68417ff3385d06d4
    exit 0
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --verify --format markdown")), @"
    ### Ledger of taxi-fare

    ✅ the ledger is whole: 5 entries, the last is sha256:a522b3c373c39b5128685f3b1b886b64b7e5754c2666bbda68417ff3385d06d4

    <sub>[READ] from sqlite:///mlflow.db</sub>
    exit 0
    ");
}

#[test]
fn every_fault_of_a_ledger_is_named_and_exits_with_1() {
    let mut written = story();
    let text = &mut written.ledger.entries[1].text;
    *text = text.replace("mara", "nobody");
    written.ledger.entries.remove(3);
    let sandbox = sandbox(&written);
    insta::assert_snapshot!(shown(&sandbox.run("history --verify")), @"
    The ledger is not whole: 4 entries, 2 faults
      fault: entry 2 was changed: the entry after it follows another text
      fault: entry 4 is missing
    exit 1
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history")), @"
    taxi-fare: champion is version 3 (no entry says so); shadow is version 4 (entry 5)

          when               alias     version  from  what               who     environment  gates
       5  2026-11-01 04:00Z  shadow    4        -     promoted           mara    -            -
       3  2026-11-01 02:00Z  champion  1        2     rolled back        mara    production   -
       2  2026-11-01 01:00Z  champion  2        1     promoted, DAMAGED  nobody  production   promote pass
       1  2026-11-01 00:00Z  champion  1        -     promoted           mara    production   promote pass

      entry 3, reason: it was better
      entry 2, waived: rmse.airport
      entry 2, approved: by lena (github production)

      fault: entry 2 was changed: the entry after it follows another text
      fault: entry 4 is missing
    exit 0
    warning: the ledger has faults; `gatewright history --verify` names them and exits with 1
    ");
    // What a damaged ledger says about a time is shown, and is no yes.
    assert_eq!(sandbox.run("history --at 2026-11-02").code, Some(1));
}

#[test]
fn what_happened_outside_of_gatewright_is_shown() {
    let mut written = story();
    written.ledger.aliases.insert("champion".to_owned(), 4);
    written.promote("champion", 2);
    written.note("champion", 4, |_| {});
    written.promote("champion", 3);
    written.ledger.aliases.insert("champion".to_owned(), 1);
    written.ledger.aliases.remove("shadow");
    let sandbox = sandbox(&written);
    insta::assert_snapshot!(shown(&sandbox.run("history --alias champion")), @"
    taxi-fare: champion is version 1 (no entry says so)

          when               alias     version  from  what                    who      environment  gates
       8  2026-11-01 07:00Z  champion  3        2     promoted                mara     production   -
       7  2026-11-01 06:00Z  champion  4        2     promoted, NOT carried   mara     production   -
                                                      out
       6  2026-11-01 05:00Z  champion  2        4     promoted                mara     production   -
       -  not recorded       champion  4        3     MOVED outside of        unknown  -            -
                                                      gatewright
       4  2026-11-01 03:00Z  champion  3        1     FORCED promotion        otto     production   promote blocked
       3  2026-11-01 02:00Z  champion  1        2     rolled back             mara     production   -
       2  2026-11-01 01:00Z  champion  2        1     promoted                mara     production   promote pass
       1  2026-11-01 00:00Z  champion  1        -     promoted                mara     production   promote pass

      entry 4, reason: the airport reopened, version 1 does not know it
      entry 3, reason: it was better
      entry 2, waived: rmse.airport
      entry 2, approved: by lena (github production)

      fault: entry 5 was not carried out, or the alias was moved back outside of gatewright: it says that `shadow` points to version 4, and it points to none
      fault: `champion` was moved outside of gatewright: entry 8 says that it points to version 3, and it points to version 1
    exit 0
    warning: the ledger has faults; `gatewright history --verify` names them and exits with 1
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --verify")), @"
    The ledger is not whole: 8 entries, 2 faults
      fault: entry 5 was not carried out, or the alias was moved back outside of gatewright: it says that `shadow` points to version 4, and it points to none
      fault: `champion` was moved outside of gatewright: entry 8 says that it points to version 3, and it points to version 1
      note: `champion` was moved to version 4 outside of gatewright, between entries 4 and 6
    exit 1
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --at 2026-11-01T03:30Z")), @"
    champion of taxi-fare at 2026-11-01 03:30Z: version 3
      since       2026-11-01 03:00Z
      by          otto, entry 4: FORCED promotion
      run         https://ci.example/runs/7
      decision    promote blocked, judged 2026-10-31 23:58Z, sha256:abababababababababababababababababababababababababababababababab, runs:/0f3a/gatewright/decisions/ab.json
      reason      the airport reopened, version 1 does not know it
      note        the alias was then moved to version 4 outside of gatewright; when is not recorded
      fault: entry 5 was not carried out, or the alias was moved back outside of gatewright: it says that `shadow` points to version 4, and it points to none
      fault: `champion` was moved outside of gatewright: entry 8 says that it points to version 3, and it points to version 1
    exit 0
    warning: the ledger has faults; `gatewright history --verify` names them and exits with 1
    ");
}

#[test]
fn a_model_without_a_ledger_is_told_what_begins_one() {
    let mut written = Written::of(MODEL, [1]);
    written.ledger.aliases.insert("champion".to_owned(), 1);
    let sandbox = sandbox(&written);
    insta::assert_snapshot!(shown(&sandbox.run("history")), @"
    `taxi-fare` has no ledger yet: `champion` points to version 1; the first `gatewright promote` begins it
    exit 0
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --at 2026-11-02")), @"
    champion of taxi-fare at 2026-11-02 00:00Z: not known
      note        it points to version 1, and no entry tells since when: it is not under the ledger yet
    exit 1
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --verify")), @"
    The ledger is whole: it has no entry yet
    exit 0
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --model other")), @"
    exit 3
    error: no registered model `other`
      help: check `model.name` in the spec, and that training registered a version
    ");
}

#[test]
fn an_environment_has_the_history_of_its_own_model() {
    let sandbox = sandbox(&story());
    let spec = SPEC.replace("{name: taxi-fare}", "{name: other}")
        + "environments:
  production: {model: {name: taxi-fare, aliases: {live: shadow}}}
";
    sandbox.write("gatewright.yaml", spec);
    let answer = sandbox.run("history --env production --at 2026-11-02");
    let first = answer.stdout.lines().next();
    let live = "shadow of taxi-fare at 2026-11-02 00:00Z: version 4";
    assert_eq!((answer.code, first), (Some(0), Some(live)), "{answer:?}");
    // Without it, it is that of the spec's model.
    assert_eq!(sandbox.run("history").code, Some(3));
}

#[test]
fn a_history_needs_no_spec_where_model_and_store_are_named() {
    let sandbox = sandbox(&story());
    std::fs::remove_file(sandbox.path("gatewright.yaml")).unwrap();
    let words = "history --model taxi-fare --limit 1";
    let uri = "sqlite:///mlflow.db";
    let named = sandbox.run(&format!("{words} --tracking-uri {uri}"));
    let meant = sandbox.run_with(words, &[("MLFLOW_TRACKING_URI", uri)]);
    assert_eq!((named.code, &named.stdout), (Some(0), &meant.stdout));
    insta::assert_snapshot!(shown(&sandbox.run(words)), @"
    exit 2
    error: there is no spec that says where models are kept
      help: name the store with `--tracking-uri` or MLFLOW_TRACKING_URI, or the spec with `--spec`
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history")), @"
    exit 2
    error: there is no `gatewright.yaml` here or in a folder above
      help: name the spec with `--spec PATH`; `gatewright demo` writes an example
    ");
    let answer = sandbox.run(&format!(
        "history --at 2026-11-02 --model taxi-fare --tracking-uri {uri}"
    ));
    insta::assert_snapshot!(shown(&answer), @"
    champion of taxi-fare at 2026-11-02 00:00Z: version 3
      since       2026-11-01 03:00Z
      by          otto, entry 4: FORCED promotion
      run         https://ci.example/runs/7
      decision    promote blocked, judged 2026-10-31 23:58Z, sha256:abababababababababababababababababababababababababababababababab, runs:/0f3a/gatewright/decisions/ab.json
      reason      the airport reopened, version 1 does not know it
      note        it is live still
    shadow of taxi-fare at 2026-11-02 00:00Z: version 4
      since       2026-11-01 04:00Z
      by          mara, entry 5: promoted
      run         https://ci.example/runs/7
      note        it is live still
    exit 0
    ");
}

#[test]
fn a_store_that_cannot_be_read_is_no_fault_of_the_ledger() {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", SPEC);
    for words in ["", "--verify", "--at 2026-11-02", "--version 1"] {
        let answer = sandbox.run(&format!("history {words}"));
        assert_eq!(
            (answer.code, answer.stdout.as_str()),
            (Some(3), ""),
            "{words}"
        );
    }
    assert_eq!(sandbox.run("history --env nowhere").code, Some(2));
}

#[test]
fn the_documents_for_programs_and_pages_have_the_same_content() {
    let mut written = story();
    written.ledger.aliases.insert("champion".to_owned(), 4);
    written.promote("champion", 2);
    let sandbox = sandbox(&written);
    insta::assert_snapshot!(shown(&sandbox.run("history --format json --limit 1")), @r#"
    {
      "format": "gatewright-history/1",
      "model": "taxi-fare",
      "store": "sqlite:///mlflow.db",
      "[READ]",
      "aliases": [
        {
          "alias": "champion",
          "version": 2,
          "entry": 6,
          "recorded": true
        },
        {
          "alias": "shadow",
          "version": 4,
          "entry": 5,
          "recorded": true
        }
      ],
      "chain": {
        "entries": 6,
        "head": {
          "sequence": 6,
          "digest": "sha256:ebeeb1426c2a8bf5be639ff4a25c0faa8088156ddb36e930f4cbe5dc9c793f87"
        },
        "whole": true,
        "faults": [],
        "notes": [
          {
            "code": "moved",
            "entry": 4,
            "alias": "champion",
            "to": 4,
            "message": "`champion` was moved to version 4 outside of gatewright, between entries 4 and 6"
          }
        ]
      },
      "promotions": [
        {
          "digest": "sha256:ebeeb1426c2a8bf5be639ff4a25c0faa8088156ddb36e930f4cbe5dc9c793f87",
          "time": "2026-11-01T05:00:00Z",
          "outcome": "carried-out",
          "record": {
            "format": "gatewright-promotion/1",
            "sequence": 6,
            "previous": "sha256:a522b3c373c39b5128685f3b1b886b64b7e5754c2666bbda68417ff3385d06d4",
            "action": "promote",
            "model": "taxi-fare",
            "alias": "champion",
            "version": 2,
            "replaces": 4,
            "at_ms": 1793509200000,
            "project": "taxi-fare",
            "environment": "production",
            "by": {
              "actor": "mara",
              "user": null,
              "run_url": "https://ci.example/runs/7"
            },
            "commit": "a48b01cb0271fb1bcf9369c7410a36513c0d8c8f",
            "dirty": false,
            "spec": {
              "path": "gatewright.yaml",
              "digest": "sha256:00"
            },
            "run_id": null,
            "source": "models:/m-1",
            "model_digest": null,
            "decisions": [],
            "approvals": [],
            "reason": null,
            "forced": false,
            "waived": [],
            "copied_from": null
          }
        }
      ],
      "at": null,
      "version": null
    }
    exit 0
    "#);
    insta::assert_snapshot!(shown(&sandbox.run("history --format markdown")), @r"
    ### Promotions of taxi-fare

    - champion is version 2 (entry 6)
    - shadow is version 4 (entry 5)

    | entry | when | alias | version | from | what | who | environment | gates | why |
    |---:|---|---|---:|---:|---|---|---|---|---|
    | 6 | 2026-11-01 05:00Z | champion | 2 | 4 | promoted | mara | production | - |  |
    | 5 | 2026-11-01 04:00Z | shadow | 4 | - | promoted | mara | - | - |  |
    | - | not recorded | champion | 4 | 3 | ⚠️ **MOVED outside of gatewright** | unknown | - | - |  |
    | 4 | 2026-11-01 03:00Z | champion | 3 | 1 | ⚠️ **FORCED promotion** | otto | production | promote blocked | reason: the airport reopened, version 1 does not know it |
    | 3 | 2026-11-01 02:00Z | champion | 1 | 2 | rolled back | mara | production | - | reason: it was better |
    | 2 | 2026-11-01 01:00Z | champion | 2 | 1 | promoted | mara | production | promote pass | waived: rmse.airport; approved: by lena (github production) |
    | 1 | 2026-11-01 00:00Z | champion | 1 | - | promoted | mara | production | promote pass |  |

    ✅ the ledger is whole: 6 entries, the last is sha256:ebeeb1426c2a8bf5be639ff4a25c0faa8088156ddb36e930f4cbe5dc9c793f87

    - \`champion\` was moved to version 4 outside of gatewright, between entries 4 and 6

    <sub>[READ] from sqlite:///mlflow.db</sub>
    exit 0
    ");
    insta::assert_snapshot!(shown(&sandbox.run("history --at 2026-11-01T01:30Z --format markdown")), @r"
    ### taxi-fare at 2026-11-01 01:30Z

    **champion: version 2**

    - since: 2026-11-01 01:00Z
    - until: 2026-11-01 02:00Z
    - by: mara, entry 2: promoted
    - run: https://ci.example/runs/7
    - decision: promote pass, judged 2026-10-31 23:58Z, sha256:abababababababababababababababababababababababababababababababab, runs:/0f3a/gatewright/decisions/ab.json
    - waived: rmse.airport
    - approved: by lena (github production)
    - note: entry 3 replaced it by version 1

    ✅ the ledger is whole: 6 entries, the last is sha256:ebeeb1426c2a8bf5be639ff4a25c0faa8088156ddb36e930f4cbe5dc9c793f87

    - \`champion\` was moved to version 4 outside of gatewright, between entries 4 and 6

    <sub>[READ] from sqlite:///mlflow.db</sub>
    exit 0
    ");
}

#[test]
fn the_examples_of_the_documentation_are_what_is_printed() {
    let page = include_str!("../../docs/history.md");
    let sandbox = sandbox(&story());
    let mut parts = page.split("```console ledger\n");
    let mut replayed = parts.next().unwrap().to_owned();
    let mut commands = 0;
    for part in parts {
        let (block, rest) = part.split_once("```\n").unwrap();
        let command = block.lines().next().unwrap();
        let words = command.strip_prefix("$ gatewright ").unwrap();
        let answer = sandbox.run(words);
        commands += 1;
        let told = answer.stdout;
        write!(replayed, "```console ledger\n{command}\n{told}```\n{rest}").unwrap();
    }
    assert!(commands >= 4);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/history.md");
        std::fs::write(path, &replayed).unwrap();
        return;
    }
    assert!(page == replayed, "run with UPDATE_DOCS=1:\n{replayed}");
}
