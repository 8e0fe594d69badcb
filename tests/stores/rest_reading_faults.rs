//! Answers about lists that are none: other things, the same page again, `{}` in the wrong place.

use gatewright::evidence::{Ledger, Reading, Wanted};
use gatewright::store::StoreError;

use super::rest::{RUN, client};
use super::rest_reading::{
    HISTORY, ID, JUDGED, MODEL, MODELS, RUNS, TRACES, VERSIONS, histories, story,
};
use super::support::fake_server::{Behaviour, FakeServer};
use Behaviour::{Answer, Each, Recorded, Whole};

fn json(body: &str) -> Behaviour {
    Answer(200, body.to_owned())
}

/// What is wrong with the answer.
fn malformed(server: &FakeServer, wanted: &Wanted) -> String {
    match client(server).read(wanted) {
        Err(StoreError::Malformed { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

fn children() -> Wanted {
    Wanted {
        children_of: [ID.to_owned()].into(),
        ..Wanted::default()
    }
}

fn judges() -> Wanted {
    Wanted {
        assessments_of: [JUDGED.to_owned()].into(),
        ..Wanted::default()
    }
}

fn model(id: &str) -> Wanted {
    Wanted {
        logged_models: [id.to_owned()].into(),
        ..Wanted::default()
    }
}

#[test]
fn the_empty_history_of_a_run_that_does_not_exist_is_a_missing_run() {
    let server = FakeServer::start();
    server.on("GET", RUN, &[], Recorded("run_get_404"));
    server.on("GET", HISTORY, &[], json("{}"));
    let error = client(&server).read(&histories(&["loss"])).unwrap_err();
    let run = ID.to_owned();
    assert_eq!(error, StoreError::RunNotFound { run });
}

#[test]
fn an_empty_history_of_a_metric_that_the_run_has_is_no_answer() {
    let server = story();
    server.on("GET", HISTORY, &[], json("{}"));
    let reason = malformed(&server, &histories(&["loss"]));
    assert_eq!(reason, "it has no history of `loss`, which the run has");
}

#[test]
fn the_history_of_another_metric_is_no_answer() {
    let server = story();
    server.on("GET", HISTORY, &[], Recorded("story_history_1"));
    let reason = malformed(&server, &histories(&["val_loss"]));
    assert_eq!(reason, "it answered about another metric");
}

#[test]
fn a_list_that_never_ends_ends() {
    let server = story();
    server.on("GET", HISTORY, &[], Recorded("story_history_1"));
    server.on("POST", RUNS, &[], Recorded("story_children_1"));
    server.on("POST", TRACES, &[], Recorded("story_traces_1"));
    server.on("GET", VERSIONS, &[], Recorded("story_versions_1"));
    let again = "its next page is the same page again";
    assert_eq!(malformed(&server, &histories(&["loss"])), again);
    let changed = "the child runs changed while they were read";
    assert_eq!(malformed(&server, &children()), changed);
    let changed = "the traces changed while they were read";
    assert_eq!(malformed(&server, &judges()), changed);
    server.on(
        "GET",
        super::ledger::MODEL,
        &[],
        super::ledger::model(&Ledger::default()),
    );
    let error = client(&server).ledger("m").unwrap_err();
    assert!(
        error.to_string().contains("the versions changed"),
        "{error}"
    );
}

#[test]
fn a_full_page_may_be_followed_by_an_empty_one() {
    let server = story();
    let then_nothing = |first| Each(vec![Recorded(first), json("{}")]);
    server.on("POST", RUNS, &[], then_nothing("story_children_1"));
    server.on("POST", TRACES, &[], then_nothing("story_traces_1"));
    let found = client(&server).read(&children()).unwrap();
    assert_eq!(found.children[ID].len(), 3);
    let found = client(&server).read(&judges()).unwrap();
    assert_eq!(found.assessments[JUDGED].rows.len(), 2);
}

#[test]
fn other_peoples_children_are_no_answer() {
    let recorded = include_str!("../support/recorded/story_children_2.json");
    for (from, to) in [
        (ID, "00000000000000000000000000000000"),
        ("\"experiment_id\": \"1\"", "\"experiment_id\": \"2\""),
        (
            "\"lifecycle_stage\": \"active\"",
            "\"lifecycle_stage\": \"deleted\"",
        ),
    ] {
        let server = story();
        server.on("POST", RUNS, &[], json(&recorded.replace(from, to)));
        assert_eq!(
            malformed(&server, &children()),
            "it answered about other runs"
        );
    }
}

#[test]
fn another_logged_model_is_no_answer() {
    let server = FakeServer::start();
    server.on(
        "GET",
        &format!("{MODELS}/m-other"),
        &[],
        Recorded("story_model"),
    );
    let reason = malformed(&server, &model("m-other"));
    assert_eq!(reason, "it answered about another logged model");
}

#[test]
fn a_logged_model_that_was_deleted_is_told_from_one_that_never_was() {
    let server = FakeServer::start();
    let path = format!("{MODELS}/{MODEL}");
    let kept = [("allow_deleted", "true")];
    server.on("GET", &path, &kept, Recorded("story_model"));
    server.on("GET", &path, &[], Recorded("story_model_none"));
    let found = client(&server).read(&model(MODEL)).unwrap();
    assert!(found.logged_models[MODEL].deleted);
    server.on(
        "GET",
        &format!("{MODELS}/m-none"),
        &[],
        Recorded("story_model_none"),
    );
    let found = client(&server).read(&model("m-none")).unwrap();
    assert!(found.logged_models.is_empty());
    // What is no id is not asked for.
    let found = client(&server).read(&model("../../x")).unwrap();
    assert!(found.logged_models.is_empty());
}

#[test]
fn only_a_server_that_says_it_is_older_has_no_logged_models_and_no_judges() {
    let page = || {
        Whole(
            404,
            vec!["Content-Type: text/html"],
            b"<!doctype html>".to_vec(),
        )
    };
    for (version, is_old) in [
        (Answer(200, "2.22.5".to_owned()), true),
        (Answer(200, "3.17.2".to_owned()), false),
        (Answer(200, "<html>".to_owned()), false),
        (page(), false),
    ] {
        let server = FakeServer::start();
        server.on("GET", RUN, &[], Recorded("story_judged_run"));
        server.on("GET", &format!("{MODELS}/{MODEL}"), &[], page());
        server.on("POST", TRACES, &[], page());
        server.on("GET", "/version", &[], version);
        for wanted in [model(MODEL), judges()] {
            match client(&server).read(&wanted) {
                Ok(found) => {
                    assert!(is_old && found.logged_models.is_empty());
                    assert!(
                        found
                            .assessments
                            .values()
                            .all(|judged| judged.rows.is_empty())
                    );
                }
                Err(StoreError::Malformed { .. }) => assert!(!is_old),
                Err(other) => panic!("{other:?}"),
            }
        }
    }
}

/// A logged model with one metric that is zero, logged by a run.
fn zero(run: &str) -> Behaviour {
    json(&format!(
        r#"{{"model":{{"info":{{"model_id":"{MODEL}","status":"LOGGED_MODEL_READY"}},"data":
            {{"metrics":[{{"key":"f1","value":0.0,"timestamp":5,"step":1,"run_id":"{run}"}}]}}}}}}"#
    ))
}

fn reading_of_zero(history: &str) -> Reading {
    let server = FakeServer::start();
    server.on("GET", &format!("{MODELS}/{MODEL}"), &[], zero("r"));
    let asked = [
        ("run_id", "r"),
        ("metric_key", "f1"),
        ("max_results", "25000"),
    ];
    server.on("GET", HISTORY, &asked, json(history));
    let found = client(&server).read(&model(MODEL)).unwrap();
    found.logged_models[MODEL].metrics[0].metric.reading
}

#[test]
fn a_zero_of_a_logged_model_has_to_be_proven_by_the_run() {
    let point = |value: &str, step: u32| {
        format!(r#"{{"metrics":[{{"key":"f1","value":{value},"timestamp":5,"step":{step}}}]}}"#)
    };
    assert_eq!(reading_of_zero(&point("0.0", 1)), Reading::from_stored(0.0));
    assert_eq!(reading_of_zero(&point("\"NaN\"", 1)), Reading::NaN);
    // Another point proves nothing, and neither does the history of a run that is gone.
    assert_eq!(reading_of_zero(&point("0.0", 2)), Reading::NaN);
    assert_eq!(reading_of_zero("{}"), Reading::NaN);
}

#[test]
fn a_zero_that_the_run_shows_itself_costs_no_further_request() {
    let server = FakeServer::start();
    server.on("GET", &format!("{MODELS}/{MODEL}"), &[], zero("r"));
    let run = r#"{"run":{"info":{"run_id":"r","experiment_id":"0","status":"FINISHED",
        "lifecycle_stage":"active"},"data":{"metrics":[
        {"key":"f1","value":"NaN","timestamp":5,"step":1}]}}}"#;
    server.on("GET", RUN, &[], json(run));
    let wanted = Wanted {
        runs: ["r".to_owned()].into(),
        ..model(MODEL)
    };
    let found = client(&server).read(&wanted).unwrap();
    assert_eq!(
        found.logged_models[MODEL].metrics[0].metric.reading,
        Reading::NaN
    );
    assert_eq!(server.received().len(), 2);
}

#[test]
fn a_search_is_tried_again_like_any_other_question() {
    let server = story();
    let busy = Whole(503, vec!["Retry-After: 0"], Vec::new());
    let each = Each(vec![busy, Recorded("story_children_2")]);
    server.on("POST", RUNS, &[], each);
    let found = client(&server).read(&children()).unwrap();
    assert_eq!(found.children[ID].len(), 2);
    let bodies: Vec<_> = server.received().into_iter().map(|one| one.body).collect();
    assert_eq!(bodies[1], bodies[2]);
}
