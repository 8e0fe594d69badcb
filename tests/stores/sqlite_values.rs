//! Values that MLflow never writes, and more of them than it ever would.

use gatewright::store::{Selector, StoreError};

use super::sqlite_hostile::filled;
use super::support::sqlite_store::SqliteStore;
use super::{Runs, open};

fn error(store: &SqliteStore) -> StoreError {
    open("sqlite:///mlflow.db", store.folder())
        .and_then(|store| store.runs(&["r"]))
        .unwrap_err()
}

/// `latest_metrics` without types, keys or constraints, so that it can hold anything.
fn loose(rows: &str) -> StoreError {
    let store = filled();
    store.sql(&format!(
        "DROP TABLE latest_metrics;
         CREATE TABLE latest_metrics (run_uuid, key, value, is_nan, step, timestamp);
         INSERT INTO latest_metrics VALUES {rows};"
    ));
    error(&store)
}

#[test]
fn a_value_that_is_not_a_number_is_an_error_and_never_zero() {
    for value in ["'0.9'", "''", "NULL", "x'00'", "'NaN'", "1"] {
        let error = loose(&format!("('r', 'accuracy', {value}, 0, 0, 0)"));
        assert!(
            matches!(error, StoreError::Damaged { .. }),
            "{value}: {error:?}"
        );
        assert!(
            error.to_string().contains("metric `accuracy` is"),
            "{error}"
        );
    }
}

#[test]
fn the_other_columns_of_a_metric_are_what_mlflow_writes_or_an_error() {
    for row in [
        "('r', NULL, 0.5, 0, 0, 0)",
        "('r', x'6d', 0.5, 0, 0, 0)",
        "('r', CAST(x'ff' AS TEXT), 0.5, 0, 0, 0)",
        "('r', 'm', 0.5, 2, 0, 0)",
        "('r', 'm', 0.5, NULL, 0, 0)",
        "('r', 'm', 0.5, 0, 'last', 0)",
        "('r', 'm', 0.5, 0, 0, 1.5)",
    ] {
        let error = loose(row);
        assert!(
            matches!(error, StoreError::Damaged { .. }),
            "{row}: {error:?}"
        );
    }
}

#[test]
fn two_latest_values_of_one_metric_are_an_error_and_not_a_choice() {
    let error = loose("('r', 'm', 0.5, 0, 0, 0), ('r', 'm', 0.9, 0, 0, 0)");
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[test]
fn two_champions_are_an_error_and_not_a_choice() {
    let store = filled();
    store.sql(
        "DROP TABLE registered_model_aliases;
         CREATE TABLE registered_model_aliases (workspace, name, alias, version);
         INSERT INTO registered_model_aliases VALUES
             ('default', 'm', 'champion', 1), ('default', 'm', 'champion', 2);",
    );
    let opened = open("sqlite:///mlflow.db", store.folder()).unwrap();
    let error = opened
        .versions("m", &[Selector::Alias("champion".to_owned())])
        .unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_run_that_is_neither_active_nor_deleted_is_an_error() {
    for stage in ["NULL", "'ACTIVE'", "''"] {
        let store = filled();
        store.sql(&format!(
            "PRAGMA ignore_check_constraints = 1; UPDATE runs SET lifecycle_stage = {stage}"
        ));
        let error = error(&store);
        assert!(
            matches!(error, StoreError::Damaged { .. }),
            "{stage}: {error:?}"
        );
    }
}

#[test]
fn a_run_with_more_metrics_than_anyone_logs_ends_in_an_error() {
    let store = filled();
    store.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100100)
         INSERT INTO latest_metrics (run_uuid, key, value, is_nan, step, timestamp)
             SELECT 'r', 'm' || i, 0.5, 0, 0, 0 FROM n;",
    );
    let error = error(&store);
    assert!(matches!(error, StoreError::TooLarge { .. }), "{error:?}");
}

#[test]
fn a_name_of_megabytes_ends_in_an_error() {
    let error = loose("('r', hex(zeroblob(1000000)), 0.5, 0, 0, 0)");
    assert!(matches!(error, StoreError::TooLarge { .. }), "{error:?}");
}
