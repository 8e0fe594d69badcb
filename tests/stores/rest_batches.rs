//! What is sent for a batch of questions, and that nothing more is.

use gatewright::store::Selector;

use super::rest::{ALIAS, RUN, RUN_ID, VERSION, alias, client, on_alias};
use super::support::fake_server::{Behaviour, FakeServer};
use super::{Runs, shown};
use Behaviour::{Answer, Recorded};

#[test]
fn a_gate_costs_two_round_trips_of_two_requests() {
    let server = FakeServer::start();
    on_alias(&server, "challenger", Recorded("mv_alias"));
    on_alias(&server, "prod-eu_1", Recorded("mv_alias"));
    server.on("GET", RUN, &[("run_id", RUN_ID)], Recorded("run_get"));
    server.on("GET", RUN, &[], Recorded("run_get_deleted"));
    let store = client(&server);
    let asked = [alias("challenger"), alias("prod-eu_1")];
    let versions = store.versions("churn-clf", &asked).unwrap();
    assert_eq!(versions[0].as_ref().unwrap().number, 2);
    assert_eq!(
        versions[0].as_ref().unwrap().run_id.as_deref(),
        Some(RUN_ID)
    );
    let runs = store
        .runs(&[RUN_ID, "66abafeff918457a8ab78bdb558fdc0b"])
        .unwrap();
    assert_eq!(shown(&runs[0], "accuracy"), "0.88");
    assert_eq!(shown(&runs[0], "f1"), "0.883495145631068");
    assert_eq!((runs[0].deleted, runs[1].deleted), (false, true));
    assert_eq!(server.received().len(), 4);
}

#[test]
fn the_items_of_a_batch_are_asked_for_at_the_same_time() {
    let server = FakeServer::start();
    let together = Behaviour::Together(4, Box::new(Recorded("mv_alias")));
    server.on("GET", ALIAS, &[], together);
    let asked = [(); 4].map(|()| alias("challenger"));
    assert_eq!(
        client(&server).versions("churn-clf", &asked).unwrap().len(),
        4
    );
}

#[test]
fn the_same_run_is_asked_for_once() {
    let server = FakeServer::start();
    server.on("GET", RUN, &[], Recorded("run_get"));
    let runs = client(&server).runs(&[RUN_ID, RUN_ID]).unwrap();
    assert_eq!(runs[0], runs[1]);
    assert_eq!(server.received().len(), 1);
}

#[test]
fn more_items_than_are_sent_at_once_come_back_in_order() {
    let server = FakeServer::start();
    let ids: Vec<String> = (0..20).map(|number| format!("run-{number}")).collect();
    for id in &ids {
        let body = format!(
            r#"{{"run":{{"info":{{"run_id":"{id}","experiment_id":"0","status":"FINISHED","lifecycle_stage":"active"}},"data":{{}}}}}}"#
        );
        server.on("GET", RUN, &[("run_id", id)], Answer(200, body));
    }
    let asked: Vec<&str> = ids.iter().map(String::as_str).collect();
    let runs = client(&server).runs(&asked).unwrap();
    let seen: Vec<&str> = runs.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(seen, asked);
}

#[test]
fn nothing_asked_is_nothing_sent() {
    let server = FakeServer::start();
    let store = client(&server);
    assert!(store.versions("churn-clf", &[]).unwrap().is_empty());
    assert!(store.runs(&[]).unwrap().is_empty());
    assert!(server.received().is_empty());
}

#[test]
fn a_missing_version_costs_nothing_more_when_another_answer_proves_the_model() {
    let server = FakeServer::start();
    server.on("GET", VERSION, &[], Recorded("mv_get_404"));
    on_alias(&server, "nope", Recorded("mv_alias_404"));
    let asked = [Selector::Number(99), alias("nope")];
    assert_eq!(
        client(&server).versions("churn-clf", &asked).unwrap(),
        [None, None]
    );
    assert_eq!(server.received().len(), 2);
}
