//! What a healthy SQLite store says beyond metrics: versions by tag,
//! histories, children, logged models.

use gatewright::evidence::{Dataset, Found, Run, RunStatus, Wanted};
use gatewright::store::{Selector, Store, StoreError};

use super::support::sqlite_store::SqliteStore;
use super::{Runs, open, open_with};

/// A store with run `r` of experiment 1.
pub(super) fn filled() -> SqliteStore {
    let store = SqliteStore::new();
    store.model("m").version("m", 1, "r").version("m", 2, "");
    store.version("m", 3, "r").run("r");
    store
}

pub(super) fn opened(store: &SqliteStore) -> Box<dyn Store> {
    open("sqlite:///mlflow.db", store.folder()).unwrap()
}

/// Everything there is about run `r` and logged model `m-1`.
pub(super) fn everything() -> Wanted {
    let r = || ["r".to_owned()].into();
    Wanted {
        runs: r(),
        logged_models: ["m-1".to_owned()].into(),
        histories: [("r".to_owned(), ["loss".to_owned()].into())].into(),
        children_of: r(),
        assessments_of: r(),
    }
}

pub(super) fn read(store: &SqliteStore) -> Found {
    opened(store).read(&everything()).unwrap()
}

fn tag(store: &SqliteStore, version: i64, key: &str, value: &str) {
    let sql = "INSERT INTO model_version_tags (name, version, key, value) VALUES ('m', ?1, ?2, ?3)";
    let values = rusqlite::params![version, key, value];
    store.connection.execute(sql, values).unwrap();
}

fn newest(store: &SqliteStore, value: &str) -> Option<u64> {
    let selector = Selector::Newest {
        tag: "stage".to_owned(),
        value: value.to_owned(),
    };
    let mut found = opened(store).versions("m", &[selector]).unwrap();
    found.remove(0).map(|version| version.number)
}

#[test]
fn a_version_has_its_tags_and_its_time() {
    let store = filled();
    store.sql("UPDATE model_versions SET creation_time = 1795413011696 WHERE version = 1");
    tag(&store, 1, "stage", "candidate");
    tag(&store, 1, "empty", "");
    tag(&store, 2, "stage", "live");
    let asked = [Selector::Number(1), Selector::Number(3)];
    let versions = opened(&store).versions("m", &asked).unwrap();
    let first = versions[0].as_ref().unwrap();
    assert_eq!(first.created_ms, Some(1_795_413_011_696));
    let tags = [("empty", ""), ("stage", "candidate")];
    assert_eq!(
        first.tags,
        tags.map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into()
    );
    assert!(versions[1].as_ref().unwrap().tags.is_empty());
}

#[test]
fn the_newest_version_with_a_tag_is_the_one_with_the_highest_number() {
    let store = filled();
    tag(&store, 1, "stage", "it's");
    tag(&store, 2, "stage", "candidate");
    tag(&store, 3, "stage", "candidate");
    assert_eq!(newest(&store, "candidate"), Some(3));
    assert_eq!(newest(&store, "it's"), Some(1));
    assert_eq!(newest(&store, "Candidate"), None);
    store.sql("UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE version = 3");
    assert_eq!(newest(&store, "candidate"), Some(2));
}

#[test]
fn a_tag_of_another_workspace_is_another_models_tag() {
    let store = filled();
    store.sql(
        "INSERT INTO registered_models (name, workspace) VALUES ('m', 'team');
         INSERT INTO model_versions (name, version, current_stage, workspace)
             VALUES ('m', 1, 'None', 'team'), ('m', 2, 'None', 'team');
         INSERT INTO model_version_tags (name, version, key, value, workspace) VALUES
             ('m', 2, 'stage', 'candidate', 'team'),
             ('m', 2, 'gatewright.promotion.1', 'no entry', 'team');",
    );
    tag(&store, 1, "stage", "candidate");
    assert_eq!(newest(&store, "candidate"), Some(1));
    assert_eq!(opened(&store).ledger("m").unwrap().entries, []);
    let uri = format!("sqlite:///{}", store.path().display());
    let team = open_with(&uri, &[("MLFLOW_WORKSPACE", "team")]).unwrap();
    let found = team.versions("m", &[Selector::Number(1), Selector::Number(2)]);
    let tags = found
        .unwrap()
        .into_iter()
        .flatten()
        .map(|version| version.tags.len());
    assert_eq!(tags.collect::<Vec<_>>(), [0, 2]);
    assert_eq!(team.ledger("m").unwrap().entries[0].text, "no entry");
}

#[test]
fn a_run_has_its_state_its_params_and_its_data_sets() {
    let store = filled();
    store.sql(
        "UPDATE runs SET status = 'KILLED', start_time = 1, end_time = 2, artifact_uri = '/a';
         INSERT INTO params (run_uuid, key, value) VALUES ('r', 'depth', '3');
         INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source)
             VALUES ('d1', 1, 'trips', 'aa', 'code', '{}'), ('d2', 1, 'holdout', 'bb', 'code', '{}');
         INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
             VALUES ('i1', 'DATASET', 'd1', 'RUN', 'r'), ('i2', 'DATASET', 'd2', 'RUN', 'r'),
                    ('i3', 'RUN_INPUT', 'r', 'MODEL_INPUT', 'm-1'), ('i4', 'DATASET', 'd1', 'RUN', 'q');
         INSERT INTO input_tags (input_uuid, name, value)
             VALUES ('i1', 'mlflow.data.context', 'training'), ('i1', 'split', 'a');",
    );
    let run = opened(&store).runs(&["r"]).unwrap().remove(0);
    assert_eq!(run.status, RunStatus::Killed);
    assert_eq!((run.start_ms, run.end_ms), (Some(1), Some(2)));
    assert_eq!(
        (run.experiment_id.as_str(), run.artifact_uri.as_str()),
        ("1", "/a")
    );
    assert_eq!(run.params["depth"], "3");
    let datasets: Vec<_> = run
        .datasets
        .iter()
        .map(|input| (input.dataset.name.as_str(), input.context.as_deref()))
        .collect();
    assert_eq!(datasets, [("holdout", None), ("trips", Some("training"))]);
}

/// Points of one metric of one run, logged in this order.
pub(super) fn points(store: &SqliteStore, run: &str, points: &[(f64, bool, i64)]) {
    for (value, is_nan, step) in points {
        let sql = "INSERT INTO metrics (run_uuid, key, value, is_nan, step, timestamp) \
                   VALUES (?1, 'loss', ?2, ?3, ?4, 100 - ?4)";
        let values = rusqlite::params![run, value, is_nan, step];
        store.connection.execute(sql, values).unwrap();
    }
}

#[test]
fn a_history_is_in_the_order_of_steps_and_has_every_point() {
    for store in [SqliteStore::new(), SqliteStore::of_2_22()] {
        store.run("r").run("q");
        points(
            &store,
            "r",
            &[(0.2, false, 2), (0.0, true, 1), (f64::MAX, false, -1)],
        );
        points(&store, "q", &[(0.7, false, 0)]);
        let found = read(&store);
        let seen: Vec<_> = found.histories["r"]["loss"]
            .iter()
            .map(|point| (point.step, point.timestamp_ms, point.reading.to_string()))
            .collect();
        let expected = [(-1, 101, "Infinity"), (1, 99, "NaN"), (2, 98, "0.2")];
        assert_eq!(
            seen,
            expected.map(|(step, at, value)| (step, at, value.to_owned()))
        );
    }
}

#[test]
fn a_metric_that_was_never_logged_has_no_points_and_a_run_that_is_not_there_is_an_error() {
    let store = filled();
    assert_eq!(read(&store).histories["r"]["loss"], []);
    for wanted in [
        Wanted {
            histories: [("gone".to_owned(), ["loss".to_owned()].into())].into(),
            ..Wanted::default()
        },
        Wanted {
            children_of: ["gone".to_owned()].into(),
            ..Wanted::default()
        },
        Wanted {
            assessments_of: ["gone".to_owned()].into(),
            ..Wanted::default()
        },
    ] {
        let run = "gone".to_owned();
        let answer = opened(&store).read(&wanted);
        assert_eq!(answer, Err(StoreError::RunNotFound { run }));
    }
}

#[test]
fn children_are_runs_of_the_same_experiment_that_are_not_deleted() {
    let store = filled();
    for id in ["c2", "c1", "deleted", "elsewhere", "grandchild"] {
        store.run(id).metric(id, "accuracy", 0.5);
    }
    store.sql(
        "UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = 'deleted';
         UPDATE runs SET experiment_id = 2 WHERE run_uuid = 'elsewhere';
         UPDATE runs SET status = 'FAILED' WHERE run_uuid = 'c2';
         INSERT INTO tags (run_uuid, key, value) SELECT run_uuid, 'mlflow.parentRunId', 'r'
             FROM runs WHERE run_uuid NOT IN ('r', 'grandchild');
         INSERT INTO tags (run_uuid, key, value) VALUES ('grandchild', 'mlflow.parentRunId', 'c1');",
    );
    let found = read(&store);
    let ids = |run: &Run| (run.id.clone(), run.status, run.metrics.len());
    let children: Vec<_> = found.children["r"].iter().map(ids).collect();
    let expected = [("c1", RunStatus::Finished, 1), ("c2", RunStatus::Failed, 1)];
    assert_eq!(
        children,
        expected.map(|(id, status, count)| (id.to_owned(), status, count))
    );
}

#[test]
fn a_zero_of_a_logged_model_is_a_zero_only_where_the_run_says_so() {
    let store = filled();
    store.sql(
        "INSERT INTO logged_models (model_id, experiment_id, name, artifact_location,
             creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage, source_run_id)
             VALUES ('m-1', 1, 'n', '/models/m-1', 1, 1, 2, 'active', 'r');
         INSERT INTO logged_model_params (model_id, experiment_id, param_key, param_value)
             VALUES ('m-1', 1, 'depth', '3');
         INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value)
             VALUES ('m-1', 1, 'team', 'trips');
         INSERT INTO logged_model_metrics (model_id, metric_name, metric_timestamp_ms, metric_step,
             metric_value, experiment_id, run_id, dataset_name, dataset_digest) VALUES
             ('m-1', 'gone', 5, 0, 0.0, 1, 'r', NULL, NULL),
             ('m-1', 'nan', 5, 0, 0.0, 1, 'r', 'holdout', 'aa'),
             ('m-1', 'null', 5, 0, NULL, 1, 'r', NULL, NULL),
             ('m-1', 'rmse', 5, 0, 2.5, 1, 'r', NULL, NULL),
             ('m-1', 'zero', 5, 0, 0.0, 1, 'r', NULL, NULL);
         INSERT INTO metrics (run_uuid, key, value, is_nan, step, timestamp) VALUES
             ('r', 'nan', 0.0, 1, 0, 5), ('r', 'nan', 0.0, 0, 0, 6), ('r', 'zero', 0.0, 0, 0, 5),
             ('r', 'gone', 0.0, 0, 1, 5);",
    );
    let found = read(&store);
    let model = &found.logged_models["m-1"];
    let values: Vec<_> = model
        .metrics
        .iter()
        .map(|one| (one.name.as_str(), one.metric.reading.to_string()))
        .collect();
    let nan = "NaN".to_owned();
    let expected = [
        ("gone", nan.clone()),
        ("nan", nan.clone()),
        ("null", nan),
        ("rmse", "2.5".to_owned()),
        ("zero", "0".to_owned()),
    ];
    assert_eq!(values, expected);
    let (name, digest) = ("holdout".to_owned(), "aa".to_owned());
    assert_eq!(model.metrics[1].dataset, Some(Dataset { name, digest }));
    assert_eq!(model.metrics[1].run_id.as_deref(), Some("r"));
    assert!(model.ready && !model.deleted);
    assert_eq!(model.artifact_location, "/models/m-1");
    assert_eq!(
        (model.params["depth"].as_str(), model.tags["team"].as_str()),
        ("3", "trips")
    );
    store.sql("UPDATE logged_models SET status = 1, lifecycle_stage = 'deleted'");
    let model = &read(&store).logged_models["m-1"];
    assert!(!model.ready && model.deleted);
}

#[test]
fn a_logged_model_that_is_gone_is_left_out() {
    assert!(read(&filled()).logged_models.is_empty());
}
