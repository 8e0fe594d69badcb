//! A stand-in for a Databricks workspace, on the interface of the scripted server.
//!
//! It speaks what was captured from Databricks' own client: discovery, the token endpoint, Unity
//! Catalog and runs. It keeps the rules of the real thing that a careless client would break: no
//! token, no answer; a wrong way of asking for one is an OAuth error; unknown routes fail the test.

use serde_json::{Value, json};

use super::fake_server::{Behaviour, FakeServer};

/// The access token that signing in gives.
pub(crate) const ACCESS: &str = "eyJhY2Nlc3MifQ.token";

/// The model that exists.
pub(crate) const MODEL: &str = "main.ml.churn";

/// The run of its version 7.
pub(crate) const RUN: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A workspace that names the usual place for tokens, and holds one model and its run.
pub(crate) fn workspace() -> FakeServer {
    let server = FakeServer::start();
    let url = server.url();
    discovery(
        &server,
        &format!("{url}/oidc"),
        &format!("{url}/oidc/v1/token"),
    );
    token_endpoint(&server);
    catalog(&server);
    server
}

/// What the workspace says about itself.
pub(crate) fn discovery(server: &FakeServer, oidc: &str, token_endpoint: &str) {
    answer(
        server,
        "/.well-known/databricks-config",
        &json!({"oidc_endpoint": oidc, "account_id": "acc-1", "workspace_id": "1234567890"}),
    );
    answer(
        server,
        "/oidc/.well-known/oauth-authorization-server",
        &json!({"token_endpoint": token_endpoint, "authorization_endpoint": "https://unused"}),
    );
}

/// Where tokens are given out.
pub(crate) fn token_endpoint(server: &FakeServer) {
    let token = json!({"access_token": ACCESS, "token_type": "Bearer", "expires_in": 3600});
    let body = Behaviour::Answer(200, token.to_string());
    server.on("POST", "/oidc/v1/token", &[], body);
}

/// Unity Catalog with one model, and the run of its version 7.
pub(crate) fn catalog(server: &FakeServer) {
    const PATH: &str = "/api/2.0/mlflow/unity-catalog";
    let missing = |what: &str| {
        let error = json!({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": what});
        Behaviour::Answer(404, error.to_string())
    };
    let on = |path: &str, parameters: &[(&str, &str)], body: Value| {
        let path = format!("{PATH}/{path}");
        server.on(
            "GET",
            &path,
            parameters,
            Behaviour::Answer(200, body.to_string()),
        );
    };
    let alias = |alias| [("name", MODEL), ("alias", alias)];
    let number = |number| [("name", MODEL), ("version", number)];
    let aliases = json!([{"alias": "challenger", "version": "7"}]);
    on(
        "registered-models/get",
        &[("name", MODEL)],
        json!({"registered_model": {"name": MODEL, "aliases": aliases}}),
    );
    on(
        "registered-models/alias",
        &alias("challenger"),
        json!({"model_version": version("7", true)}),
    );
    for one in ["6", "7", "8"] {
        let body = json!({"model_version": version(one, true)});
        on("model-versions/get", &number(one), body);
    }
    let listed: Vec<_> = ["6", "8", "7"].map(|one| version(one, false)).into();
    let search = [
        ("filter", "name = 'main.ml.churn'"),
        ("max_results", "1000"),
    ];
    on(
        "model-versions/search",
        &search,
        json!({"model_versions": listed}),
    );
    for (path, parameters) in [
        ("registered-models/alias", alias("nobody")),
        ("model-versions/get", number("99")),
    ] {
        let path = format!("{PATH}/{path}");
        server.on("GET", &path, &parameters, missing("it does not exist"));
    }
    let run = json!({"run": {
        "info": {"run_id": RUN, "experiment_id": "5", "status": "FINISHED",
                 "start_time": "1795413009263", "lifecycle_stage": "active",
                 "artifact_uri": format!("dbfs:/databricks/mlflow-tracking/5/{RUN}/artifacts")},
        "data": {"metrics": [{"key": "f1", "value": 0.5, "timestamp": "1", "step": "0"}]},
    }});
    answer(server, "/api/2.0/mlflow/runs/get", &run);
}

/// A version as Unity Catalog tells it: aliases are objects, there is no stage, a search leaves
/// out tags.
fn version(number: &str, with_tags: bool) -> Value {
    let mut version = json!({
        "name": MODEL,
        "version": number,
        "creation_timestamp": 1_795_413_020_112_i64,
        "status": "READY",
        "source": "models:/m-1",
        "run_id": RUN,
        "run_workspace_id": "1234567890",
        "model_id": "m-1",
        "aliases": [{"alias": "challenger", "version": "7"}],
        "storage_location": "s3://bucket/models",
    });
    if with_tags {
        version["tags"] = json!([{"key": "stage", "value": format!("of {number}")}]);
    }
    if with_tags && number == "7" {
        let entry = json!({"sequence": 1, "alias": "champion", "version": 7, "at_ms": 12});
        version["tags"] = json!([{"key": "gatewright.promotion.1", "value": entry.to_string()}]);
    }
    version
}

fn answer(server: &FakeServer, path: &str, body: &Value) {
    server.on("GET", path, &[], Behaviour::Answer(200, body.to_string()));
}
