//! Changes of Unity Catalog: other endpoints, and tags that may not be called or be as long as ours.

use std::path::Path;
use std::time::Duration;

use gatewright::registry::{self, Applied, Change, Registry, RegistryError};
use gatewright::store::{self, StoreError};

use super::changes_rest::{named, promotion};
use super::support::registry_server::{At, Fault, RegistryServer};

const NAME: &str = "main.ml.churn";

fn catalog() -> RegistryServer {
    let mut models = named(NAME);
    for model in models.values_mut() {
        model.versions.retain(|number, _| *number <= 3);
    }
    RegistryServer::start_with(models, true, Duration::ZERO)
}

fn environment(server: &RegistryServer) -> impl Fn(&str) -> Option<String> {
    let url = server.url();
    move |variable| match variable {
        "DATABRICKS_HOST" => Some(url.clone()),
        "DATABRICKS_TOKEN" => Some("hush-hush".to_owned()),
        "GATEWRIGHT_LEASE_SETTLE" => Some("5".to_owned()),
        "GATEWRIGHT_LEASE_TIMEOUT" => Some("1".to_owned()),
        "MLFLOW_HTTP_REQUEST_TIMEOUT" => Some("10".to_owned()),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES" => Some("0".to_owned()),
        _ => None,
    }
}

fn open(server: &RegistryServer) -> Box<dyn Registry> {
    registry::open("databricks-uc", Path::new("."), &environment(server)).unwrap()
}

/// A promotion whose record is longer than a tag of the catalog.
fn long(version: u64) -> Change {
    Change {
        model: NAME.to_owned(),
        alias: "Champion".to_owned(),
        entry: format!("{{\"reason\":\"{} {version}\"}}", "é ".repeat(1200)),
        ..promotion(version)
    }
}

#[test]
fn unity_catalog_is_changed_in_its_own_words() {
    let server = catalog();
    let change = Change {
        entry: promotion(2).entry,
        ..long(2)
    };
    assert_eq!(open(&server).apply(&change), Ok(Applied::Now));
    let model = server.model(NAME);
    let tags = &model.versions[&2].tags;
    assert_eq!(tags["gatewright__promotion__1"], change.entry);
    assert_eq!(model.tags["gatewright__ledger"], change.head.text());
    let keys: Vec<_> = model.tags.keys().collect();
    assert_eq!(keys, ["gatewright__ledger", "owner"], "the lease is gone");
    let error = open(&server)
        .copy_version((NAME, 2), "prod.ml.churn")
        .unwrap_err();
    insta::assert_snapshot!(format!("{error}\n{}", error.help()), @"
    this registry cannot copy models:/main.ml.churn/2 to `prod.ml.churn`: its files have to be copied too
    copy it with MLflow (`MlflowClient().copy_model_version`), set the tag `gatewright__copied_2dfrom` of the copy to `models:/main.ml.churn/2`, and promote again
    ");
    let error = open(&server).apply(&promotion(2)).unwrap_err();
    assert!(
        matches!(error, RegistryError::Store(StoreError::Setting { .. })),
        "{error:?}"
    );
}

#[test]
fn a_long_record_is_kept_in_pieces_and_found_again() {
    let server = catalog();
    assert_eq!(open(&server).apply(&long(2)), Ok(Applied::Now));
    let keys: Vec<_> = server.model(NAME).versions[&2]
        .tags
        .keys()
        .cloned()
        .collect();
    assert_eq!(
        keys,
        [
            "gatewright__promotion__1",
            "gatewright__promotion__1_p2",
            "gatewright__promotion__1_p3",
        ]
    );
    assert_eq!(open(&server).apply(&long(2)), Ok(Applied::Before));
    let store = store::open("databricks-uc", Path::new("."), &environment(&server)).unwrap();
    let ledger = store.ledger(NAME).unwrap();
    assert_eq!(ledger.head, Some(long(2).head.text()));
    let entry = ledger.entries.first().unwrap();
    assert_eq!((&entry.tag, &entry.text), (&long(2).tag, &long(2).entry));
}

#[test]
fn a_process_that_dies_before_any_write_is_finished_by_the_next() {
    // The lease, three pieces of the entry, the head, the alias; the lease is given back.
    for change in 1..=7 {
        let server = catalog();
        server.fault(At::Change(change), Fault::Dead);
        let first = open(&server).apply(&long(2));
        assert_eq!(first.is_ok(), change == 7, "{change}: {first:?}");
        server.heal();
        let second = open(&server).apply(&long(2));
        assert!(second.is_ok(), "{change}: {second:?}");
        assert_eq!(
            open(&server).apply(&long(2)),
            Ok(Applied::Before),
            "{change}"
        );
        assert_eq!(server.model(NAME).aliases["champion"], 2, "{change}");
    }
}

#[test]
fn a_tag_in_pieces_is_removed_with_all_of_them() {
    let server = catalog();
    let registry = open(&server);
    let text = "x".repeat(3000);
    registry
        .set_version_tag(NAME, 3, "gatewright.rollout.churn-eu", &text)
        .unwrap();
    assert_eq!(server.model(NAME).versions[&3].tags.len(), 4);
    registry
        .delete_version_tag(NAME, 3, "gatewright.rollout.churn-eu")
        .unwrap();
    assert_eq!(server.model(NAME).versions[&3].tags.len(), 0);
}
