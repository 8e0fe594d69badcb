//! Changes of a SQLite store: all of a change or nothing, and only over what was expected.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use gatewright::evidence::HEAD_TAG;
use gatewright::promotion::Head;
use gatewright::registry::{self, Applied, Change, Registry, RegistryError};
use gatewright::store::StoreError;
use rusqlite::OptionalExtension as _;

use super::nothing;
use super::support::sqlite_store::SqliteStore;

fn filled(store: SqliteStore) -> SqliteStore {
    store
        .model("churn")
        .version("churn", 1, "run-1")
        .version("churn", 2, "run-2")
        .version("churn", 3, "run-3")
        .alias("churn", "champion", 1);
    store
}

fn open(folder: &Path) -> Result<Box<dyn Registry>, RegistryError> {
    registry::open("sqlite:///mlflow.db", folder, &nothing)
}

fn head(sequence: u64) -> Head {
    Head {
        sequence,
        digest: format!("sha256:{sequence}"),
    }
}

/// The promotion of a version, as entry `sequence` of the ledger.
fn promotion(expected: Option<u64>, version: u64, sequence: u64) -> Change {
    Change {
        model: "churn".to_owned(),
        alias: "champion".to_owned(),
        expected,
        version,
        expected_head: (sequence > 1).then(|| head(sequence - 1)),
        tag: format!("gatewright.promotion.{sequence}"),
        entry: format!("{{\"sequence\":{sequence},\"version\":{version}}}"),
        head: head(sequence),
    }
}

fn apply(store: &SqliteStore, change: &Change) -> Result<Applied, RegistryError> {
    open(store.folder())?.apply(change)
}

/// Everything that changes could have changed, as text.
fn state(store: &SqliteStore) -> String {
    let all = "SELECT 'alias ' || alias || ' ' || version FROM registered_model_aliases \
         UNION ALL SELECT key || ' ' || value FROM registered_model_tags \
         UNION ALL SELECT version || ' ' || key || ' ' || value FROM model_version_tags \
         UNION ALL SELECT version || ' touched' FROM model_versions \
            WHERE last_updated_time IS NOT NULL";
    let mut statement = store.connection.prepare(all).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0));
    rows.unwrap().map(|row| row.unwrap() + "\n").collect()
}

fn found(error: &RegistryError) -> String {
    match error {
        RegistryError::Conflict { found } => format!("conflict: {found}"),
        RegistryError::LedgerMoved { found } => format!("ledger moved: {found}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn alias_entry_and_head_move_together_in_every_schema() {
    for store in [filled(SqliteStore::new()), filled(SqliteStore::of_2_22())] {
        let first = promotion(Some(1), 2, 1);
        assert_eq!(apply(&store, &first), Ok(Applied::Now));
        assert_eq!(apply(&store, &first), Ok(Applied::Before));
        let second = promotion(Some(2), 3, 2);
        assert_eq!(apply(&store, &second), Ok(Applied::Now));
        insta::allow_duplicates! {
            insta::assert_snapshot!(state(&store), @r#"
            alias champion 3
            gatewright.ledger {"sequence":2,"digest":"sha256:2"}
            2 gatewright.promotion.1 {"sequence":1,"version":2}
            3 gatewright.promotion.2 {"sequence":2,"version":3}
            "#);
        }
    }
}

#[test]
fn an_alias_that_does_not_exist_is_made_once() {
    let store = filled(SqliteStore::new());
    let mut first = promotion(None, 2, 1);
    first.alias = "live".to_owned();
    assert_eq!(apply(&store, &first), Ok(Applied::Now));
    let mut second = promotion(None, 3, 2);
    second.alias = "live".to_owned();
    let error = apply(&store, &second).unwrap_err();
    insta::assert_snapshot!(found(&error), @"conflict: the alias `live` of `churn` points to version 2, and none was expected");
}

#[test]
fn nothing_is_written_over_anything_that_is_not_as_expected() {
    let store = filled(SqliteStore::new());
    store
        .version("churn", 4, "run-4")
        .version("churn", 5, "run-5");
    store.sql("UPDATE model_versions SET status = 'PENDING_REGISTRATION' WHERE version = 4");
    store.sql("UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE version = 5");
    assert_eq!(apply(&store, &promotion(Some(1), 2, 1)), Ok(Applied::Now));
    let before = state(&store);
    let mut other_head = promotion(Some(2), 3, 2);
    other_head.expected_head = Some(head(7));
    other_head.head = head(8);
    let told: Vec<_> = [
        promotion(Some(1), 3, 2),
        promotion(None, 3, 2),
        other_head,
        promotion(Some(2), 4, 2),
        promotion(Some(2), 5, 2),
        promotion(Some(2), 9, 2),
        promotion(Some(2), u64::MAX, 2),
    ]
    .iter()
    .map(|change| found(&apply(&store, change).unwrap_err()))
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    conflict: the alias `champion` of `churn` points to version 2, and version 1 was expected
    conflict: the alias `champion` of `churn` points to version 2, and none was expected
    ledger moved: the ledger of `churn` ends with entry 1 (sha256:1), and entry 7 (sha256:7) was expected
    conflict: version 4 of `churn` is not ready: its status is PENDING_REGISTRATION
    conflict: version 5 of `churn` does not exist
    conflict: version 9 of `churn` does not exist
    conflict: version 18446744073709551615 of `churn` does not exist
    ");
    assert_eq!(state(&store), before);
}

#[test]
fn what_a_dead_process_left_is_finished_and_no_entry_is_written_twice() {
    let change = promotion(Some(1), 2, 1);
    let entry = format!(
        "INSERT INTO model_version_tags (name, version, key, value) \
         VALUES ('churn', 2, '{}', '{}')",
        change.tag, change.entry
    );
    let head = format!(
        "INSERT INTO registered_model_tags (name, key, value) \
         VALUES ('churn', '{HEAD_TAG}', '{}')",
        change.head.text()
    );
    for left in [vec![entry.clone()], vec![entry.clone(), head]] {
        let store = filled(SqliteStore::new());
        for sql in &left {
            store.sql(sql);
        }
        assert_eq!(apply(&store, &change), Ok(Applied::Now));
        let expected = filled(SqliteStore::new());
        assert_eq!(apply(&expected, &change), Ok(Applied::Now));
        assert_eq!(state(&store), state(&expected));
    }
    // Left by a promotion of another version: its number is taken.
    let store = filled(SqliteStore::new());
    store.sql(&entry);
    let error = apply(&store, &promotion(Some(1), 3, 1)).unwrap_err();
    insta::assert_snapshot!(found(&error), @"ledger moved: version 2 of `churn` has the tag `gatewright.promotion.1` already");
    let mut another = change;
    another.entry = "{}".to_owned();
    insta::assert_snapshot!(found(&apply(&store, &another).unwrap_err()), @"ledger moved: version 2 of `churn` has another tag `gatewright.promotion.1` already");
}

#[test]
fn an_alias_of_another_workspace_is_another_alias() {
    let store = filled(SqliteStore::new());
    store.sql(
        "INSERT INTO registered_models (name, workspace) VALUES ('churn', 'red');
         INSERT INTO model_versions (name, version, current_stage, status, workspace)
             VALUES ('churn', 2, 'None', 'READY', 'red');",
    );
    let red = |name: &str| (name == "MLFLOW_WORKSPACE").then(|| "red".to_owned());
    let registry = registry::open("sqlite:///mlflow.db", store.folder(), &red).unwrap();
    assert_eq!(registry.apply(&promotion(None, 2, 1)), Ok(Applied::Now));
    registry
        .set_version_tag("churn", 2, "owner", "red")
        .unwrap();
    let of = |workspace: &str| -> Option<i64> {
        let query = "SELECT version FROM registered_model_aliases WHERE workspace = ?1";
        let row = store
            .connection
            .query_row(query, [workspace], |row| row.get(0));
        row.optional().unwrap()
    };
    assert_eq!((of("default"), of("red")), (Some(1), Some(2)));
}

#[test]
fn a_tag_is_set_set_again_and_removed() {
    let store = filled(SqliteStore::new());
    let registry = open(store.folder()).unwrap();
    registry.set_version_tag("churn", 2, "owner", "a").unwrap();
    registry
        .set_version_tag("churn", 2, "owner", "it's \"b\"")
        .unwrap();
    insta::assert_snapshot!(state(&store), @r#"
    alias champion 1
    2 owner it's "b"
    "#);
    registry.delete_version_tag("churn", 2, "owner").unwrap();
    registry.delete_version_tag("churn", 2, "owner").unwrap();
    insta::assert_snapshot!(state(&store), @"alias champion 1");
    let error = registry
        .set_version_tag("churn", 9, "owner", "a")
        .unwrap_err();
    assert!(matches!(error, RegistryError::Conflict { .. }), "{error}");
    let error = registry
        .set_version_tag("nope", 1, "owner", "a")
        .unwrap_err();
    let expected = RegistryError::Store(StoreError::ModelNotFound {
        model: "nope".to_owned(),
    });
    assert_eq!(error, expected);
}

#[test]
fn a_file_with_somebody_elses_code_in_it_is_not_written() {
    for code in [
        "CREATE TRIGGER t AFTER INSERT ON model_version_tags
             BEGIN UPDATE registered_model_aliases SET version = 3; END",
        "CREATE TRIGGER t BEFORE UPDATE ON Registered_Model_Aliases
             BEGIN SELECT raise(IGNORE); END",
        "ALTER TABLE registered_model_aliases RENAME TO other;
         CREATE VIEW registered_model_aliases AS SELECT * FROM other",
        "ALTER TABLE registered_model_tags RENAME TO other;
         CREATE VIEW registered_model_tags AS SELECT * FROM other",
        "DROP TABLE registered_model_tags",
        "ALTER TABLE registered_model_tags DROP COLUMN value",
    ] {
        let store = filled(SqliteStore::new());
        store.sql(code);
        let error = apply(&store, &promotion(Some(1), 2, 1)).unwrap_err();
        let refused = matches!(
            error,
            RegistryError::Store(StoreError::Damaged { .. } | StoreError::UnknownSchema { .. })
        );
        assert!(refused, "{code}: {error:?}");
        let moved = "SELECT count(*) FROM model_version_tags";
        let tags: i64 = store
            .connection
            .query_row(moved, [], |row| row.get(0))
            .unwrap();
        assert_eq!(tags, 0, "{code}");
    }
}

#[test]
fn a_file_that_cannot_be_written_says_so() {
    let store = filled(SqliteStore::new());
    // A form of the file that a later SQLite may bring.
    let path = store.folder().join("later.db");
    let mut bytes = std::fs::read(store.path()).unwrap();
    bytes[18] = 3;
    std::fs::write(&path, bytes).unwrap();
    let registry = registry::open("sqlite:///later.db", store.folder(), &nothing).unwrap();
    let error = registry.apply(&promotion(Some(1), 2, 1)).unwrap_err();
    let refused = |error: &RegistryError| {
        matches!(error, RegistryError::Store(StoreError::NotWritable { .. }))
    };
    assert!(refused(&error), "{error:?}");

    let protect = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(store.path(), permissions).unwrap();
    };
    protect(0o444);
    // Whoever is root may write all the same.
    let is_root = std::fs::OpenOptions::new()
        .append(true)
        .open(store.path())
        .is_ok();
    if !is_root {
        let error = apply(&store, &promotion(Some(1), 2, 1)).unwrap_err();
        assert!(refused(&error), "{error:?}");
    }
    protect(0o644);
    assert_eq!(apply(&store, &promotion(Some(1), 2, 1)), Ok(Applied::Now));
}

#[test]
fn a_file_that_another_process_holds_is_waited_for_as_long_as_was_asked() {
    let store = filled(SqliteStore::new());
    let second = |name: &str| (name == "GATEWRIGHT_LOCK_TIMEOUT").then(|| "1".to_owned());
    let registry = registry::open("sqlite:///mlflow.db", store.folder(), &second).unwrap();
    for held in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] {
        store.sql(held);
        let error = registry.apply(&promotion(Some(1), 2, 1)).unwrap_err();
        let locked = matches!(error, RegistryError::Store(StoreError::Locked { .. }));
        assert!(locked, "{error:?}");
        store.sql("ROLLBACK");
    }
    // A reader keeps the commit away, and nothing of it is left.
    store.sql("BEGIN; SELECT * FROM model_versions;");
    let error = registry.apply(&promotion(Some(1), 2, 1)).unwrap_err();
    assert!(matches!(
        error,
        RegistryError::Store(StoreError::Locked { .. })
    ));
    store.sql("ROLLBACK");
    assert_eq!(state(&store), "alias champion 1\n");
    assert_eq!(registry.apply(&promotion(Some(1), 2, 1)), Ok(Applied::Now));
}

#[test]
fn a_registry_that_cannot_be_changed_says_what_to_do() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("mlruns")).unwrap();
    let token = |name: &str| match name {
        "DATABRICKS_HOST" => Some("https://dbc.example.com".to_owned()),
        "DATABRICKS_TOKEN" => Some("hush-hush".to_owned()),
        _ => None,
    };
    let told = |uri: &str| match registry::open(uri, folder.path(), &token) {
        Err(error) => format!("{error}\n{}", error.help()),
        Ok(_) => panic!("{uri} was opened"),
    };
    insta::assert_snapshot!(told("mlruns"), @r"
    this registry cannot be changed: it is a folder of files
    MLflow stopped writing folders with 3.13: move it into a database with `mlflow migrate-filestore`, or run an MLflow server
    ");
    insta::assert_snapshot!(told("databricks"), @r"
    this registry cannot move an alias: the workspace registry of Databricks has none
    use Unity Catalog: set `mlflow.registry_uri` to `databricks-uc`
    ");
    insta::assert_snapshot!(told("sqlite:///nope.db").replace(folder.path().to_str().unwrap(), ""), @r"
    there is no MLflow store at `/nope.db`
    run the stages first, or set `mlflow.tracking_uri` in the spec
    ");
    insta::assert_snapshot!(told("postgresql://u:p@h/d"), @r"
    cannot read a store at `postgresql://...`
    a database behind a server is read through the server: run `mlflow server --backend-store-uri postgresql://...` and set `mlflow.tracking_uri` to its http address
    ");
    assert!(registry::open("databricks-uc", folder.path(), &token).is_ok());
}
