//! Tables that came with some version of MLflow, and values in them that MLflow never writes.

use std::time::{Duration, Instant};

use gatewright::evidence::{Assessments, Found, Wanted};
use gatewright::store::StoreError;

use super::sqlite_evidence::{everything, filled, opened, points};
use super::sqlite_judges::{assess, trace};
use super::support::sqlite_store::SqliteStore;
use super::{Runs, open};

fn answer(store: &SqliteStore) -> Result<Found, StoreError> {
    open("sqlite:///mlflow.db", store.folder()).and_then(|store| store.read(&everything()))
}

fn missing(store: &SqliteStore) -> String {
    match answer(store) {
        Err(StoreError::UnknownSchema { missing, .. }) => missing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_store_of_mlflow_2_has_no_logged_models_and_no_judges() {
    let store = SqliteStore::of_2_22();
    store.run("r");
    let found = answer(&store).unwrap();
    assert!(found.logged_models.is_empty());
    assert_eq!(found.assessments["r"], Assessments::default());
}

#[test]
fn a_store_from_before_data_sets_has_none() {
    let store = SqliteStore::of_2_22();
    store.run("r");
    store.sql(
        "DROP TABLE inputs; DROP TABLE input_tags; DROP TABLE datasets;
         DROP TABLE trace_tags; DROP TABLE trace_request_metadata; DROP TABLE trace_info;",
    );
    assert!(opened(&store).runs(&["r"]).unwrap()[0].datasets.is_empty());
}

#[test]
fn a_table_under_another_name_is_not_a_store_from_before() {
    for (table, other) in [
        ("logged_models", "logged_models_2"),
        ("logged_model_metrics", "model_values"),
        ("assessments", "judgements"),
        ("trace_info", "traces"),
        ("entity_associations", "links"),
        ("datasets", "data_sets"),
        ("input_tags", "tags_of_inputs"),
        ("metrics", "points"),
        ("params", "parameters"),
        ("model_version_tags", "version_tags"),
    ] {
        let store = filled();
        store.sql(&format!("ALTER TABLE {table} RENAME TO {other}"));
        let missing = missing(&store);
        assert!(
            missing.contains(&format!("no table `{table}`")),
            "{missing}"
        );
    }
}

#[test]
fn a_column_that_is_wanted_and_not_there_is_named() {
    for (table, column) in [
        ("logged_model_metrics", "metric_value"),
        ("assessments", "valid"),
        ("trace_request_metadata", "value"),
        ("inputs", "source_type"),
        ("metrics", "is_nan"),
        ("runs", "status"),
        ("model_versions", "creation_time"),
    ] {
        let store = filled();
        store.sql(&format!(
            "PRAGMA legacy_alter_table = 1; ALTER TABLE {table} RENAME COLUMN {column} TO another"
        ));
        assert_eq!(missing(&store), format!("no column `{table}.{column}`"));
    }
}

#[test]
fn what_is_not_wanted_is_not_looked_at() {
    let store = filled();
    store.sql(
        "DROP TABLE assessments; DROP TABLE logged_models; DROP TABLE metrics;
         ALTER TABLE trace_info RENAME COLUMN request_id TO another;",
    );
    assert!(opened(&store).runs(&["r"]).is_ok());
    assert_eq!(
        opened(&store).read(&Wanted::default()),
        Ok(Found::default())
    );
}

#[test]
fn a_view_in_place_of_a_table_is_not_asked() {
    let store = filled();
    store.sql(
        "DROP TABLE assessments;
         CREATE VIEW assessments AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;",
    );
    assert_eq!(missing(&store), "`assessments` is not a stored table");
}

/// Run `r` with a point, a logged model and a judged trace, then a change to it.
fn changed(sql: &str) -> Result<Found, StoreError> {
    let store = filled();
    points(&store, "r", &[(0.5, false, 0)]);
    trace(&store, "tr-1", "{}");
    assess(&store, "a-1", "tr-1", "true");
    store.sql(
        "INSERT INTO logged_models (model_id, experiment_id, name, artifact_location,
             creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage)
             VALUES ('m-1', 1, 'n', '/m', 1, 1, 2, 'active');
         INSERT INTO logged_model_metrics (model_id, metric_name, metric_timestamp_ms, metric_step,
             metric_value, experiment_id, run_id) VALUES ('m-1', 'loss', 5, 0, 0.5, 1, 'r');
         INSERT INTO params (run_uuid, key, value) VALUES ('r', 'depth', '3');
         INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source)
             VALUES ('d1', 1, 'trips', 'aa', 'code', '{}');
         INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
             VALUES ('i1', 'DATASET', 'd1', 'RUN', 'r');
         PRAGMA ignore_check_constraints = 1;",
    );
    store.sql(sql);
    answer(&store)
}

#[test]
fn a_value_that_mlflow_never_writes_is_an_error() {
    assert!(changed("").is_ok());
    for sql in [
        "UPDATE runs SET status = NULL",
        "UPDATE runs SET status = 'DONE'",
        "UPDATE runs SET start_time = 'noon'",
        "UPDATE runs SET experiment_id = 'x'",
        "UPDATE runs SET artifact_uri = x'00'",
        "UPDATE params SET value = x'33'",
        "UPDATE metrics SET value = 'low'",
        "UPDATE metrics SET is_nan = 2",
        "UPDATE metrics SET step = 0.5",
        "UPDATE metrics SET timestamp = 'now'",
        "UPDATE logged_models SET status = 4",
        "UPDATE logged_models SET status = 'READY'",
        "UPDATE logged_models SET lifecycle_stage = 'gone'",
        "UPDATE logged_models SET artifact_location = 7 || x'ff'",
        "UPDATE logged_model_metrics SET metric_value = 'low'",
        "UPDATE logged_model_metrics SET metric_name = ''",
        "UPDATE logged_model_metrics SET dataset_name = 'half'",
        "UPDATE inputs SET source_id = 'nowhere'",
        "UPDATE datasets SET digest = ''",
        "UPDATE assessments SET value = 'yes'",
        "UPDATE assessments SET value = x'74'",
        "UPDATE assessments SET value = ''",
        "UPDATE assessments SET error = 'boom'",
        "UPDATE assessments SET valid = 2",
        "UPDATE assessments SET name = ''",
        "UPDATE assessments SET assessment_metadata = '[]'",
        "UPDATE assessments SET assessment_metadata = '{'",
        "UPDATE assessments SET created_timestamp = 'then'",
        "UPDATE trace_info SET request_preview = x'7b7d'",
    ] {
        let answer = changed(sql);
        assert!(
            matches!(answer, Err(StoreError::Damaged { .. })),
            "{sql}: {answer:?}"
        );
    }
}

#[test]
fn more_rows_than_anyone_logs_end_in_an_error() {
    let many = |count: u32, insert: &str| {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) {insert} FROM n"
        )
    };
    for sql in [
        many(
            100_100,
            "INSERT INTO params (run_uuid, key, value) SELECT 'r', 'p' || i, 'v'",
        ),
        many(
            1_000_100,
            "INSERT INTO metrics (run_uuid, key, value, is_nan, step, timestamp) SELECT 'r', 'loss', 0.5, 0, i, 0",
        ),
        many(
            300,
            "INSERT INTO params (run_uuid, key, value) SELECT 'r', 'p' || i, hex(zeroblob(500000))",
        ),
    ] {
        let answer = changed(&sql).map(|_| ());
        assert!(
            matches!(answer, Err(StoreError::TooLarge { .. })),
            "{sql}: {answer:?}"
        );
    }
}

#[test]
fn one_metric_of_one_run_is_found_without_walking_through_every_run() {
    // As in MLflow before 3.12: no index has the metric's name in it but the primary key.
    let store = SqliteStore::of_2_22();
    store.run("r");
    store.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
         INSERT INTO metrics (run_uuid, key, value, is_nan, step, timestamp)
             SELECT 'other' || (i % 1000), 'loss', 0.5, 0, i, 0 FROM n",
    );
    points(&store, "r", &[(0.5, false, 0)]);
    let wanted = Wanted {
        histories: [("r".to_owned(), ["loss".to_owned()].into())].into(),
        ..Wanted::default()
    };
    // The fastest of several: the machine may be busy, and the walk takes 50 ms on an idle one.
    let reader = opened(&store);
    let fastest = (0..10).map(|_| {
        let start = Instant::now();
        let found = reader.read(&wanted).unwrap();
        assert_eq!(found.histories["r"]["loss"].len(), 1);
        start.elapsed()
    });
    let fastest = fastest.min().unwrap();
    assert!(fastest < Duration::from_millis(10), "{fastest:?}");
}
