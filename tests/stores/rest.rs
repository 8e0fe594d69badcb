//! What a healthy tracking server says, as it was recorded.

use std::path::Path;

use gatewright::evidence::Reading;
use gatewright::store::{Selector, Store, StoreError};

use super::support::fake_server::{Behaviour, FakeServer};
use super::{Runs, open, open_with, reading, shown};
use Behaviour::{Answer, Recorded};

pub(super) const ALIAS: &str = "/api/2.0/mlflow/registered-models/alias";
pub(super) const VERSION: &str = "/api/2.0/mlflow/model-versions/get";
const MODEL: &str = "/api/2.0/mlflow/registered-models/get";
pub(super) const RUN: &str = "/api/2.0/mlflow/runs/get";
pub(super) const RUN_ID: &str = "417876c6bf2146f986c37b5b35869030";

pub(super) fn client(server: &FakeServer) -> Box<dyn Store> {
    open(&server.url(), Path::new(".")).unwrap()
}

pub(super) fn alias(name: &str) -> Selector {
    Selector::Alias(name.to_owned())
}

pub(super) fn on_alias(server: &FakeServer, name: &str, behaviour: Behaviour) {
    server.on(
        "GET",
        ALIAS,
        &[("name", "churn-clf"), ("alias", name)],
        behaviour,
    );
}

#[test]
fn a_missing_alias_is_none_although_it_is_an_http_400() {
    let server = FakeServer::start();
    on_alias(&server, "nope", Recorded("mv_alias_404"));
    assert_eq!(
        client(&server)
            .versions("churn-clf", &[alias("nope")])
            .unwrap(),
        [None]
    );
    assert_eq!(server.received().len(), 1);
}

#[test]
fn any_other_http_400_is_an_error() {
    for message in [
        "Registered model alias other not found.",
        "Invalid alias name",
        "Registered model alias nope is not allowed",
    ] {
        let server = FakeServer::start();
        let body = format!(r#"{{"error_code":"INVALID_PARAMETER_VALUE","message":"{message}"}}"#);
        on_alias(&server, "nope", Answer(400, body));
        let error = client(&server)
            .versions("churn-clf", &[alias("nope")])
            .unwrap_err();
        assert!(
            matches!(error, StoreError::Refused { status: 400, .. }),
            "{error:?}"
        );
    }
}

#[test]
fn a_model_that_does_not_exist_is_told_from_a_version_that_does_not() {
    let server = FakeServer::start();
    server.on(
        "GET",
        VERSION,
        &[("name", "churn-clf"), ("version", "99")],
        Recorded("mv_get_404"),
    );
    server.on(
        "GET",
        VERSION,
        &[("name", "nope"), ("version", "1")],
        Recorded("mv_get_404model"),
    );
    server.on(
        "GET",
        ALIAS,
        &[("name", "nope"), ("alias", "champion")],
        Recorded("mv_alias_404model"),
    );
    server.on("GET", MODEL, &[("name", "churn-clf")], Recorded("rm_get"));
    server.on("GET", MODEL, &[("name", "nope")], Recorded("rm_get_404"));
    let store = client(&server);
    assert_eq!(
        store
            .versions("churn-clf", &[Selector::Number(99)])
            .unwrap(),
        [None]
    );
    for selector in [Selector::Number(1), alias("champion")] {
        let error = store.versions("nope", &[selector]).unwrap_err();
        assert_eq!(
            error,
            StoreError::ModelNotFound {
                model: "nope".to_owned()
            }
        );
    }
}

#[test]
fn an_alias_that_points_to_nothing_is_not_a_missing_champion() {
    let server = FakeServer::start();
    on_alias(&server, "champion", Recorded("mv_get_404"));
    server.on("GET", MODEL, &[], Recorded("rm_get"));
    let error = client(&server)
        .versions("churn-clf", &[alias("champion")])
        .unwrap_err();
    assert!(
        matches!(error, StoreError::Refused { status: 404, .. }),
        "{error:?}"
    );
}

#[test]
fn a_version_without_a_run_has_none() {
    let server = FakeServer::start();
    server.on("GET", VERSION, &[], Recorded("mv_get_nosrc"));
    on_alias(&server, "latest", Recorded("mv_alias_latest"));
    let asked = [Selector::Number(5), alias("latest")];
    for version in client(&server).versions("churn-clf", &asked).unwrap() {
        let version = version.unwrap();
        assert_eq!(
            (version.number, version.run_id, version.source.as_str()),
            (5, None, "s3://x/y")
        );
    }
}

#[test]
fn a_deleted_version_does_not_exist() {
    let server = FakeServer::start();
    let body = r#"{"model_version":{"name":"churn-clf","version":"4","current_stage":"Deleted_Internal"}}"#;
    server.on("GET", VERSION, &[], Answer(200, body.to_owned()));
    server.on("GET", MODEL, &[], Recorded("rm_get"));
    assert_eq!(
        client(&server)
            .versions("churn-clf", &[Selector::Number(4)])
            .unwrap(),
        [None]
    );
}

#[test]
fn a_run_that_does_not_exist_is_an_error() {
    let server = FakeServer::start();
    server.on("GET", RUN, &[], Recorded("run_get_404"));
    let run = "00000000000000000000000000000000";
    let error = client(&server).runs(&[run]).unwrap_err();
    assert_eq!(
        error,
        StoreError::RunNotFound {
            run: run.to_owned()
        }
    );
}

#[test]
fn odd_values_are_what_they_are() {
    let server = FakeServer::start();
    let sql = "caf121cfbf0c456399297ba88f7057c0";
    let files = "f87b66385c644e7584ed086c70e50a2f";
    server.on("GET", RUN, &[("run_id", sql)], Recorded("run_get_odd"));
    server.on(
        "GET",
        RUN,
        &[("run_id", files)],
        Recorded("filestore_run_get_odd"),
    );
    for run in client(&server).runs(&[sql, files]).unwrap() {
        assert_eq!(reading(&run, "nan"), Reading::NaN);
        assert_eq!(reading(&run, "posinf"), Reading::PositiveInfinity);
        assert_eq!(reading(&run, "neginf"), Reading::NegativeInfinity);
        assert_eq!(reading(&run, "tiny").finite().unwrap().get().to_bits(), 1);
        assert_eq!(shown(&run, "third"), "0.3333333333333333");
        assert_eq!(shown(&run, "précision"), "0.5");
        assert_eq!(shown(&run, "val/a b.c-d_e:f"), "0.5");
        assert_eq!(run.metrics["negstep"].step, -3);
        assert_eq!(run.metrics["ts_test"].timestamp_ms, 2000);
    }
}

#[test]
fn other_speakers_of_the_protocol_write_integers_as_strings_and_versions_as_numbers() {
    let server = FakeServer::start();
    let version =
        r#"{"model_version":{"name":"m","version":7,"run_id":null,"source":null,"new":{}}}"#;
    server.on("GET", VERSION, &[], Answer(200, version.to_owned()));
    let run = r#"{"run":{"info":{"run_id":"r","experiment_id":"0","status":"FINISHED","lifecycle_stage":"active"},"data":{
        "metrics":[{"key":"a","value":1,"timestamp":"1795413011696","step":"20"},
                   {"key":"b","value":0.5,"timestamp":1}],
        "tags":[{"key":"mlflow.source.git.commit","value":"deadbeef"}]}}}"#;
    server.on("GET", RUN, &[], Answer(200, run.to_owned()));
    let store = client(&server);
    let version = store
        .versions("m", &[Selector::Number(7)])
        .unwrap()
        .remove(0)
        .unwrap();
    assert_eq!((version.number, version.run_id), (7, None));
    let run = store.runs(&["r"]).unwrap().remove(0);
    assert_eq!(
        (run.metrics["a"].step, run.metrics["a"].timestamp_ms),
        (20, 1_795_413_011_696)
    );
    assert_eq!(run.commit(), Some("deadbeef"));
}

#[test]
fn a_next_page_token_changes_nothing() {
    let server = FakeServer::start();
    let run = r#"{"run":{"info":{"run_id":"r","experiment_id":"0","status":"FINISHED","lifecycle_stage":"active"},"data":{}},"next_page_token":"x"}"#;
    server.on("GET", RUN, &[], Answer(200, run.to_owned()));
    assert!(client(&server).runs(&["r"]).unwrap()[0].metrics.is_empty());
    assert_eq!(server.received().len(), 1);
}

#[test]
fn names_are_percent_encoded_and_a_prefix_is_kept() {
    let server = FakeServer::start();
    let name = "a&b=c d+é/../%2e?#";
    let body = format!(r#"{{"model_version":{{"name":"{name}","version":"1"}}}}"#);
    let path = "/team%20a/mlflow/api/2.0/mlflow/registered-models/alias";
    server.on(
        "GET",
        path,
        &[("name", name), ("alias", "ä&name=x")],
        Answer(200, body),
    );
    let url = format!("{}/team%20a/mlflow/", server.url());
    let store = open(&url, Path::new(".")).unwrap();
    assert_eq!(store.location(), url.trim_end_matches('/'));
    assert!(store.versions(name, &[alias("ä&name=x")]).unwrap()[0].is_some());
}

#[test]
fn the_workspace_is_sent_as_mlflow_sends_it() {
    let server = FakeServer::start();
    server.on("GET", RUN, &[], Recorded("run_get"));
    let store = open_with(&server.url(), &[("MLFLOW_WORKSPACE", " team-a ")]).unwrap();
    store.runs(&[RUN_ID]).unwrap();
    client(&server).runs(&[RUN_ID]).unwrap();
    let received = server.received();
    assert_eq!(received[0].header("x-mlflow-workspace"), Some("team-a"));
    assert_eq!(received[1].header("x-mlflow-workspace"), None);
    assert!(
        received[0]
            .header("user-agent")
            .unwrap()
            .starts_with("gatewright/")
    );
    assert_eq!(received[0].header("accept-encoding"), None);
}
