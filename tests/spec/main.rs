//! Specs and what is said about them: `ok/` holds specs without a complaint, `err/` one or more
//! for every diagnostic code, each with the very text a person reads.
#![expect(clippy::unwrap_used, reason = "a test stops where it stumbles")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatewright::diagnostic::Code;
use snapbox::{Data, assert_data_eq, data::DataFormat};

fn specs(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/spec")
        .join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no specs in {}", folder.display());
    paths
}

/// Exit code and stderr of `gatewright validate FILE`, run in the file's own folder.
fn validate(path: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args(["validate", "--color", "never"])
        .arg(path.file_name().unwrap())
        .current_dir(path.parent().unwrap())
        .env_clear()
        .output()
        .unwrap();
    assert!(
        output.stdout.is_empty(),
        "{}: text goes to stderr",
        path.display()
    );
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn every_wrong_spec_is_told_what_is_wrong_where_and_what_to_do() {
    for path in specs("err") {
        let (code, told) = validate(&path);
        let expected = if told.contains("error[") { 2 } else { 0 };
        assert_eq!(code, Some(expected), "{}\n{told}", path.display());
        let snapshot = path.with_extension("txt");
        assert_data_eq!(
            told,
            Data::read_from(&snapshot, Some(DataFormat::Text)).raw()
        );
    }
}

#[test]
fn every_diagnostic_code_has_a_spec_that_shows_it() {
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for path in specs("err") {
        let (_, told) = validate(&path);
        let codes = told.split(['[', ']']).skip(1).step_by(2);
        shown.extend(codes.map(str::to_owned));
    }
    // A missing file is shown by the tests of the command line.
    let missing: Vec<_> = Code::ALL
        .iter()
        .map(|code| code.name())
        .filter(|name| *name != Code::Unreadable.name() && !shown.contains(*name))
        .collect();
    assert_eq!(
        missing,
        Vec::<&str>::new(),
        "codes without a spec in tests/spec/err"
    );
}

#[test]
fn every_right_spec_passes_without_a_word() {
    for path in specs("ok") {
        assert_eq!(
            validate(&path),
            (Some(0), "1 spec valid\n".to_owned()),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_spec_reads_the_same_with_a_byte_order_mark_and_windows_line_ends() {
    let folder = tempfile::tempdir().unwrap();
    for path in specs("ok") {
        let text = std::fs::read_to_string(&path).unwrap();
        let copy = folder.path().join(path.file_name().unwrap());
        std::fs::write(&copy, format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap();
        assert_eq!(
            validate(&copy),
            (Some(0), "1 spec valid\n".to_owned()),
            "{}",
            path.display()
        );
    }
}
