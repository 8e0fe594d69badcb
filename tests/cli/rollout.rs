//! `rollout`, against a workspace that remembers and against a program.

mod back;
mod command;
mod ends;
mod kill;
mod workspace;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};

use self::workspace::{Fault, Manners, ServingWorkspace};
use crate::sandbox::{Answer, Sandbox};

const SPEC: &str = "version: 1
project: taxi-fare
gates:
  promote: {checks: [rmse <= 5.0]}
  canary:
    checks:
      - error_rate <= 0.01
      - latency_p95_ms <= champion + 10%
serving:
  online:
    endpoint: fare
    size: Small
    scale_to_zero: true
    rollout: {steps: [50, 100], bake: 1s, poll: 1s, gate: canary}
";

/// Long enough for anything on a busy machine.
const LONG: Duration = Duration::from_mins(1);

/// The demo's store, and a spec that serves.
fn project(spec: &str) -> Sandbox {
    let sandbox = Sandbox::taxi();
    sandbox.write("gatewright.yaml", spec);
    sandbox
}

fn roll_out(sandbox: &Sandbox, workspace: &ServingWorkspace, words: &str) -> Answer {
    let variables = workspace.variables();
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    sandbox.run_with(&format!("rollout --version 2 {words}"), &variables)
}

/// The same, not waited for.
fn start(sandbox: &Sandbox, workspace: &ServingWorkspace, words: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .arg("rollout")
        .args(words)
        .current_dir(sandbox.path(""))
        .env_clear()
        .envs(workspace.variables())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What was said, without the time and the port.
fn said(answer: &Answer) -> String {
    let text = format!(
        "{}---\n{}exit {:?}\n",
        answer.stderr, answer.stdout, answer.code
    );
    [
        (r"(?m)^\d\d:\d\d:\d\d", "[TIME]"),
        (r"127\.0\.0\.1:\d+", "[HOST]"),
    ]
    .iter()
    .fold(text, |text, (pattern, word)| {
        regex::Regex::new(pattern)
            .unwrap()
            .replace_all(&text, *word)
            .into_owned()
    })
}

/// What is deployed and who gets what, without what Databricks adds.
fn deployed(config: &Value) -> Value {
    let mut config = config.clone();
    config["config_version"].take();
    for entity in config["served_entities"].as_array_mut().unwrap() {
        for key in ["creator", "creation_timestamp", "state"] {
            entity.as_object_mut().unwrap().remove(key);
        }
    }
    for route in config["traffic_config"]["routes"].as_array_mut().unwrap() {
        route.as_object_mut().unwrap().remove("served_entity_name");
    }
    config
}

#[test]
fn a_version_gets_its_traffic_in_steps_with_a_gate_at_each() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    let answer = roll_out(&sandbox, &workspace, "-o json=step-{step}.json");
    assert_snapshot!(said(&answer), @r"
    rollout of version 2 to fare at http://[HOST], in the place of version 1; interrupted, it goes on when run again
    [TIME]   50 %  giving version 2 50 % of the traffic
    [TIME]   50 %  version 2 is serving; baking for 1s
    [TIME]   50 %  pass: error_rate 0, latency_p95_ms 48, requests 1000
    [TIME]  100 %  giving version 2 100 % of the traffic
    [TIME]  100 %  version 2 is serving; baking for 1s
    [TIME]  100 %  pass: error_rate 0, latency_p95_ms 48, requests 2000
    [TIME]  100 %  every step passed; taking version 1 off the endpoint
    [TIME]  100 %  finished
    ---
    FINISHED: version 2 gets all of the traffic
       50 %  pass     error_rate 0, latency_p95_ms 48, requests 1000
      100 %  pass     error_rate 0, latency_p95_ms 48, requests 2000
      traffic now: taxi-fare-2 100 %
    exit Some(0)
    ");
    assert_eq!(workspace.traffic(), "other 0, taxi-fare-2 100");
    let shares = |change: &Value| {
        let routes = change["traffic_config"]["routes"].as_array().unwrap();
        let shares = routes.iter().map(|it| it["traffic_percentage"].to_string());
        shares.collect::<Vec<_>>().join(" ")
    };
    let changes = workspace.changes();
    let moved: Vec<_> = changes.iter().map(shares).collect();
    assert_eq!(moved, ["50 0 50", "0 0 100", "0 100"]);
    // Deployed as the version before it, but for what the spec says; what is not ours is as it was.
    assert_eq!(
        changes[0]["served_entities"][2],
        json!({
            "name": "taxi-fare-2", "entity_name": "taxi-fare", "entity_version": "2",
            "workload_size": "Small", "workload_type": "CPU", "scale_to_zero_enabled": true,
            "environment_vars": {"API_KEY": "{{secrets/fare/key}}"},
        })
    );
    assert_eq!(
        changes[2]["served_entities"][0]["entity_name"],
        "main.ml.other"
    );
    let decision: Value = serde_json::from_str(&sandbox.read("step-100.json")).unwrap();
    assert_eq!(decision["verdict"], "pass");
    assert_eq!(decision["candidate"]["run_id"], "serving:fare/2");
    let note = decision["notes"][0].as_str().unwrap();
    assert!(
        note.contains("version 1 none: it is compared by what it showed"),
        "{note}"
    );
    let again = roll_out(&sandbox, &workspace, "");
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(
        again.stdout.contains("was rolled out before"),
        "{}",
        again.stdout
    );
    assert_eq!(workspace.changes().len(), 3);
}

#[test]
fn a_gate_that_blocks_gives_the_traffic_back_exactly() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    let before = deployed(&workspace.config());
    workspace.behaves(
        "2",
        Manners {
            latency_ms: 80.0,
            errors: 0.0,
        },
    );
    let answer = roll_out(&sandbox, &workspace, "");
    assert_snapshot!(said(&answer), @r"
    rollout of version 2 to fare at http://[HOST], in the place of version 1; interrupted, it goes on when run again
    [TIME]   50 %  giving version 2 50 % of the traffic
    [TIME]   50 %  version 2 is serving; baking for 1s
    [TIME]   50 %  blocked: error_rate 0, latency_p95_ms 97.5, requests 1000
    [TIME]    back  the gate blocked at 50 %; giving the traffic back to version 1
    [TIME]    back  the traffic is as it was before: taxi-fare-1 100 %
    ---
    RETURNED: the gate blocked at 50 %; the traffic is as it was before: taxi-fare-1 100 %
       50 %  blocked  error_rate 0, latency_p95_ms 97.5, requests 1000
                      fail: latency_p95_ms <= champion + 10%: latency_p95_ms is 97.5, and must be <= 52.8 (the champion's 48 + 10%)
      traffic now: taxi-fare-1 100 %
    exit Some(1)
    ");
    assert_eq!(deployed(&workspace.config()), before);
    let changes = workspace.changes().len();
    let again = roll_out(&sandbox, &workspace, "");
    assert_eq!(again.code, Some(1));
    assert!(
        again.stdout.contains("begin again with `--restart`"),
        "{}",
        again.stdout
    );
    assert_eq!(
        workspace.changes().len(),
        changes,
        "nothing was tried again unasked"
    );
    workspace.behaves(
        "2",
        Manners {
            latency_ms: 41.0,
            errors: 0.0,
        },
    );
    let restarted = roll_out(&sandbox, &workspace, "--restart");
    assert_eq!(restarted.code, Some(0), "{}", restarted.stderr);
}

#[test]
fn the_gate_of_a_rollout_judges_no_version_so_that_a_promotion_does_not_ask_it() {
    let sandbox = project(SPEC);
    let answer = sandbox.run("promote --candidate 3 --format json");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let result: Value = serde_json::from_str(&answer.stdout).unwrap();
    let decisions = result["record"]["decisions"].as_array().unwrap();
    let gates: Vec<_> = decisions.iter().map(|it| &it["gate"]).collect();
    assert_eq!(gates, ["promote"]);
}

#[test]
fn a_plan_changes_nothing_and_remembers_nothing() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    let answer = roll_out(&sandbox, &workspace, "--dry-run");
    assert_snapshot!(said(&answer), @r"
    ---
    PLANNED: would move the traffic from version 1 to version 2 in steps: 50 %, 100 %; each bakes for 1s, then the gate `canary`
      traffic now: taxi-fare-1 100 %
    exit Some(0)
    ");
    assert_eq!(workspace.count(), 1);
    let began = roll_out(&sandbox, &workspace, "--abort");
    assert_eq!(began.code, Some(2), "{}", began.stdout);
}

#[test]
fn the_answer_for_programs_is_one_document() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    workspace.behaves(
        "2",
        Manners {
            latency_ms: 40.0,
            errors: 0.5,
        },
    );
    let answer = roll_out(&sandbox, &workspace, "--format json -q");
    let report: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(answer.stderr, "");
    assert_eq!(report["outcome"], "returned");
    assert_eq!(report["steps"][0]["verdict"], "blocked");
    assert_eq!(report["steps"][0]["metrics"]["error_rate"], 0.5);
    assert_eq!(report["traffic"], json!({"other": 0, "taxi-fare-1": 100}));
    assert!(
        report["steps"][0]["decision"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );
}

#[test]
fn an_environment_has_an_endpoint_of_its_own() {
    let sandbox = project(&SPEC.replace(
        "gates:\n",
        "environments:\n  prod: {serving: {endpoint: fare-prod}}\ngates:\n",
    ));
    let workspace = ServingWorkspace::start();
    workspace.fails(0, Fault::Error(404, "RESOURCE_DOES_NOT_EXIST"));
    let answer = roll_out(&sandbox, &workspace, "--env prod");
    assert_eq!(answer.code, Some(3), "{}", answer.stdout);
    assert!(
        answer.stderr.contains("there is no endpoint `fare-prod`"),
        "{}",
        answer.stderr
    );
}

#[test]
fn an_environment_serves_its_own_model_by_its_own_alias() {
    let sandbox = project(&SPEC.replace(
        "gates:\n",
        "model: {name: elsewhere}
environments:
  prod: {model: {name: taxi-fare, aliases: {live: champion-prod}}}
gates:
",
    ));
    let store = rusqlite::Connection::open(sandbox.path("mlflow.db")).unwrap();
    let alias = "INSERT INTO registered_model_aliases (name, alias, version) \
                 VALUES ('taxi-fare', 'champion-prod', 2)";
    store.execute(alias, []).unwrap();
    let workspace = ServingWorkspace::start();
    let variables = workspace.variables();
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let astray = sandbox.run_with("rollout", &variables);
    assert_eq!(astray.code, Some(3), "{}", astray.stdout);
    assert!(astray.stderr.contains("`elsewhere`"), "{}", astray.stderr);
    let words = "rollout --env prod --format json -q -o json=step-{step}.json";
    let answer = sandbox.run_with(words, &variables);
    assert_eq!(answer.code, Some(0), "{}{}", answer.stderr, answer.stdout);
    let report: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(report["model"], "taxi-fare");
    assert_eq!(
        workspace.changes()[0]["served_entities"][2]["entity_name"],
        "taxi-fare"
    );
    let decision: Value = serde_json::from_str(&sandbox.read("step-100.json")).unwrap();
    assert_eq!(
        (&decision["model"], &decision["environment"]),
        (&json!("taxi-fare"), &json!("prod"))
    );
    let remembered = "SELECT version FROM model_version_tags \
                      WHERE name = 'taxi-fare' AND key = 'gatewright.rollout.fare'";
    let version: u32 = store.query_row(remembered, [], |row| row.get(0)).unwrap();
    assert_eq!(version, 2);
}
