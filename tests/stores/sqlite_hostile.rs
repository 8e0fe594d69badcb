//! Files that are no store, or were made to do harm.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use gatewright::store::{Selector, StoreError};
use rusqlite::Connection;
use tempfile::TempDir;

use super::support::sqlite_store::SqliteStore;
use super::{Runs, open};

/// The size of a page, SQLite's default.
const PAGE: usize = 4096;

pub(super) fn filled() -> SqliteStore {
    let store = SqliteStore::new();
    store
        .model("m")
        .version("m", 1, "r")
        .alias("m", "champion", 1)
        .run("r");
    store.metric("r", "accuracy", 0.5);
    store
}

/// Whatever error the store gives on the way to the metrics of run `r`.
fn error_in(folder: &Path) -> StoreError {
    open("sqlite:///mlflow.db", folder)
        .and_then(|store| store.runs(&["r"]))
        .unwrap_err()
}

fn error(store: &SqliteStore) -> StoreError {
    error_in(store.folder())
}

fn file(content: &[u8]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("mlflow.db"), content).unwrap();
    folder
}

fn missing(error: &StoreError) -> &str {
    match error {
        StoreError::UnknownSchema { missing, .. } => missing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_that_does_not_exist_is_missing_and_is_not_made() {
    let folder = TempDir::new().unwrap();
    let error = error_in(folder.path());
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_not_an_intact_database_is_said_to_be_none() {
    let whole = {
        let store = filled();
        fs::read(store.path()).unwrap()
    };
    let mut text = b"SQLite format 3\0".to_vec();
    text.resize(5000, b'x');
    for (name, content) in [
        ("empty", Vec::new()),
        ("text", b"accuracy: 0.99\n".repeat(500)),
        ("one byte", b"S".to_vec()),
        ("only a magic", text),
        ("cut in the header", whole[..60].to_vec()),
        ("cut after a page", whole[..4096].to_vec()),
        ("cut in the middle", whole[..whole.len() / 2].to_vec()),
        ("cut by one page", whole[..whole.len() - 4096].to_vec()),
    ] {
        let error = error_in(file(&content).path());
        assert!(
            matches!(error, StoreError::NotADatabase { .. }),
            "{name}: {error:?}"
        );
    }
}

#[test]
fn a_damaged_page_is_an_error_and_never_a_missing_metric() {
    let store = filled();
    let root = root_page(&store, "latest_metrics");
    let whole = fs::read(store.path()).unwrap();
    for damage in [0x00, 0xff, 0x5a] {
        let mut damaged = whole.clone();
        damaged[(root - 1) * PAGE..root * PAGE].fill(damage);
        let error = error_in(file(&damaged).path());
        assert!(
            matches!(error, StoreError::NotADatabase { .. }),
            "{damage}: {error:?}"
        );
    }
}

#[test]
fn a_file_with_any_byte_changed_never_panics() {
    let store = filled();
    let whole = fs::read(store.path()).unwrap();
    for place in (0..4096)
        .step_by(61)
        .chain((4096..whole.len()).step_by(7919))
    {
        let mut damaged = whole.clone();
        damaged[place] ^= 0xff;
        let folder = file(&damaged);
        let answer = open("sqlite:///mlflow.db", folder.path()).and_then(|store| {
            store.versions("m", &[Selector::Alias("champion".to_owned())])?;
            store.runs(&["r"])
        });
        drop(answer);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_a_device_and_a_pipe_are_refused_before_they_are_opened() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe.db");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    fs::create_dir(folder.path().join("folder.db")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("device.db")).unwrap();
    std::os::unix::fs::symlink("loop.db", folder.path().join("loop.db")).unwrap();
    for name in ["pipe.db", "folder.db", "device.db", "loop.db"] {
        let error = open(&format!("sqlite:///{name}"), folder.path())
            .err()
            .unwrap();
        assert!(
            matches!(error, StoreError::Unreadable { .. }),
            "{name}: {error:?}"
        );
    }
}

#[test]
fn a_path_that_no_file_can_have_is_an_error() {
    for path in ["a\0b", &"long".repeat(5000)] {
        let error = open(&format!("sqlite:///{path}"), Path::new("/tmp"))
            .err()
            .unwrap();
        assert!(matches!(error, StoreError::Unreadable { .. }), "{error:?}");
    }
}

#[test]
fn another_programs_database_is_told_what_it_lacks() {
    let store = SqliteStore::empty(false);
    store.sql("CREATE TABLE songs (title TEXT)");
    let error = error(&store);
    assert!(
        missing(&error).contains("no table `latest_metrics`"),
        "{error}"
    );
    assert!(
        missing(&error).contains("no table `registered_models`"),
        "{error}"
    );
}

#[test]
fn a_store_from_before_aliases_is_told_so_with_its_revision() {
    let store = SqliteStore::of_2_22();
    store.sql("DROP TABLE registered_model_aliases");
    assert_eq!(
        error(&store).to_string(),
        format!(
            "`{}` is not an MLflow store that can be read: no table `registered_model_aliases` (schema revision 0584bdc529eb)",
            store.path().display()
        )
    );
}

#[test]
fn a_missing_column_is_named() {
    let store = filled();
    store.sql("ALTER TABLE latest_metrics RENAME COLUMN is_nan TO not_a_number");
    assert_eq!(missing(&error(&store)), "no column `latest_metrics.is_nan`");
}

#[test]
fn a_schema_with_workspaces_in_some_tables_only_is_not_guessed_at() {
    let store = filled();
    store.sql("ALTER TABLE registered_models RENAME COLUMN workspace TO tenant");
    assert_eq!(
        missing(&error(&store)),
        "no column `registered_models.workspace`"
    );
}

#[test]
fn a_view_in_place_of_a_table_is_not_asked() {
    let store = filled();
    store.sql(
        "DROP TABLE latest_metrics;
         CREATE VIEW latest_metrics AS
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
             SELECT 'r' run_uuid, 'm' || i AS \"key\", 0.5 value, 0 is_nan, 0 step, 0 timestamp FROM n;",
    );
    let start = Instant::now();
    assert_eq!(
        missing(&error(&store)),
        "`latest_metrics` is not a stored table"
    );
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_virtual_table_in_place_of_a_table_is_not_asked() {
    let store = filled();
    store.sql(
        "DROP TABLE tags;
         CREATE VIRTUAL TABLE tags USING fts5(run_uuid, key, value);",
    );
    assert_eq!(missing(&error(&store)), "`tags` is not a stored table");
}

#[test]
fn a_computed_column_is_not_a_stored_value() {
    let store = filled();
    store.sql(
        "DROP TABLE latest_metrics;
         CREATE TABLE latest_metrics (run_uuid, key, is_nan, step, timestamp,
             value REAL GENERATED ALWAYS AS (length(zeroblob(900000000)) * 1.0) VIRTUAL);
         INSERT INTO latest_metrics (run_uuid, key, is_nan, step, timestamp)
             VALUES ('r', 'accuracy', 0, 0, 0);",
    );
    assert_eq!(missing(&error(&store)), "no column `latest_metrics.value`");
}

#[test]
fn a_trigger_in_the_store_is_never_fired() {
    let store = filled();
    store.sql("CREATE TRIGGER harm AFTER INSERT ON runs BEGIN DELETE FROM latest_metrics; END");
    let opened = open("sqlite:///mlflow.db", store.folder()).unwrap();
    assert_eq!(opened.runs(&["r"]).unwrap()[0].metrics.len(), 1);
}

#[test]
fn a_table_that_contains_itself_ends_in_an_error() {
    let store = filled();
    let table = root_page(&store, "latest_metrics");
    let mut bytes = fs::read(store.path()).unwrap();
    bytes[(table - 1) * PAGE..table * PAGE].copy_from_slice(&page_of_itself(table));
    // Without its indexes, so that the table has to be walked.
    let folder = file(&bytes);
    let harmed = Connection::open(folder.path().join("mlflow.db")).unwrap();
    harmed.execute_batch("PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'latest_metrics'; UPDATE sqlite_schema SET sql = 'CREATE TABLE latest_metrics (run_uuid, key, value, is_nan, step, timestamp)' WHERE name = 'latest_metrics'").unwrap();
    drop(harmed);
    let start = Instant::now();
    let error = error_in(folder.path());
    assert!(
        matches!(error, StoreError::NotADatabase { .. }),
        "{error:?}"
    );
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// An interior page of a table's tree whose 300 children are all the page itself.
fn page_of_itself(number: usize) -> Vec<u8> {
    const CELLS: usize = 300;
    const CELL: usize = 6;
    let child = u32::try_from(number).unwrap().to_be_bytes();
    let short = |value: usize| u16::try_from(value).unwrap().to_be_bytes();
    let mut page = vec![0; PAGE];
    page[0] = 5;
    page[3..5].copy_from_slice(&short(CELLS));
    page[5..7].copy_from_slice(&short(PAGE - CELLS * CELL));
    page[8..12].copy_from_slice(&child);
    for cell in 0..CELLS {
        let place = PAGE - (cell + 1) * CELL;
        page[place..place + 4].copy_from_slice(&child);
        page[place + 4..place + 6].copy_from_slice(&[0x81, 0x01]);
        page[12 + cell * 2..14 + cell * 2].copy_from_slice(&short(place));
    }
    page
}

fn root_page(store: &SqliteStore, table: &str) -> usize {
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: i64 = store
        .connection
        .query_row(sql, [table], |row| row.get(0))
        .unwrap();
    usize::try_from(page).unwrap()
}
