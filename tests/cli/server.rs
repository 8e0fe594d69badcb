//! `gate check` against a tracking server: the good answer, and everything a server can do wrong.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::sandbox::{Answer, Sandbox};
use crate::support::fake_server::{Behaviour, FakeServer};

const SPEC: &str = "version: 1
project: taxi-fare
gates:
  promote: {checks: [rmse <= 5.0, rmse <= champion + 2%]}
";

const ALIAS: &str = "/api/2.0/mlflow/registered-models/alias";
const RUN: &str = "/api/2.0/mlflow/runs/get";

fn version(number: u32, run: &str) -> Behaviour {
    let body = json!({"model_version": {"name": "taxi-fare", "version": number.to_string(), "run_id": run, "source": "s3://x", "current_stage": "None", "status": "READY"}});
    Behaviour::Answer(200, body.to_string())
}

fn run(id: &str, rmse: f64) -> Behaviour {
    let body = json!({"run": {
        "info": {"run_id": id, "experiment_id": "0", "status": "FINISHED", "lifecycle_stage": "active"},
        "data": {"metrics": [{"key": "rmse", "value": rmse, "timestamp": 1, "step": 0}]},
    }});
    Behaviour::Answer(200, body.to_string())
}

/// A server that knows a champion with rmse 3 and a challenger; `challenger` answers for its run.
fn server(challenger: Behaviour) -> FakeServer {
    let server = FakeServer::start();
    let model = ("name", "taxi-fare");
    server.on(
        "GET",
        ALIAS,
        &[model, ("alias", "challenger")],
        version(2, "b"),
    );
    server.on(
        "GET",
        ALIAS,
        &[model, ("alias", "champion")],
        version(1, "a"),
    );
    server.on("GET", RUN, &[("run_id", "a")], run("a", 3.0));
    server.on("GET", RUN, &[("run_id", "b")], challenger);
    server
}

fn check(uri: &str) -> Answer {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", SPEC);
    let environment = [
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1"),
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", "1"),
        ("GATEWRIGHT_HTTP_DEADLINE", "3"),
        ("MLFLOW_TRACKING_TOKEN", "token-of-the-test"),
    ];
    sandbox.run_with(&format!("gate check --tracking-uri {uri}"), &environment)
}

#[test]
fn a_better_model_passes_and_a_worse_one_is_blocked() {
    assert_eq!(check(&server(run("b", 2.5)).url()).code, Some(0));
    assert_eq!(check(&server(run("b", 3.5)).url()).code, Some(1));
}

#[test]
fn a_judgement_asks_four_questions_and_no_more() {
    let server = server(run("b", 2.5));
    assert_eq!(check(&server.url()).code, Some(0));
    assert_eq!(server.received().len(), 4);
}

#[test]
fn whatever_a_server_does_wrong_is_exit_code_3_in_bounded_time() {
    let elsewhere = FakeServer::start();
    let login = "<!doctype html><title>Log in</title>".to_owned();
    let cases = [
        ("html", Behaviour::Whole(200, vec!["Content-Type: text/html"], login.into_bytes())),
        ("401", Behaviour::Answer(401, "{}".to_owned())),
        ("403", Behaviour::Answer(403, "Permission denied".to_owned())),
        ("404", Behaviour::Answer(404, "<h1>Not Found</h1>".to_owned())),
        ("500", Behaviour::Answer(500, "{}".to_owned())),
        ("empty", Behaviour::Answer(200, "{}".to_owned())),
        ("null", Behaviour::Answer(200, "null".to_owned())),
        ("another run", run("c", 2.5)),
        ("half", Behaviour::Half("{\"run\": {\"info\"".to_owned())),
        ("reset", Behaviour::Reset),
        ("hang", Behaviour::Hang),
        ("redirect", Behaviour::Redirect(elsewhere.url())),
        ("endless", Behaviour::Endless),
        ("metrics that are no list", Behaviour::Answer(200, json!({"run": {"info": {"run_id": "b", "experiment_id": "0", "status": "FINISHED", "lifecycle_stage": "active"}, "data": {"metrics": 5}}}).to_string())),
    ];
    for (name, behaviour) in cases {
        let server = server(behaviour);
        let started = Instant::now();
        let answer = check(&server.url());
        assert_eq!(
            answer.code,
            Some(3),
            "{name}: {}{}",
            answer.stdout,
            answer.stderr
        );
        assert_eq!(answer.stdout, "", "{name}");
        assert!(
            answer.stderr.contains("help: "),
            "{name}: {}",
            answer.stderr
        );
        assert!(
            !answer.stderr.contains("token-of-the-test"),
            "{name}: {}",
            answer.stderr
        );
        assert!(started.elapsed() < Duration::from_secs(20), "{name}");
    }
    assert!(
        elsewhere.received().is_empty(),
        "nothing is sent to another host"
    );
}

#[test]
fn an_endless_page_token_has_nothing_to_page_through() {
    let body = json!({
        "run": {
            "info": {"run_id": "b", "experiment_id": "0", "status": "FINISHED", "lifecycle_stage": "active"},
            "data": {"metrics": [{"key": "rmse", "value": 2.5, "timestamp": 1, "step": 0}]},
        },
        "next_page_token": "again",
    });
    let server = server(Behaviour::Answer(200, body.to_string()));
    assert_eq!(check(&server.url()).code, Some(0));
    assert_eq!(server.received().len(), 4);
}

#[test]
fn a_nan_that_a_server_spells_out_is_blocked() {
    let body = json!({"run": {
        "info": {"run_id": "b", "experiment_id": "0", "status": "FINISHED", "lifecycle_stage": "active"},
        "data": {"metrics": [{"key": "rmse", "value": "NaN", "timestamp": 1, "step": 0}]},
    }});
    let answer = check(&server(Behaviour::Answer(200, body.to_string())).url());
    assert_eq!(answer.code, Some(1));
    assert!(answer.stdout.contains("NaN"), "{}", answer.stdout);
}
