//! Answers that arrive whole and are still none.

use gatewright::store::{Selector, StoreError};

use super::rest_faults::{fault, page};
use super::support::fake_server::{Behaviour, FakeServer};
use super::{Runs, open_with};
use Behaviour::{Answer, Recorded, Whole};

const ALIAS: &str = "/api/2.0/mlflow/registered-models/alias";
const VERSION: &str = "/api/2.0/mlflow/model-versions/get";
const MODEL: &str = "/api/2.0/mlflow/registered-models/get";
const RUN: &str = "/api/2.0/mlflow/runs/get";
const RUN_ID: &str = "417876c6bf2146f986c37b5b35869030";

fn json(body: &str) -> Behaviour {
    Answer(200, body.to_owned())
}

fn malformed(behaviour: Behaviour) -> String {
    match fault(behaviour, &[]) {
        (StoreError::Malformed { reason, .. }, 1) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_object_is_never_an_empty_success() {
    for body in ["{}", "", "null", "[]", r#"{"run":{}}"#, r#"{"run":null}"#] {
        malformed(json(body));
    }
    let server = FakeServer::start();
    for path in [ALIAS, VERSION, MODEL] {
        server.on("GET", path, &[], json("{}"));
    }
    let store = open_with(&server.url(), &[]).unwrap();
    for selector in [Selector::Alias("champion".to_owned()), Selector::Number(1)] {
        let error = store.versions("m", &[selector]).unwrap_err();
        assert!(matches!(error, StoreError::Malformed { .. }), "{error:?}");
    }
}

#[test]
fn an_empty_object_does_not_prove_that_a_model_exists() {
    let server = FakeServer::start();
    server.on("GET", VERSION, &[], Recorded("mv_get_404"));
    server.on("GET", MODEL, &[], json("{}"));
    let store = open_with(&server.url(), &[]).unwrap();
    let error = store
        .versions("churn-clf", &[Selector::Number(99)])
        .unwrap_err();
    assert!(matches!(error, StoreError::Malformed { .. }), "{error:?}");
}

#[test]
fn an_answer_about_something_else_is_not_an_answer() {
    let server = FakeServer::start();
    server.on("GET", ALIAS, &[], Recorded("mv_alias"));
    server.on("GET", VERSION, &[], Recorded("mv_get"));
    server.on("GET", RUN, &[], Recorded("run_get"));
    let store = open_with(&server.url(), &[]).unwrap();
    let champion = Selector::Alias("champion".to_owned());
    for error in [
        store.versions("other-model", &[champion]).unwrap_err(),
        store
            .versions("other-model", &[Selector::Number(2)])
            .unwrap_err(),
        store
            .versions("churn-clf", &[Selector::Number(3)])
            .unwrap_err(),
        store
            .runs(&["00000000000000000000000000000000"])
            .unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Malformed { .. }), "{error:?}");
    }
}

/// A run with these metrics, as JSON.
fn run_with(metrics: &str) -> Behaviour {
    json(&format!(
        r#"{{"run":{{"info":{{"run_id":"{RUN_ID}","experiment_id":"0","status":"FINISHED","lifecycle_stage":"active"}},"data":{{"metrics":[{metrics}]}}}}}}"#
    ))
}

#[test]
fn a_metric_without_a_value_is_never_zero() {
    for metric in [
        r#"{"key":"a","timestamp":1,"step":0}"#,
        r#"{"key":"a","value":null,"timestamp":1,"step":0}"#,
        r#"{"key":"a","value":"","timestamp":1,"step":0}"#,
        r#"{"key":"a","value":"0.9","timestamp":1,"step":0}"#,
        r#"{"value":0.9,"timestamp":1,"step":0}"#,
        r#"{"key":"a","value":NaN,"timestamp":1,"step":0}"#,
        "{}",
        "null",
    ] {
        malformed(run_with(metric));
    }
}

#[test]
fn gigantic_numbers_are_an_error_and_not_rounded_to_something() {
    for metric in [
        r#"{"key":"a","value":1e999,"timestamp":1,"step":0}"#,
        r#"{"key":"a","value":0.5,"timestamp":1,"step":9223372036854775808}"#,
        r#"{"key":"a","value":0.5,"timestamp":1e300,"step":0}"#,
    ] {
        malformed(run_with(metric));
    }
    let digits = "9".repeat(100_000);
    malformed(run_with(&format!(
        r#"{{"key":"a","value":{digits},"timestamp":1}}"#
    )));
}

#[test]
fn a_name_that_comes_twice_is_an_error_and_not_a_choice() {
    let metric = r#"{"key":"a","value":0.5,"timestamp":1,"step":0}"#;
    malformed(run_with(&format!("{metric},{metric}")));
    malformed(run_with(
        r#"{"key":"a","value":0.5,"value":0.9,"timestamp":1,"step":0}"#,
    ));
    malformed(json(r#"{"run":{},"run":{}}"#));
}

#[test]
fn a_run_in_no_state_that_mlflow_knows_is_an_error() {
    for info in [
        r#""experiment_id":"0","status":"FINISHED","lifecycle_stage":"ACTIVE""#,
        r#""experiment_id":"0","status":"FINISHED""#,
        r#""experiment_id":"0","status":"DONE","lifecycle_stage":"active""#,
        r#""experiment_id":"0","lifecycle_stage":"active""#,
        r#""status":"FINISHED","lifecycle_stage":"active""#,
    ] {
        malformed(json(&format!(
            r#"{{"run":{{"info":{{"run_id":"{RUN_ID}",{info}}},"data":{{}}}}}}"#
        )));
    }
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    let body = b"{\"run\": \"\xff\xfe\"}".to_vec();
    assert_eq!(
        malformed(Whole(200, vec![], body.clone())),
        "the body is not UTF-8"
    );
    let (error, _) = fault(Whole(400, vec![], body), &[]);
    assert!(
        matches!(error, StoreError::Refused { status: 400, .. }),
        "{error:?}"
    );
}

#[test]
fn json_nested_without_end_harms_nobody() {
    malformed(json(&"[".repeat(1_000_000)));
    malformed(json(&format!(
        r#"{{"run":{}"#,
        r#"{"info":"#.repeat(200_000)
    )));
    malformed(json(&format!(
        r#"{{"ignored":{}1{}}}"#,
        "[".repeat(200_000),
        "]".repeat(200_000)
    )));
}

#[test]
fn a_body_longer_than_announced_is_cut_and_so_no_json() {
    let body = include_str!("../support/recorded/run_get.json").to_owned();
    malformed(Behaviour::TooShort(body));
}

#[test]
fn a_login_page_is_not_an_answer() {
    assert_eq!(malformed(page(200)), "it sent an HTML page, not JSON");
}

#[test]
fn a_page_that_was_not_found_is_a_wrong_address_and_not_a_missing_run() {
    assert!(malformed(page(404)).contains("no MLflow API at this address"));
}

#[test]
fn a_version_that_does_not_have_the_alias_is_not_the_one_that_was_asked_for() {
    let server = FakeServer::start();
    server.on("GET", ALIAS, &[], Recorded("mv_alias"));
    let store = open_with(&server.url(), &[]).unwrap();
    let wrong = Selector::Alias("shadow".to_owned());
    let error = store.versions("churn-clf", &[wrong]).unwrap_err();
    assert!(
        error.to_string().contains("which is not `shadow`"),
        "{error}"
    );
}
