//! Databricks: Unity Catalog, the older registry, and runs.

use gatewright::store::{Selector, Store, StoreError};

use super::support::databricks::{MODEL, RUN, workspace};
use super::support::fake_server::{Behaviour, FakeServer};
use super::{Runs, open_with, shown};

fn store(server: &FakeServer, uri: &str) -> Box<dyn Store> {
    let url = server.url();
    let variables = [
        ("DATABRICKS_HOST", url.as_str()),
        ("DATABRICKS_TOKEN", "dapi-hush"),
    ];
    open_with(uri, &variables).unwrap()
}

fn alias(name: &str) -> Selector {
    Selector::Alias(name.to_owned())
}

#[test]
fn unity_catalog_is_read_like_a_server() {
    let server = workspace();
    let store = store(&server, "databricks-uc");
    assert_eq!(store.location(), server.url());
    let asked = [alias("challenger"), Selector::Number(8)];
    let versions = store.versions(MODEL, &asked).unwrap();
    let version = versions[0].as_ref().unwrap();
    assert_eq!((version.number, version.run_id.as_deref()), (7, Some(RUN)));
    assert_eq!(version.created_ms, Some(1_795_413_020_112));
    assert_eq!(version.logged_model_id(), Some("m-1"));
    assert_eq!(versions[1].as_ref().unwrap().number, 8);
    let run = store.runs(&[RUN]).unwrap().remove(0);
    assert_eq!(shown(&run, "f1"), "0.5");
    assert_eq!(run.experiment_id, "5");
    // A token needs no discovery: two requests for versions, one for the run.
    assert_eq!(server.received().len(), 3);
    for request in server.received() {
        assert_eq!(request.header("authorization"), Some("Bearer dapi-hush"));
        assert_eq!(request.header("x-mlflow-workspace"), None);
    }
}

#[test]
fn a_missing_alias_is_told_from_a_missing_model_by_the_models_own_aliases() {
    let server = workspace();
    let asked = [alias("nobody"), alias("challenger"), Selector::Number(99)];
    let store = store(&server, "databricks-uc");
    let found = store.versions(MODEL, &asked).unwrap();
    let numbers: Vec<_> = found
        .iter()
        .map(|version| version.as_ref().map(|version| version.number))
        .collect();
    assert_eq!(numbers, [None, Some(7), None]);
    let body = r#"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no such model"}"#;
    for path in ["registered-models/alias", "registered-models/get"] {
        let path = format!("/api/2.0/mlflow/unity-catalog/{path}");
        server.on("GET", &path, &[], Behaviour::Answer(404, body.to_owned()));
    }
    let error = store.versions("main.ml.other", &[alias("x")]).unwrap_err();
    let model = "main.ml.other".to_owned();
    assert_eq!(error, StoreError::ModelNotFound { model });
}

#[test]
fn tags_that_a_search_leaves_out_are_read_version_by_version() {
    let server = workspace();
    let store = store(&server, "databricks-uc");
    let newest = |value: &str| Selector::Newest {
        tag: "stage".to_owned(),
        value: value.to_owned(),
    };
    let asked = [newest("of 6"), newest("of nothing")];
    let found = store.versions(MODEL, &asked).unwrap();
    assert_eq!(found[0].as_ref().unwrap().number, 6);
    assert_eq!(found[1], None);
    let ledger = store.ledger(MODEL).unwrap();
    assert_eq!(ledger.aliases, [("challenger".to_owned(), 7)].into());
    assert_eq!(ledger.versions, [6, 7, 8].into());
    assert_eq!((ledger.entries.len(), ledger.entries[0].version), (1, 7));
}

#[test]
fn a_name_without_three_levels_is_an_error_before_anything_is_sent() {
    let server = workspace();
    let store = store(&server, "databricks-uc");
    for name in ["churn", "ml.churn", "main..churn"] {
        for error in [
            store.versions(name, &[alias("challenger")]).unwrap_err(),
            store.ledger(name).unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(text.contains("`catalog.schema.model`"), "{text}");
        }
    }
    assert!(server.received().is_empty());
}

#[test]
fn the_older_registry_has_versions_and_no_aliases() {
    let server = FakeServer::start();
    let version = r#"{"model_version":{"name":"churn","version":"7","current_stage":"None",
        "status":"READY","run_id":"r","source":"dbfs:/x","tags":[{"key":"stage","value":"b"}]}}"#;
    let path = "/api/2.0/mlflow/model-versions/get";
    server.on("GET", path, &[], Behaviour::Answer(200, version.to_owned()));
    let one = |number: u32, stage: &str| {
        format!(
            r#"{{"name":"churn","version":"{number}","tags":[{{"key":"stage","value":"{stage}"}}]}}"#
        )
    };
    let page = |token: &str, versions: &[String]| {
        let versions = versions.join(",");
        let body = format!(r#"{{"model_versions":[{versions}],"next_page_token":"{token}"}}"#);
        Behaviour::Answer(200, body)
    };
    let search = "/api/2.0/mlflow/model-versions/search";
    let pages = [
        page("p2", &[one(3, "a"), one(9, "b")]),
        page("", &[one(12, "a"), one(4, "b")]),
    ];
    server.on("GET", search, &[], Behaviour::Each(pages.into()));
    let store = store(&server, "databricks");
    let newest = Selector::Newest {
        tag: "stage".to_owned(),
        value: "b".to_owned(),
    };
    let found = store
        .versions("churn", &[Selector::Number(7), newest])
        .unwrap();
    assert_eq!(found[0].as_ref().unwrap().number, 7);
    assert_eq!(found[1].as_ref().unwrap().number, 9);
    let second = &server.received()[2];
    let token = ("page_token".to_owned(), "p2".to_owned());
    assert!(second.parameters.contains(&token), "{second:?}");
    let error = store.versions("churn", &[alias("champion")]).unwrap_err();
    insta::assert_snapshot!(error, @"cannot use the alias `champion`: the workspace registry of Databricks has no aliases; use version numbers, or Unity Catalog (`registry_uri: databricks-uc`)");
}
