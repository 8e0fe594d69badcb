//! The ledger through every door: raw, whole, and the same.

use gatewright::evidence::{Entry, HEAD_TAG, Ledger};
use gatewright::promotion::Chain;
use gatewright::store::{Store, StoreError};
use serde_json::json;

use super::open;
use super::rest::client;
use super::support::fake_server::{Behaviour, FakeServer};
use super::support::file_store::FileStore;
use super::support::ledger::Written;
use super::support::sqlite_store::SqliteStore;

/// Where a server tells about a model.
pub(crate) const MODEL: &str = "/api/2.0/mlflow/registered-models/get";
const SEARCH: &str = "/api/2.0/mlflow/model-versions/search";

/// Two versions went live, a third one did not.
fn written() -> Written {
    let mut written = Written::of("m", 1..=3);
    written.promote("champion", 1);
    written.promote("champion", 2);
    written.ledger.aliases.insert("shadow".to_owned(), 3);
    let (tag, text) = ("gatewright.promotion.x".to_owned(), String::new());
    let version = 3;
    written.ledger.entries.push(Entry { version, tag, text });
    written
}

fn sqlite(store: &SqliteStore) -> Box<dyn Store> {
    let uri = format!("sqlite:///{}", store.path().display());
    open(&uri, store.folder()).unwrap()
}

#[test]
fn a_sqlite_file_holds_a_ledger_as_it_was_written() {
    for store in [SqliteStore::new(), SqliteStore::of_2_22()] {
        store.model("m").model("other");
        let mut written = written();
        written.store(&store);
        let sql = "INSERT INTO model_version_tags (name, version, key, value) VALUES \
                   ('m', 1, 'gatewright.promotions', 'x'), ('m', 1, 'stage', 'x')";
        store.sql(sql);
        assert_eq!(sqlite(&store).ledger("m"), Ok(written.ledger.clone()));
        assert_eq!(sqlite(&store).ledger("other"), Ok(Ledger::default()));
        let missing = sqlite(&store).ledger("nobody").unwrap_err();
        assert!(matches!(missing, StoreError::ModelNotFound { .. }));
        // What was deleted is not there, whatever the rows say.
        store.sql("UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE version = 1");
        written.ledger.versions.remove(&1);
        written.ledger.entries.remove(0);
        assert_eq!(sqlite(&store).ledger("m"), Ok(written.ledger));
    }
}

#[test]
fn a_ledger_of_another_workspace_is_another_ledger() {
    let store = SqliteStore::new();
    store.model("m");
    written().store(&store);
    for table in [
        "model_versions",
        "model_version_tags",
        "registered_models",
        "registered_model_tags",
        "registered_model_aliases",
    ] {
        store.sql(&format!("UPDATE {table} SET workspace = 'team'"));
    }
    store.model("m");
    assert_eq!(sqlite(&store).ledger("m"), Ok(Ledger::default()));
}

#[test]
fn a_store_whose_tags_of_models_are_gone_is_not_taken_for_one_without_a_ledger() {
    let store = SqliteStore::new();
    store.model("m");
    store.sql("DROP TABLE registered_model_tags");
    let error = sqlite(&store).ledger("m").unwrap_err();
    assert!(matches!(error, StoreError::UnknownSchema { .. }), "{error}");
}

#[test]
fn a_folder_holds_a_ledger_as_it_was_written() {
    let store = FileStore::new("mlruns");
    store.model("m");
    let written = written();
    for version in &written.ledger.versions {
        store.version("m", *version, "");
    }
    for entry in &written.ledger.entries {
        let path = format!("models/m/version-{}/tags/{}", entry.version, entry.tag);
        store.file(&path, entry.text.as_bytes());
    }
    for (alias, version) in &written.ledger.aliases {
        store.alias("m", alias, *version);
    }
    let head = written.ledger.head.clone().unwrap();
    store.file(&format!("models/m/tags/{HEAD_TAG}"), head.as_bytes());
    let uri = store.path().display().to_string();
    let opened = open(&uri, store.folder()).unwrap();
    assert_eq!(opened.ledger("m"), Ok(written.ledger));
    assert!(opened.ledger("nobody").is_err());
    store.file("models/m/aliases/odd", b"two");
    let error = opened.ledger("m").unwrap_err().to_string();
    assert!(error.contains("`odd`"), "{error}");
}

/// What a server says of a model.
pub(crate) fn model(ledger: &Ledger) -> Behaviour {
    let aliases: Vec<_> = ledger
        .aliases
        .iter()
        .map(|(alias, version)| json!({"alias": alias, "version": version.to_string()}))
        .collect();
    let tags = ledger
        .head
        .iter()
        .map(|head| json!({"key": HEAD_TAG, "value": head}));
    let tags: Vec<_> = tags.collect();
    let body = json!({"registered_model": {"name": "m", "aliases": aliases, "tags": tags}});
    Behaviour::Answer(200, body.to_string())
}

/// What a server says of the versions of a model.
pub(crate) fn versions(ledger: &Ledger) -> Behaviour {
    let version = |number: &u64| {
        let tags = ledger
            .entries
            .iter()
            .filter(|entry| entry.version == *number);
        let tags: Vec<_> = tags
            .map(|entry| json!({"key": entry.tag, "value": entry.text}))
            .collect();
        json!({"name": "m", "version": number.to_string(), "tags": tags})
    };
    let versions: Vec<_> = ledger.versions.iter().rev().map(version).collect();
    Behaviour::Answer(200, json!({"model_versions": versions}).to_string())
}

#[test]
fn a_server_holds_a_ledger_as_it_was_written() {
    let server = FakeServer::start();
    let written = written();
    server.on("GET", MODEL, &[("name", "m")], model(&written.ledger));
    server.on("GET", SEARCH, &[], versions(&written.ledger));
    assert_eq!(client(&server).ledger("m"), Ok(written.ledger));
    assert_eq!(server.received().len(), 3);
}

#[test]
fn a_promotion_while_a_ledger_is_read_over_rest_is_seen_whole() {
    let server = FakeServer::start();
    let mut written = written();
    let before = written.ledger.clone();
    written.promote("champion", 3);
    let after = &written.ledger;
    let each = vec![model(&before), model(after), model(after)];
    server.on("GET", MODEL, &[], Behaviour::Each(each));
    let each = vec![versions(&before), versions(after)];
    server.on("GET", SEARCH, &[], Behaviour::Each(each));
    let read = client(&server).ledger("m").unwrap();
    assert_eq!((&read.aliases, &read.head), (&after.aliases, &after.head));
    let chain = Chain::read("m", &read);
    assert_eq!(chain.live("champion").map(|record| record.version), Some(3));
}

#[test]
fn a_ledger_that_never_stands_still_is_an_error() {
    let server = FakeServer::start();
    let mut written = written();
    let mut models = Vec::new();
    for turn in 0..9_u64 {
        written.promote("champion", turn % 2 + 1);
        models.push(model(&written.ledger));
    }
    server.on("GET", MODEL, &[], Behaviour::Each(models));
    server.on("GET", SEARCH, &[], versions(&written.ledger));
    let error = client(&server).ledger("m").unwrap_err().to_string();
    assert!(error.contains("changed each time"), "{error}");
    assert_eq!(server.received().len(), 11);
}

#[test]
fn an_answer_about_aliases_that_says_nothing_is_none() {
    let server = FakeServer::start();
    server.on("GET", SEARCH, &[], versions(&written().ledger));
    for body in [
        "{}",
        r#"{"registered_model": {"name": "other"}}"#,
        r#"{"registered_model": {"name": "m", "aliases": [{"alias": "a"}]}}"#,
        r#"{"registered_model": {"name": "m", "aliases": [{"alias": "a", "version": "-1"}]}}"#,
        r#"{"registered_model": {"name": "m", "aliases": [{"alias": "a", "version": "1"}, {"alias": "a", "version": "2"}]}}"#,
    ] {
        server.on("GET", MODEL, &[], Behaviour::Answer(200, body.to_owned()));
        let error = client(&server).ledger("m").unwrap_err();
        assert!(matches!(error, StoreError::Malformed { .. }), "{error}");
    }
}
