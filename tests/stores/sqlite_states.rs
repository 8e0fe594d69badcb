//! A database in every state that another process may leave it in.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use gatewright::store::StoreError;
use tempfile::TempDir;

use super::support::sqlite_store::SqliteStore;
use super::{Runs, open, open_with, shown};

fn filled() -> SqliteStore {
    let store = SqliteStore::new();
    store.run("r").metric("r", "accuracy", 0.5);
    store
}

/// The accuracy that a reader sees, or the error as people see it.
fn accuracy(folder: &Path) -> String {
    open("sqlite:///mlflow.db", folder)
        .and_then(|store| store.runs(&["r"]))
        .map_or_else(
            |error| error.to_string(),
            |runs| shown(&runs[0], "accuracy"),
        )
}

/// Copies the files a crash would leave. By another process, because closing a file drops the
/// locks that this process's connections hold on it.
fn crash(store: &SqliteStore, suffixes: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for suffix in suffixes {
        let name = format!("mlflow.db{suffix}");
        let copied = Command::new("cp")
            .arg(store.folder().join(&name))
            .arg(folder.path().join(&name))
            .status()
            .unwrap();
        assert!(copied.success(), "{name}");
    }
    folder
}

/// Forbids writing to a folder. That does not bind root, in whose name the test proves less.
fn write_protected(folder: &Path) {
    let mut permissions = fs::metadata(folder).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(folder, permissions).unwrap();
}

#[expect(
    clippy::permissions_set_readonly_false,
    reason = "a folder of our own, removed next"
)]
fn writable(folder: &Path) {
    let mut permissions = fs::metadata(folder).unwrap().permissions();
    permissions.set_readonly(false);
    fs::set_permissions(folder, permissions).unwrap();
}

#[test]
fn the_newest_committed_row_of_a_write_ahead_log_is_read() {
    let store = filled();
    store.sql("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    store.metric("r", "accuracy", 0.75);
    store.sql("BEGIN; UPDATE latest_metrics SET value = 0.99");
    assert_eq!(accuracy(store.folder()), "0.75");
}

#[test]
fn a_write_ahead_log_that_a_crash_left_is_read() {
    let store = filled();
    store.sql("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    store.metric("r", "accuracy", 0.75);
    let crashed = crash(&store, &["", "-wal"]);
    assert_eq!(accuracy(crashed.path()), "0.75");
}

#[test]
fn a_write_ahead_log_that_a_crash_left_in_a_read_only_folder_is_read_from_a_copy() {
    let store = filled();
    store.sql("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    store.metric("r", "accuracy", 0.75);
    let crashed = crash(&store, &["", "-wal"]);
    write_protected(crashed.path());
    let seen = accuracy(crashed.path());
    writable(crashed.path());
    assert_eq!(seen, "0.75");
}

#[test]
fn a_clean_wal_database_in_a_read_only_folder_is_read() {
    let store = filled();
    store.sql("PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE)");
    let clean = crash(&store, &[""]);
    write_protected(clean.path());
    let seen = accuracy(clean.path());
    writable(clean.path());
    assert_eq!(seen, "0.5");
}

#[test]
fn a_transaction_that_a_crash_cut_short_never_happened() {
    let store = filled();
    // Enough dirty pages that SQLite has to write some of them to the file before the commit.
    store.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
         INSERT INTO latest_metrics (run_uuid, key, value, is_nan, step, timestamp)
             SELECT 'other', 'm' || i, 0.5, 0, 0, 0 FROM n;
         PRAGMA cache_size = 1; BEGIN; UPDATE latest_metrics SET value = 0.99;",
    );
    let crashed = crash(&store, &["", "-journal"]);
    let before = fs::read(crashed.path().join("mlflow.db")).unwrap();
    assert_eq!(accuracy(crashed.path()), "0.5");
    let after = fs::read(crashed.path().join("mlflow.db")).unwrap();
    assert!(before == after, "the store was changed");
    assert!(
        fs::metadata(crashed.path().join("mlflow.db-journal"))
            .unwrap()
            .len()
            > 0
    );
    let alone = crash(&store, &[""]);
    assert_ne!(accuracy(alone.path()), "0.5", "the journal was not needed");
}

#[test]
fn a_locked_database_is_waited_for_and_then_reported_as_locked() {
    let store = filled();
    store.sql("BEGIN EXCLUSIVE");
    let uri = format!("sqlite:///{}", store.path().display());
    let start = Instant::now();
    let error = open_with(&uri, &[("GATEWRIGHT_LOCK_TIMEOUT", "1")])
        .err()
        .unwrap();
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    let waited = start.elapsed();
    assert!(
        waited >= Duration::from_millis(900) && waited < Duration::from_secs(4),
        "{waited:?}"
    );
}

#[test]
fn a_lock_that_is_released_in_time_does_no_harm() {
    let store = filled();
    store.sql("BEGIN EXCLUSIVE; UPDATE latest_metrics SET value = 0.625");
    let seen = std::thread::scope(|scope| {
        let folder = store.folder();
        let reader = scope.spawn(move || accuracy(folder));
        let (_keep, never) = std::sync::mpsc::channel::<()>();
        assert!(never.recv_timeout(Duration::from_millis(200)).is_err());
        store.sql("COMMIT");
        reader.join().unwrap()
    });
    assert_eq!(seen, "0.625");
}

#[test]
fn a_writer_that_has_not_committed_is_not_in_the_way() {
    let store = filled();
    store.sql("BEGIN IMMEDIATE; UPDATE latest_metrics SET value = 0.99");
    assert_eq!(accuracy(store.folder()), "0.5");
}

#[test]
fn writers_can_commit_once_the_store_is_dropped() {
    let store = filled();
    store.connection.busy_timeout(Duration::ZERO).unwrap();
    let reader = open("sqlite:///mlflow.db", store.folder()).unwrap();
    assert!(
        store
            .connection
            .execute("UPDATE latest_metrics SET value = 1", [])
            .is_err()
    );
    drop(reader);
    assert!(
        store
            .connection
            .execute("UPDATE latest_metrics SET value = 1", [])
            .is_ok()
    );
}
