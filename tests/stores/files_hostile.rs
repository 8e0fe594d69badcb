//! Folders that are half written, or were made to do harm.

use std::fs;
use std::time::{Duration, Instant};

use gatewright::evidence::Wanted;
use gatewright::store::{Selector, StoreError};

use super::files::{filled, opened};
use super::support::file_store::{EXPERIMENT, FileStore};
use super::{Runs, open, shown};

fn error(store: &FileStore) -> StoreError {
    open("./mlruns", store.folder())
        .and_then(|store| store.runs(&["r1"]))
        .unwrap_err()
}

#[test]
fn a_description_that_stays_empty_is_an_error_and_one_that_is_written_meanwhile_is_read() {
    let store = filled();
    let meta = store.path().join(EXPERIMENT).join("r1/meta.yaml");
    let whole = fs::read(&meta).unwrap();
    fs::write(&meta, b"").unwrap();
    assert!(error(&store).to_string().contains("it is empty"));
    let seen = std::thread::scope(|scope| {
        let reader = scope.spawn(|| shown(&opened(&store).runs(&["r1"]).unwrap()[0], "accuracy"));
        let (_keep, never) = std::sync::mpsc::channel::<()>();
        assert!(never.recv_timeout(Duration::from_millis(100)).is_err());
        fs::write(&meta, whole).unwrap();
        reader.join().unwrap()
    });
    assert_eq!(seen, "0.88");
}

#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    use std::os::unix::fs::symlink;
    let other = filled();
    other.of_run("r1", "metrics/secret", b"1 0.99 0\n");
    let outside = other.path().join(EXPERIMENT).join("r1");
    for (link, target) in [
        ("metrics/stolen", outside.join("metrics/secret")),
        ("metrics/folder", outside.join("metrics")),
        ("tags", outside.join("metrics")),
        ("params", outside.clone()),
    ] {
        let store = filled();
        symlink(target, store.path().join(EXPERIMENT).join("r1").join(link)).unwrap();
        let error = error(&store);
        assert!(
            error.to_string().contains("links are not followed"),
            "{link}: {error}"
        );
    }
    let store = filled();
    symlink(other.path().join(EXPERIMENT), store.path().join("7")).unwrap();
    assert!(error(&store).to_string().contains("links are not followed"));
    let store = filled();
    fs::remove_dir_all(store.path().join("models")).unwrap();
    symlink(other.path().join("models"), store.path().join("models")).unwrap();
    let opened = open("./mlruns", store.folder());
    let answer = opened.and_then(|store| store.versions("churn", &[Selector::Number(1)]));
    assert!(
        matches!(answer, Err(StoreError::Unreadable { .. })),
        "{answer:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_opened() {
    let store = filled();
    let pipe = store.path().join(EXPERIMENT).join("r1/tags");
    fs::create_dir(&pipe).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(pipe.join("t"))
        .status();
    assert!(made.unwrap().success());
    let start = Instant::now();
    assert!(error(&store).to_string().contains("not a regular file"));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn names_that_lead_away_are_nobodys_names() {
    let store = filled();
    store.of_run("r1", "artifacts/x/meta.yaml", b"run_id: x\n");
    let opened = opened(&store);
    for name in [
        "..",
        ".",
        "",
        "churn/..",
        "/etc",
        "a\0b",
        "churn/version-1",
        "c:x",
        "a%2fb",
    ] {
        let error = opened.versions(name, &[]).unwrap_err();
        assert!(
            matches!(error, StoreError::ModelNotFound { .. }),
            "{name}: {error:?}"
        );
    }
    for id in [
        "..",
        "",
        "r1/artifacts/x",
        "../912868814590210904/r1",
        "artifacts",
    ] {
        let error = opened.runs(&[id]).unwrap_err();
        assert!(
            matches!(error, StoreError::RunNotFound { .. }),
            "{id}: {error:?}"
        );
    }
}

#[test]
fn a_folder_is_the_run_it_is_named_after_only_if_it_says_so_itself() {
    let store = filled();
    store.run("r2");
    let folder = store.path().join(EXPERIMENT);
    fs::rename(folder.join("r2"), folder.join("r9")).unwrap();
    let error = opened(&store).runs(&["r9"]).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    // The same id in two experiments is an error and not a choice.
    let store = filled();
    store.file("7/r1/meta.yaml", b"run_id: r1\nexperiment_id: '7'\n");
    assert!(error_of_r1(&store).contains("two experiments"));
}

fn error_of_r1(store: &FileStore) -> String {
    error(store).to_string()
}

#[test]
fn a_version_that_says_it_is_another_is_an_error() {
    let store = filled();
    for meta in [
        "name: churn\nversion: 2\n",
        "name: other\nversion: 1\n",
        "version: 1\n",
        "name: churn\nversion: -1\n",
        "[",
    ] {
        store.file("models/churn/version-1/meta.yaml", meta.as_bytes());
        let answer = opened(&store).versions("churn", &[Selector::Number(1)]);
        assert!(
            matches!(answer, Err(StoreError::Damaged { .. })),
            "{meta}: {answer:?}"
        );
    }
}

#[test]
fn an_alias_that_points_to_nothing_is_not_a_missing_champion() {
    for content in ["77", "", "one", "-1", "1 2"] {
        let store = filled();
        store.file("models/churn/aliases/champion", content.as_bytes());
        let champion = Selector::Alias("champion".to_owned());
        let answer = opened(&store).versions("churn", &[champion]);
        assert!(
            matches!(answer, Err(StoreError::Damaged { .. })),
            "{content}: {answer:?}"
        );
    }
}

#[test]
fn what_mlflow_never_writes_is_an_error() {
    for (path, content) in [
        ("metrics/accuracy", "x 0.5 0\n"),
        ("metrics/accuracy", ""),
        ("metrics/accuracy", "1 0.5 0 half\n"),
        (
            "meta.yaml",
            "run_id: r1\nexperiment_id: '912868814590210904'\nlifecycle_stage: Active\nstatus: 3\n",
        ),
        (
            "meta.yaml",
            "run_id: r1\nexperiment_id: '912868814590210904'\nlifecycle_stage: active\nstatus: 9\n",
        ),
        (
            "meta.yaml",
            "run_id: r1\nexperiment_id: '7'\nlifecycle_stage: active\nstatus: 3\n",
        ),
        (
            "inputs/i/meta.yaml",
            "source_id: gone\nsource_type: DATASET\n",
        ),
        (
            "inputs/i/meta.yaml",
            "source_id: ../r1\nsource_type: DATASET\n",
        ),
    ] {
        let store = filled();
        store.of_run("r1", path, content.as_bytes());
        let error = error(&store);
        assert!(
            matches!(error, StoreError::Damaged { .. }),
            "{path}: {error:?}"
        );
    }
    let store = filled();
    store.of_run("r1", "tags/t", b"\xff");
    assert!(matches!(error(&store), StoreError::Damaged { .. }));
}

#[test]
fn files_and_folders_without_measure_end_in_an_error() {
    let store = filled();
    store.of_run("r1", "meta.yaml", &vec![b' '; 100_000]);
    assert!(matches!(error(&store), StoreError::TooLarge { .. }));
    let store = filled();
    store.of_run("r1", "tags/t", &vec![b' '; 2 << 20]);
    assert!(matches!(error(&store), StoreError::TooLarge { .. }));
    let store = filled();
    let deep = format!("metrics/{}x", "d/".repeat(300));
    store.of_run("r1", &deep, b"1 0.5 0\n");
    assert!(matches!(error(&store), StoreError::TooLarge { .. }));
}

#[test]
fn a_description_that_grows_when_it_is_read_ends_in_an_error() {
    let mut bomb = vec!["a: &a [x,x,x,x,x,x,x,x,x]".to_owned()];
    for (before, letter) in ('a'..'k').zip('b'..='k') {
        let list = vec![format!("*{before}"); 9].join(",");
        bomb.push(format!("{letter}: &{letter} [{list}]"));
    }
    let store = filled();
    store.of_run("r1", "meta.yaml", bomb.join("\n").as_bytes());
    let start = Instant::now();
    assert!(matches!(error(&store), StoreError::Damaged { .. }));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn reading_leaves_every_file_as_it_was() {
    let store = filled();
    let listing = || {
        let mut found = Vec::new();
        let mut waiting = vec![store.path().to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    let written = fs::metadata(&path).unwrap().modified().unwrap();
                    found.push((path, written));
                }
            }
        }
        found.sort();
        found
    };
    let before = listing();
    let wanted = Wanted {
        runs: ["r1".to_owned()].into(),
        children_of: ["r1".to_owned()].into(),
        ..Wanted::default()
    };
    let reader = opened(&store);
    reader.read(&wanted).unwrap();
    reader.versions("churn", &[Selector::Number(1)]).unwrap();
    assert_eq!(listing(), before);
}
