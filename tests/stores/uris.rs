//! Which URIs are stores.

use std::path::Path;

use gatewright::store::StoreError;

use super::support::file_store::FileStore;
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
fn a_uri_that_only_looks_like_databricks_is_answered_with_the_forms_there_are() {
    for uri in [
        "databricks:profile",
        "databricks://",
        "databricks://scope:prefix",
        "databricks-uc://a/b",
        "uc:main",
        "uc://x",
    ] {
        assert!(refused(uri).1.contains("databricks-uc"), "{uri}");
    }
}

#[test]
fn a_path_or_a_file_uri_is_a_legacy_file_store() {
    let store = FileStore::new("a folder");
    store.model("m");
    let folder = store.path().display().to_string();
    for (uri, base) in [
        ("./a folder".to_owned(), store.folder()),
        ("a folder".to_owned(), store.folder()),
        ("file:a%20folder".to_owned(), store.folder()),
        (folder.clone(), Path::new("/nowhere")),
        (
            format!("file://{}", folder.replace(' ', "%20")),
            Path::new("/nowhere"),
        ),
        (format!("file://localhost{folder}"), Path::new("/nowhere")),
    ] {
        let opened = open(&uri, base).map_err(|error| error.to_string());
        let versions = opened.unwrap().versions("m", &[]);
        assert_eq!(versions, Ok(vec![]), "{uri}");
    }
}

#[test]
fn a_folder_that_no_store_is_in_is_missing() {
    let store = FileStore::new("mlruns");
    // Where MLflow keeps the artifacts of a SQLite store.
    std::fs::create_dir_all(store.path().join("1/0f3a/artifacts")).unwrap();
    for uri in [
        "./mlruns",
        "file:mlruns",
        "./nowhere",
        r"C:\mlruns",
        "mlruns/1",
    ] {
        let error = open(uri, store.folder()).err().unwrap();
        assert!(
            matches!(error, StoreError::Missing { .. }),
            "{uri}: {error:?}"
        );
    }
}

#[test]
fn a_path_that_means_something_else_is_answered_with_what_to_write() {
    let store = SqliteStore::new();
    for (uri, help) in [
        ("mlflow.db", "sqlite:///mlflow.db"),
        ("file:mlflow.db", "sqlite:///mlflow.db"),
        ("file://srv/mlruns", "three slashes"),
        ("file:///srv/mlruns?x=1", "leave out"),
        ("file:", "name the folder"),
        ("file:%ff", "not UTF-8"),
    ] {
        let error = open(uri, store.folder()).err().unwrap();
        assert!(
            matches!(error, StoreError::Unsupported { .. }),
            "{uri}: {error:?}"
        );
        assert!(error.help().contains(help), "{uri}: {}", error.help());
    }
    let uri = store.folder().display().to_string();
    let error = open_with(&uri, &[("MLFLOW_WORKSPACE", "team")])
        .err()
        .unwrap();
    assert!(error.help().contains("no workspaces"), "{error:?}");
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
