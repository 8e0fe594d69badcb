//! Which URIs are stores.

use std::path::Path;

use gatewright::store::StoreError;

use super::support::sqlite_store::SqliteStore;
use super::{Runs, open, open_with};

fn refused(uri: &str) -> (String, String) {
    match open(uri, Path::new(".")) {
        Err(error @ StoreError::Unsupported { .. }) => (error.to_string(), error.help()),
        Err(other) => panic!("{uri}: {other:?}"),
        Ok(store) => panic!("{uri} is {}", store.location()),
    }
}

#[test]
fn a_relative_path_is_relative_to_the_base_and_not_to_the_working_directory() {
    let store = SqliteStore::new();
    for uri in [
        "sqlite:///mlflow.db",
        "sqlite+pysqlite:///mlflow.db",
        "SQLite:///./mlflow.db",
    ] {
        assert!(open(uri, store.folder()).is_ok(), "{uri}");
    }
}

#[test]
fn four_slashes_are_an_absolute_path() {
    let store = SqliteStore::new();
    let path = store.path().display().to_string();
    let opened = open(&format!("sqlite:///{path}"), Path::new("/nowhere")).unwrap();
    assert_eq!(opened.location(), path);
}

#[test]
fn a_database_server_is_answered_with_the_way_through_mlflow_server() {
    for uri in [
        "postgresql://u:pw@db/mlflow",
        "postgresql+psycopg2://u:pw@db/mlflow",
        "mysql+pymysql://u:pw@db/mlflow",
        "mssql+pyodbc://u:pw@db/mlflow",
    ] {
        let (message, help) = refused(uri);
        assert!(help.contains("mlflow server --backend-store-uri"), "{help}");
        assert!(
            !message.contains("pw") && !help.contains("pw"),
            "{message} {help}"
        );
    }
}

#[test]
fn databricks_is_not_in_this_version() {
    for uri in [
        "databricks",
        "databricks-uc",
        "databricks://profile",
        "uc:main",
        "uc://x",
    ] {
        assert!(refused(uri).1.contains("Databricks"), "{uri}");
    }
}

#[test]
fn a_file_store_is_answered_with_the_way_through_mlflow_server() {
    for uri in [
        "file:///srv/mlruns",
        "file:mlruns",
        "./mlruns",
        "mlruns",
        "/srv/mlruns",
        r"C:\mlruns",
    ] {
        let (_, help) = refused(uri);
        assert!(
            help.contains("mlflow server --backend-store-uri ./mlruns"),
            "{uri}: {help}"
        );
    }
}

#[test]
fn a_database_in_memory_is_no_evidence() {
    for uri in ["sqlite://", "sqlite:///", "sqlite:", "sqlite:///:memory:"] {
        assert!(refused(uri).1.contains("memory"), "{uri}");
    }
}

#[test]
fn a_sqlite_uri_that_would_mean_something_else_is_refused() {
    for uri in [
        "sqlite://mlflow.db",
        "sqlite://host/mlflow.db",
        "sqlite:///mlflow.db?mode=rwc",
        "sqlite:///file:mlflow.db?uri=true",
        "sqlite+aiosqlite:///mlflow.db",
    ] {
        refused(uri);
    }
}

#[test]
fn nothing_at_all_is_answered_with_an_example() {
    assert!(refused("").1.contains("sqlite:///mlflow.db"));
    refused("ftp://mlflow.example.com");
}

#[test]
fn an_address_with_a_query_is_not_a_server() {
    for uri in [
        "http://h/?x=1",
        "https://h/#a",
        "http://",
        "http://:80",
        "https://[::1",
    ] {
        refused(uri);
    }
}

#[test]
fn a_uri_never_shows_its_password() {
    for uri in [
        "http://ada:hush%20zzz@127.0.0.1:1/mlflow/",
        "http://ada:hush%20zzz@127.0.0.1:1/?query=hush%20zzz",
        "postgresql://ada:hush%20zzz/x@db",
        "postgresql://db/x?password=hush%20zzz@x",
        "ada:hush%20zzz@db",
        "unknown://db/x?password=hush%20zzz",
    ] {
        let seen = match open_with(uri, &[("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")]) {
            Ok(store) => {
                let error = store.runs(&["r"]).unwrap_err();
                format!("{} {error} {error:?} {}", store.location(), error.help())
            }
            Err(error) => format!("{error} {error:?} {}", error.help()),
        };
        assert!(!seen.contains("zzz"), "{seen}");
    }
}

#[test]
fn a_setting_that_cannot_be_understood_is_an_error_that_names_it() {
    for (name, value) in [
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", "soon"),
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", "0"),
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "-1"),
        ("GATEWRIGHT_HTTP_DEADLINE", "99999999999999999999"),
        ("MLFLOW_TRACKING_INSECURE_TLS", "perhaps"),
        ("MLFLOW_WORKSPACE", "a b"),
        ("MLFLOW_TRACKING_AUTH", "kubernetes"),
    ] {
        let error = open_with("http://127.0.0.1:1", &[(name, value)])
            .err()
            .unwrap();
        assert!(matches!(error, StoreError::Setting { .. }), "{error:?}");
        assert!(error.to_string().contains(name), "{error}");
    }
}
