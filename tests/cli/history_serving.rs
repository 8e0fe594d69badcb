//! What `gatewright history --version` tells of the rollouts of a version.

use serde_json::{Value, json};

use crate::history::{MODEL, sandbox, story};
use crate::sandbox::Sandbox;

/// The state of a rollout, as `gatewright rollout` keeps it.
fn state(endpoint: &str, version: u64, phase: &str) -> Value {
    json!({
        "format": "gatewright-rollout/1", "endpoint": endpoint,
        "from": {"version": 1, "route": "fare-1"},
        "to": {"version": version, "route": format!("fare-{version}")},
        "steps": [5, 25, 100], "step": 1, "phase": phase, "since_ms": 1_793_509_200_000_i64,
        "before": {"fare-1": 100}, "baseline": {}, "because": null,
    })
}

/// A ledger whose version 2 has these tags.
fn tagged(tags: &[(&str, String)]) -> Sandbox {
    let sandbox = sandbox(&story());
    let store = rusqlite::Connection::open(sandbox.path("mlflow.db")).unwrap();
    for (endpoint, text) in tags {
        let tag = format!("gatewright.rollout.{endpoint}");
        let sql = "INSERT INTO model_version_tags (name, version, key, value) \
                   VALUES (?1, 2, ?2, ?3)";
        store.execute(sql, [MODEL, &tag, text]).unwrap();
    }
    sandbox
}

fn rollouts() -> Sandbox {
    let phases = [
        ("a", "raising"),
        ("b", "baking"),
        ("c", "settling"),
        ("d", "finished"),
        ("e", "returning"),
        ("f", "returned"),
    ];
    let mut tags: Vec<_> = phases
        .iter()
        .map(|(endpoint, phase)| {
            let mut state = state(endpoint, 2, phase);
            if ["e", "f"].contains(endpoint) {
                let reason = "the gate blocked at 25 %\u{1b}[31m | <b>";
                state["because"] = json!({"cause": "gate", "reason": reason});
            }
            (*endpoint, state.to_string())
        })
        .collect();
    let mut back = state("back", 2, "finished");
    back["direction"] = "back".into();
    tags.push(("back", back.to_string()));
    tags.push(("g", state("g", 7, "finished").to_string()));
    tags.push(("h", "{\"format\": \"later\"}".to_owned()));
    tagged(&tags)
}

#[test]
fn the_rollouts_of_a_version_are_told_with_its_lineage() {
    let sandbox = rollouts();
    let lines = |words: &str, sign: &str| {
        let answer = sandbox.run(&format!("history --version 2 {words}"));
        assert_eq!(answer.code, Some(0), "{}", answer.stderr);
        let lines = answer.stdout.lines().filter(|line| line.starts_with(sign));
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(lines("", "  serving"), @r"
    serving     a: step 2 of 3, being given 25 % since 2026-11-01 05:00Z, beside version 1
    serving     b: step 2 of 3, 25 % of the traffic since 2026-11-01 05:00Z, beside version 1
    serving     back: finished by a rollback, without a gate, at 2026-11-01 05:00Z, in the place of version 1
    serving     c: every step passed; taking version 1 off since 2026-11-01 05:00Z
    serving     d: finished at 2026-11-01 05:00Z, in the place of version 1
    serving     e: going back to version 1 since 2026-11-01 05:00Z, from step 2 of 3: the gate blocked at 25 %\u{1b}[31m | <b>
    serving     f: returned to version 1 at 2026-11-01 05:00Z, from step 2 of 3: the gate blocked at 25 %\u{1b}[31m | <b>
    serving     g: the tag of its rollout is not understood: it is about another version or endpoint, and was copied here
    serving     h: the tag of its rollout is not understood: missing field `endpoint` at line 1 column 19
    ");
    insta::assert_snapshot!(lines("--format markdown", "- serving"), @r"
    - serving: a: step 2 of 3, being given 25 % since 2026-11-01 05:00Z, beside version 1
    - serving: b: step 2 of 3, 25 % of the traffic since 2026-11-01 05:00Z, beside version 1
    - serving: back: finished by a rollback, without a gate, at 2026-11-01 05:00Z, in the place of version 1
    - serving: c: every step passed; taking version 1 off since 2026-11-01 05:00Z
    - serving: d: finished at 2026-11-01 05:00Z, in the place of version 1
    - serving: e: going back to version 1 since 2026-11-01 05:00Z, from step 2 of 3: the gate blocked at 25 %\\u{1b}\[31m \| &lt;b&gt;
    - serving: f: returned to version 1 at 2026-11-01 05:00Z, from step 2 of 3: the gate blocked at 25 %\\u{1b}\[31m \| &lt;b&gt;
    - serving: g: the tag of its rollout is not understood: it is about another version or endpoint, and was copied here
    - serving: h: the tag of its rollout is not understood: missing field \`endpoint\` at line 1 column 19
    ");
}

#[test]
fn programs_read_how_far_a_rollout_is() {
    let answer = rollouts().run("history --version 2 --format json");
    let document: Value = serde_json::from_str(&answer.stdout).unwrap();
    let serving = &document["version"]["serving"];
    assert_eq!(serving.as_array().unwrap().len(), 9);
    assert_eq!(
        serving[1],
        json!({
            "endpoint": "b",
            "fault": null,
            "rollout": {
                "phase": "baking", "since": "2026-11-01T05:00:00Z", "step": 2,
                "steps": [5, 25, 100], "share": 25, "from": 1, "reason": null,
                "direction": "forth",
            },
        })
    );
    assert_eq!(serving[7]["rollout"], Value::Null);
    let plain = sandbox(&story()).run("history --version 2 --format json");
    let document: Value = serde_json::from_str(&plain.stdout).unwrap();
    assert_eq!(document["version"]["serving"], json!([]));
}
