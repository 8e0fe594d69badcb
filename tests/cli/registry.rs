//! Where versions are read when they are not where runs are.

use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox};
use crate::support::fake_server::{Behaviour, FakeServer};

const SPEC: &str = "version: 1
project: taxi-fare
model: {name: main.ml.taxi}
gates:
  promote: {checks: [rmse <= 5.0, rmse <= champion + 2%]}
";

/// Runs `a` and `b`, with rmse 3 and 2.5.
fn runs(server: &FakeServer) {
    for (id, rmse) in [("a", 3.0), ("b", 2.5)] {
        let body = json!({"run": {
            "info": {"run_id": id, "experiment_id": "0", "status": "FINISHED", "lifecycle_stage": "active"},
            "data": {"metrics": [{"key": "rmse", "value": rmse, "timestamp": 1, "step": 0}]},
        }});
        on(server, "runs/get", &[("run_id", id)], &body);
    }
}

/// A champion, made by `a`, and a challenger, made by `b`.
fn aliases(server: &FakeServer, prefix: &str) {
    for (alias, number, run) in [("champion", "1", "a"), ("challenger", "2", "b")] {
        let body = json!({"model_version": {"name": "main.ml.taxi", "version": number, "run_id": run, "source": "s3://x"}});
        let path = format!("{prefix}registered-models/alias");
        let asked = [("name", "main.ml.taxi"), ("alias", alias)];
        on(server, &path, &asked, &body);
    }
}

fn on(server: &FakeServer, path: &str, parameters: &[(&str, &str)], body: &Value) {
    let path = format!("/api/2.0/mlflow/{path}");
    let answer = Behaviour::Answer(200, body.to_string());
    server.on("GET", &path, parameters, answer);
}

fn check(spec: &str, words: &str, environment: &[(&str, &str)]) -> Answer {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", spec);
    sandbox.run_with(&format!("gate check {words}"), environment)
}

#[test]
fn the_environment_names_the_registry_where_the_spec_does_not() {
    let (tracking, registry) = (FakeServer::start(), FakeServer::start());
    runs(&tracking);
    aliases(&registry, "");
    let answer = check(
        SPEC,
        "",
        &[
            ("MLFLOW_TRACKING_URI", &tracking.url()),
            ("MLFLOW_REGISTRY_URI", &registry.url()),
        ],
    );
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert_eq!(tracking.received().len(), 2);
    assert_eq!(registry.received().len(), 2);
}

#[test]
fn the_store_named_on_the_command_line_is_the_registry_as_well() {
    let (server, other) = (FakeServer::start(), FakeServer::start());
    runs(&server);
    aliases(&server, "");
    let other = other.url();
    let words = format!("--tracking-uri {}", server.url());
    let answer = check(SPEC, &words, &[("MLFLOW_REGISTRY_URI", &other)]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
}

#[test]
fn the_registry_of_databricks_is_unity_catalog() {
    let server = FakeServer::start();
    runs(&server);
    aliases(&server, "unity-catalog/");
    let answer = check(
        SPEC,
        "--tracking-uri databricks",
        &[
            ("DATABRICKS_HOST", &server.url()),
            ("DATABRICKS_TOKEN", "dapi-hush"),
        ],
    );
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert_eq!(server.received().len(), 4);
    let told = format!("{}{}", answer.stdout, answer.stderr);
    assert!(!told.contains("hush"), "{told}");
}
