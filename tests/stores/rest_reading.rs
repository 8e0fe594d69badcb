//! Everything that can be wanted, as a real server told it (`tests/mlflow/write_evidence_store.py`,
//! recorded).

use gatewright::evidence::{Answer, Found, RunStatus, Wanted};
use serde_json::{Value, json};

use super::rest::{RUN, client};
use super::support::fake_server::{Behaviour, FakeServer, Received};
use Behaviour::{Each, Recorded};

pub(super) const HISTORY: &str = "/api/2.0/mlflow/metrics/get-history";
pub(super) const RUNS: &str = "/api/2.0/mlflow/runs/search";
pub(super) const TRACES: &str = "/api/3.0/mlflow/traces/search";
pub(super) const MODELS: &str = "/api/2.0/mlflow/logged-models";
pub(super) const VERSIONS: &str = "/api/2.0/mlflow/model-versions/search";
pub(super) const ID: &str = "9980711b6c1f421c8be4d21facb26622";
pub(super) const JUDGED: &str = "16f1d365a12447cd9e162a49c877a58c";
pub(super) const MODEL: &str = "m-6717f51ed49e47f48ca76e16f05f40b0";

/// A server with the run, the judged run, the logged model, and one page of everything else.
pub(super) fn story() -> FakeServer {
    let server = FakeServer::start();
    let run = |id, name| server.on("GET", RUN, &[("run_id", id)], Recorded(name));
    run(ID, "story_run");
    run(JUDGED, "story_judged_run");
    server.on(
        "GET",
        &format!("{MODELS}/{MODEL}"),
        &[],
        Recorded("story_model"),
    );
    server.on(
        "GET",
        &format!("{MODELS}/m-none"),
        &[],
        Recorded("story_model_none"),
    );
    server
}

pub(super) fn pages(first: &'static str, second: &'static str) -> Behaviour {
    Each(vec![Recorded(first), Recorded(second)])
}

pub(super) fn histories(metrics: &[&str]) -> Wanted {
    let metrics = metrics.iter().map(|name| (*name).to_owned()).collect();
    Wanted {
        histories: [(ID.to_owned(), metrics)].into(),
        ..Wanted::default()
    }
}

fn body(request: &Received) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

#[test]
fn everything_comes_in_two_rounds_and_the_pages_of_all_lists_together() {
    let server = story();
    let loss = [
        ("run_id", ID),
        ("metric_key", "loss"),
        ("max_results", "25000"),
    ];
    server.on("GET", HISTORY, &loss, Recorded("story_history_1"));
    let mut second = loss.to_vec();
    second.push(("page_token", "eyJvZmZzZXQiOiAyfQ=="));
    server.on("GET", HISTORY, &second, Recorded("story_history_2"));
    server.on(
        "POST",
        RUNS,
        &[],
        pages("story_children_1", "story_children_2"),
    );
    server.on(
        "POST",
        TRACES,
        &[],
        pages("story_traces_1", "story_traces_2"),
    );
    let wanted = Wanted {
        runs: [ID.to_owned()].into(),
        logged_models: [MODEL.to_owned(), "m-none".to_owned()].into(),
        children_of: [ID.to_owned()].into(),
        assessments_of: [JUDGED.to_owned()].into(),
        ..histories(&["loss"])
    };
    let found = client(&server).read(&wanted).unwrap();
    assert_eq!(found.runs.len(), 1);
    assert_eq!(found.logged_models.len(), 1);
    assert_eq!(found.children[ID].len(), 5);
    assert_eq!(found.assessments[JUDGED].rows.len(), 4);
    let received = server.received();
    // Round 1: two runs, two models, a history. Round 2: the history's second page, the model
    // that may be deleted, children, traces. Round 3: the second pages of both.
    assert_eq!(received.len(), 11);
    let first: Vec<_> = received[..5]
        .iter()
        .map(|one| one.method.as_str())
        .collect();
    assert_eq!(first, ["GET"; 5]);
    let third: Vec<_> = received[9..]
        .iter()
        .map(|one| body(one)["page_token"].clone())
        .collect();
    assert!(third.iter().all(Value::is_string), "{third:?}");
    // Only the two searches that cannot be asked otherwise have a body.
    for request in received.iter().filter(|one| one.method != "GET") {
        assert!([RUNS, TRACES].contains(&request.path.as_str()));
    }
}

#[test]
fn a_run_has_all_that_a_gate_looks_at() {
    let wanted = Wanted {
        runs: [ID.to_owned()].into(),
        ..Wanted::default()
    };
    let run = client(&story())
        .read(&wanted)
        .unwrap()
        .runs
        .remove(ID)
        .unwrap();
    assert_eq!((run.id.as_str(), run.experiment_id.as_str()), (ID, "1"));
    assert_eq!(run.status, RunStatus::Finished);
    assert!(run.start_ms.unwrap() < run.end_ms.unwrap());
    assert!(run.artifact_uri.ends_with("/artifacts"));
    assert_eq!(run.params["depth"], "3");
    assert_eq!(run.commit().unwrap().len(), 40);
    let datasets: Vec<_> = run
        .datasets
        .iter()
        .map(|input| (input.dataset.name.as_str(), input.context.as_deref()))
        .collect();
    assert_eq!(
        datasets,
        [("holdout", Some("evaluation")), ("trips", Some("training"))]
    );
}

#[test]
fn a_logged_model_has_every_value_with_its_data_set() {
    let wanted = Wanted {
        logged_models: [MODEL.to_owned()].into(),
        ..Wanted::default()
    };
    let found = client(&story()).read(&wanted).unwrap();
    let model = &found.logged_models[MODEL];
    assert!(model.ready && !model.deleted);
    assert_eq!(model.source_run_id.as_deref(), Some(ID));
    assert_eq!(model.params["depth"], "3");
    let on = |set: &str| {
        let metrics = model.metrics.iter().filter(|one| {
            one.name == "f1" && one.dataset.as_ref().is_some_and(|found| found.name == set)
        });
        metrics
            .map(|one| one.metric.reading.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(on("holdout").len(), 1);
    assert_eq!(on("last-week").len(), 1);
    let mut sorted = model.metrics.clone();
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!(sorted, model.metrics);
}

#[test]
fn a_history_is_read_to_its_last_page_and_put_in_order() {
    let server = story();
    server.on(
        "GET",
        HISTORY,
        &[],
        pages("story_history_1", "story_history_2"),
    );
    let found = client(&server).read(&histories(&["loss"])).unwrap();
    let points = &found.histories[ID]["loss"];
    let shown: Vec<_> = points
        .iter()
        .map(|one| (one.step, one.reading.to_string()))
        .collect();
    let steps: Vec<_> = shown.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [0, 1, 2]);
    assert_eq!(shown[1].1, "0.3");
    assert!(found.runs.is_empty(), "the run was not wanted");
}

#[test]
fn the_history_of_a_metric_that_was_never_logged_is_empty() {
    let server = story();
    server.on("GET", HISTORY, &[], Recorded("story_history_none"));
    let found = client(&server).read(&histories(&["none"])).unwrap();
    assert!(found.histories[ID]["none"].is_empty());
}

#[test]
fn children_are_whole_runs_in_the_order_of_their_ids() {
    let server = story();
    server.on(
        "POST",
        RUNS,
        &[],
        pages("story_children_1", "story_children_2"),
    );
    let wanted = Wanted {
        children_of: [ID.to_owned()].into(),
        ..Wanted::default()
    };
    let found = client(&server).read(&wanted).unwrap();
    let children = &found.children[ID];
    let ids: Vec<_> = children.iter().map(|run| run.id.as_str()).collect();
    assert!(ids.is_sorted() && ids.len() == 5, "{ids:?}");
    assert!(
        children
            .iter()
            .all(|run| run.metrics.contains_key("accuracy"))
    );
    let asked = body(&server.received()[1]);
    assert_eq!(asked["experiment_ids"], json!(["1"]));
    let filter = format!("tags.`mlflow.parentRunId` = '{ID}'");
    assert_eq!(asked["filter"], json!(filter));
}

#[test]
fn judges_answers_come_with_their_rows_and_their_failures() {
    let server = story();
    server.on(
        "POST",
        TRACES,
        &[],
        pages("story_traces_1", "story_traces_2"),
    );
    let wanted = Wanted {
        assessments_of: [JUDGED.to_owned()].into(),
        ..Wanted::default()
    };
    let found = client(&server).read(&wanted).unwrap();
    let judged = &found.assessments[JUDGED];
    assert_eq!(judged.rows.len(), 4);
    assert!(
        judged
            .rows
            .iter()
            .all(|(_, key)| key.as_ref().unwrap().len() == 64)
    );
    assert!(
        judged
            .given
            .iter()
            .all(|one| one.scorer.starts_with("sha256:"))
    );
    let failed = |answer: &Answer| matches!(answer, Answer::Failed(_));
    assert!(judged.given.iter().any(|one| failed(&one.answer)));
    assert!(
        judged
            .given
            .iter()
            .any(|one| one.answer == Answer::YesNo(true))
    );
    // Expectations are the data's, not a judge's.
    assert!(judged.given.iter().all(|one| one.judge != "answer"));
    let asked = body(&server.received()[1]);
    assert_eq!(
        asked["locations"][0]["mlflow_experiment"]["experiment_id"],
        json!("1")
    );
}

#[test]
fn a_run_without_rows_has_no_assessments() {
    let server = story();
    server.on("POST", TRACES, &[], Recorded("story_traces_none"));
    let wanted = Wanted {
        assessments_of: [JUDGED.to_owned()].into(),
        ..Wanted::default()
    };
    let found: Found = client(&server).read(&wanted).unwrap();
    assert!(found.assessments[JUDGED].rows.is_empty());
}
