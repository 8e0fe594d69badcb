//! Versions that are searched for, as a real server told them (recorded).

use gatewright::evidence::ModelVersion;
use gatewright::store::{Selector, StoreError};

use super::rest::client;
use super::rest_reading::{VERSIONS, pages};
use super::support::fake_server::{Behaviour, FakeServer};
use Behaviour::Recorded;

fn newest(value: &str) -> Selector {
    Selector::Newest {
        tag: "stage".to_owned(),
        value: value.to_owned(),
    }
}

#[test]
fn the_newest_version_with_a_tag_is_searched_for() {
    let server = FakeServer::start();
    server.on(
        "GET",
        VERSIONS,
        &[],
        pages("story_versions_1", "story_versions_2"),
    );
    let store = client(&server);
    let found = store
        .versions("m", &[newest("candidate")])
        .unwrap()
        .remove(0);
    let ModelVersion {
        number,
        created_ms,
        tags,
        ..
    } = found.unwrap();
    assert_eq!((number, tags["stage"].as_str()), (3, "candidate"));
    assert_eq!(created_ms, Some(1_795_438_331_429));
    let asked = &server.received()[0].parameters;
    let filter = "name = 'm' AND tags.`stage` = 'candidate'".to_owned();
    assert!(asked.contains(&("filter".to_owned(), filter)), "{asked:?}");
}

#[test]
fn what_the_server_finds_is_looked_at_again() {
    let server = FakeServer::start();
    server.on(
        "GET",
        VERSIONS,
        &[],
        pages("story_versions_1", "story_versions_2"),
    );
    // A database that compares without regard to case finds `candidate` as well.
    let found = client(&server)
        .versions("m", &[newest("CANDIDATE")])
        .unwrap();
    assert_eq!(found, [None]);
}

#[test]
fn a_search_that_finds_nothing_is_only_believed_of_a_model_that_exists() {
    let server = FakeServer::start();
    server.on("GET", VERSIONS, &[], Recorded("story_traces_none"));
    let get = "/api/2.0/mlflow/registered-models/get";
    server.on("GET", get, &[("name", "churn-clf")], Recorded("rm_get"));
    server.on("GET", get, &[], Recorded("rm_get_404"));
    let store = client(&server);
    assert_eq!(store.versions("churn-clf", &[newest("x")]).unwrap(), [None]);
    let ledger = store.ledger("churn-clf").unwrap();
    assert_eq!(ledger.aliases["Champion"], 3);
    assert_eq!((ledger.entries.len(), ledger.versions.len()), (0, 0));
    let missing = StoreError::ModelNotFound {
        model: "nope".to_owned(),
    };
    assert_eq!(store.versions("nope", &[newest("x")]), Err(missing.clone()));
    assert_eq!(store.ledger("nope"), Err(missing));
}
