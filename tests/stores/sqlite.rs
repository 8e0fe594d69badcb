//! What a healthy SQLite store says.

use gatewright::evidence::{ModelVersion, Reading};
use gatewright::store::{Selector, Store, StoreError};

use super::support::sqlite_store::SqliteStore;
use super::{Runs, open, open_with, reading, shown};

fn filled(store: SqliteStore) -> SqliteStore {
    store
        .model("churn")
        .version("churn", 1, "run-1")
        .version("churn", 2, "")
        .version("churn", 3, "run-3")
        .alias("churn", "champion", 1)
        .alias("churn", "Champion", 3)
        .run("run-1")
        .metric("run-1", "accuracy", 0.88);
    store
}

fn opened(store: &SqliteStore) -> Box<dyn Store> {
    open("sqlite:///mlflow.db", store.folder()).unwrap()
}

fn alias(name: &str) -> Selector {
    Selector::Alias(name.to_owned())
}

fn numbers(store: &dyn Store, selectors: &[Selector]) -> Vec<Option<u64>> {
    let versions = store.versions("churn", selectors).unwrap();
    versions
        .into_iter()
        .map(|version| version.map(|version| version.number))
        .collect()
}

#[test]
fn aliases_and_numbers_resolve_in_the_order_asked() {
    for store in [filled(SqliteStore::new()), filled(SqliteStore::of_2_22())] {
        let store = opened(&store);
        let asked = [
            Selector::Number(2),
            alias("champion"),
            alias("nobody"),
            Selector::Number(9),
            alias("Champion"),
            Selector::Number(u64::MAX),
        ];
        let expected = [Some(2), Some(1), None, None, Some(3), None];
        assert_eq!(numbers(store.as_ref(), &asked), expected);
    }
}

#[test]
fn a_version_knows_its_run_when_it_has_one() {
    let store = filled(SqliteStore::new());
    let asked = [Selector::Number(1), Selector::Number(2)];
    let versions = opened(&store).versions("churn", &asked).unwrap();
    let expected = |number, run: Option<&str>| {
        let run_id = run.map(str::to_owned);
        Some(ModelVersion {
            number,
            run_id,
            source: "models:/m-1".to_owned(),
            created_ms: None,
            status: Some("READY".to_owned()),
            tags: [].into(),
        })
    };
    assert_eq!(versions, [expected(1, Some("run-1")), expected(2, None)]);
}

#[test]
fn a_model_that_does_not_exist_is_not_a_model_without_versions() {
    let store = filled(SqliteStore::new());
    let error = opened(&store)
        .versions("Churn", &[alias("champion")])
        .unwrap_err();
    assert_eq!(
        error,
        StoreError::ModelNotFound {
            model: "Churn".to_owned()
        }
    );
}

#[test]
fn a_deleted_version_does_not_exist() {
    let store = filled(SqliteStore::new());
    store.sql("UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE version = 3");
    store.sql("DELETE FROM registered_model_aliases WHERE version = 3");
    let asked = [Selector::Number(3), alias("Champion"), alias("latest")];
    assert_eq!(
        numbers(opened(&store).as_ref(), &asked),
        [None, None, Some(2)]
    );
}

#[test]
fn latest_is_the_highest_version_as_in_mlflow() {
    let store = filled(SqliteStore::new());
    store.model("empty");
    let store = opened(&store);
    assert_eq!(
        numbers(store.as_ref(), &[alias("latest"), alias("LATEST")]),
        [Some(3), Some(3)]
    );
    assert_eq!(store.versions("empty", &[alias("latest")]).unwrap(), [None]);
}

#[test]
fn an_alias_that_points_to_nothing_is_not_a_missing_champion() {
    let store = filled(SqliteStore::new());
    store.alias("churn", "dangling", 77);
    let error = opened(&store)
        .versions("churn", &[alias("dangling")])
        .unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_workspace_is_a_registry_of_its_own() {
    let store = filled(SqliteStore::new());
    store.sql(
        "INSERT INTO registered_models (name, workspace) VALUES ('churn', 'team');
         INSERT INTO model_versions (name, version, current_stage, workspace)
             VALUES ('churn', 8, 'None', 'team');
         INSERT INTO registered_model_aliases (name, alias, version, workspace)
             VALUES ('churn', 'champion', 8, 'team');",
    );
    assert_eq!(
        numbers(opened(&store).as_ref(), &[alias("champion")]),
        [Some(1)]
    );
    let uri = format!("sqlite:///{}", store.path().display());
    let team = open_with(&uri, &[("MLFLOW_WORKSPACE", "team")]).unwrap();
    assert_eq!(
        numbers(team.as_ref(), &[alias("champion"), alias("latest")]),
        [Some(8), Some(8)]
    );
}

#[test]
fn every_double_comes_back_to_the_last_bit() {
    let store = filled(SqliteStore::new());
    for (name, value) in [
        ("third", 1.0 / 3.0),
        ("tiny", 5e-324),
        ("auc", 0.912_259_615_384_615_3),
        ("whole", 3.0),
        ("big", 9_007_199_254_740_994.0),
    ] {
        store.metric("run-1", name, value);
        let run = opened(&store).runs(&["run-1"]).unwrap().remove(0);
        let read = reading(&run, name).finite().unwrap().get();
        assert_eq!(read.to_bits(), value.to_bits(), "{name}");
    }
}

#[test]
fn nan_is_read_from_its_flag_and_infinities_from_the_largest_doubles() {
    for store in [filled(SqliteStore::new()), filled(SqliteStore::of_2_22())] {
        store
            .metric("run-1", "loss", 0.0)
            .metric("run-1", "up", f64::MAX);
        store
            .metric("run-1", "down", f64::MIN)
            .metric("run-1", "inf", f64::INFINITY);
        store.sql("UPDATE latest_metrics SET is_nan = 1 WHERE key = 'loss'");
        let run = opened(&store).runs(&["run-1"]).unwrap().remove(0);
        assert_eq!(shown(&run, "loss"), "NaN");
        assert_eq!(shown(&run, "up"), "Infinity");
        assert_eq!(shown(&run, "down"), "-Infinity");
        assert_eq!(reading(&run, "inf"), Reading::PositiveInfinity);
        assert_eq!(shown(&run, "accuracy"), "0.88");
    }
}

#[test]
fn a_run_carries_its_commit_and_whether_it_was_deleted() {
    let store = filled(SqliteStore::new());
    store.run("run-2");
    store.sql(
        "UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = 'run-2';
         INSERT INTO tags (run_uuid, key, value) VALUES
             ('run-1', 'mlflow.source.git.commit', 'deadbeef'), ('run-1', 'stage', 'train');",
    );
    let runs = opened(&store).runs(&["run-2", "run-1", "run-2"]).unwrap();
    let seen: Vec<_> = runs
        .iter()
        .map(|run| (run.id.as_str(), run.deleted, run.commit()))
        .collect();
    let deleted = ("run-2", true, None);
    assert_eq!(seen, [deleted, ("run-1", false, Some("deadbeef")), deleted]);
    assert!(runs[0].metrics.is_empty());
}

#[test]
fn a_run_that_does_not_exist_is_an_error() {
    let store = filled(SqliteStore::new());
    let error = opened(&store).runs(&["run-1", "gone"]).unwrap_err();
    assert_eq!(
        error,
        StoreError::RunNotFound {
            run: "gone".to_owned()
        }
    );
}

#[test]
fn names_are_values_and_never_sql() {
    let store = filled(SqliteStore::new());
    let name = "'; DROP TABLE runs; -- é\u{1f980}";
    store.model(name).version(name, 1, "").alias(name, "a'b", 1);
    let version = opened(&store)
        .versions(name, &[alias("a'b")])
        .unwrap()
        .remove(0);
    assert_eq!(version.unwrap().number, 1);
}

#[test]
fn a_newer_schema_is_read_as_long_as_the_columns_are_there() {
    let store = filled(SqliteStore::new());
    store.sql(
        "UPDATE alembic_version SET version_num = 'ffffffffffff';
         ALTER TABLE latest_metrics ADD COLUMN dataset_digest VARCHAR(36);
         CREATE TABLE of_next_year (id INTEGER);",
    );
    assert_eq!(
        numbers(opened(&store).as_ref(), &[alias("champion")]),
        [Some(1)]
    );
}

#[test]
fn one_store_shows_one_snapshot() {
    let store = filled(SqliteStore::new());
    store.sql("PRAGMA journal_mode = WAL");
    let reader = opened(&store);
    store.metric("run-1", "accuracy", 0.1);
    assert_eq!(
        shown(&reader.runs(&["run-1"]).unwrap()[0], "accuracy"),
        "0.88"
    );
    assert_eq!(
        shown(&opened(&store).runs(&["run-1"]).unwrap()[0], "accuracy"),
        "0.1"
    );
}

#[test]
fn reading_leaves_every_byte_and_every_file_as_it_was() {
    let store = filled(SqliteStore::new());
    let path = store.path();
    let folder = store.folder().to_owned();
    let listing = || {
        let entries = std::fs::read_dir(&folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name())
            .collect::<Vec<_>>()
    };
    let before = (std::fs::read(&path).unwrap(), listing());
    let reader = opened(&store);
    reader.versions("churn", &[alias("champion")]).unwrap();
    reader.runs(&["run-1"]).unwrap();
    drop(reader);
    assert_eq!((std::fs::read(&path).unwrap(), listing()), before);
}
