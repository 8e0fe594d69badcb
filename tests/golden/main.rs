//! Golden trees: for each spec, every generated file as it is committed here, so that a change of
//! the generator is read as a change of what users get. `SNAPSHOTS=overwrite cargo test` updates
//! them.
#![expect(clippy::unwrap_used, reason = "a test stops where it stumbles")]

mod keys;
mod planned;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use snapbox::{Data, assert_data_eq, data::DataFormat};
use tempfile::TempDir;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= 6);
    cases
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> BTreeMap<PathBuf, PathBuf> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_path_buf(), path);
            }
        }
    }
    found
}

/// The files of the case's own: what its hooks call, its templates, files that it has detached.
fn own(inputs: &BTreeMap<PathBuf, PathBuf>) -> impl Iterator<Item = (&PathBuf, &PathBuf)> {
    inputs
        .iter()
        .filter(|(path, _)| !path.starts_with("expected") && !path.ends_with("gatewright.yaml"))
}

/// The case's spec and files of its own, copied into an empty repository, and what `generate` writes there.
fn generate(case: &Path) -> TempDir {
    let repository = TempDir::new().unwrap();
    std::fs::create_dir(repository.path().join(".git")).unwrap();
    let inputs = files(case);
    let is_spec = |path: &Path| path.ends_with("gatewright.yaml");
    let (spec, source) = inputs.iter().find(|(path, _)| is_spec(path)).unwrap();
    let target = repository.path().join(spec);
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    std::fs::copy(source, &target).unwrap();
    for (path, source) in own(&inputs) {
        let target = repository.path().join(path);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(source, target).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args(["generate", "--spec"])
        .arg(spec)
        .current_dir(repository.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {told}", case.display());
    repository
}

#[test]
fn every_generated_file_is_the_one_that_was_reviewed() {
    for case in cases() {
        let repository = generate(&case);
        let mut expected = files(&case.join("expected"));
        let inputs = files(&case);
        for (path, written) in files(repository.path()) {
            if path.ends_with("gatewright.yaml") || inputs.contains_key(&path) {
                continue;
            }
            let golden = case.join("expected").join(&path);
            let text = std::fs::read_to_string(written).unwrap();
            assert_data_eq!(text, Data::read_from(&golden, Some(DataFormat::Text)).raw());
            expected.remove(&path);
        }
        assert_eq!(
            expected,
            BTreeMap::new(),
            "{}: no longer generated",
            case.display()
        );
    }
}

#[test]
fn the_same_spec_gives_the_same_bytes() {
    for case in cases() {
        let (one, other) = (generate(&case), generate(&case));
        let texts = |repository: &TempDir| {
            let paths = files(repository.path());
            paths
                .into_iter()
                .map(|(path, file)| (path, std::fs::read(file).unwrap()))
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&one), texts(&other), "{}", case.display());
    }
}
