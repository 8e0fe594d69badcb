//! Specs and what is said about them: `ok/` holds specs without a complaint, `err/` one or more
//! for every diagnostic code, each with the very text a person reads.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where it stumbles"
)]

mod checks;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatewright::diagnostic::{Code, Lines, Source, render};
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

/// What the hooks of right specs call, by its path from the root of the repository.
const HOOKS: [(&str, &str); 2] = [
    (
        "tests/spec/ok/hooks/fetch/action.yml",
        include_str!("ok/hooks/fetch/action.yml"),
    ),
    (
        "tests/spec/ok/hooks/fetch.yml",
        include_str!("ok/hooks/fetch.yml"),
    ),
];

#[test]
fn a_spec_reads_the_same_with_a_byte_order_mark_and_windows_line_ends() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in HOOKS {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
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

#[test]
fn what_is_wrong_with_a_large_spec_is_told_in_time_that_grows_with_it() {
    let start = std::time::Instant::now();
    let head = "version: 1\nproject: taxi\ngates: {promote: {checks: [";
    let one_line = format!("{head}{}]}}}}\n", "a >,".repeat(60_000));
    let checks = (0..10_000).fold(String::new(), |all, number| {
        all + &format!("\n  {{id: a, check: m{number} <= 1}},")
    });
    let far_apart = format!("{head}{checks}\n]}}}}\n");
    for (text, count) in [(one_line, 60_000), (far_apart, 9_999)] {
        let source = Source {
            path: "gatewright.yaml".to_owned(),
            text,
        };
        let reading = gatewright::spec::read(&source, "0.1.0");
        assert!(reading.diagnostics.len() >= count);
        let lines = Lines::of(&source);
        for diagnostic in &reading.diagnostics {
            assert!(render(diagnostic, &lines, false, 100).len() < 10_000);
        }
    }
    assert!(start.elapsed().as_secs() < 150, "{:?}", start.elapsed());
}

#[test]
fn a_spec_of_more_of_a_kind_than_any_project_has_is_refused_at_once() {
    for kind in ["stages", "environments", "gates", "monitors"] {
        let many: String =
            (0..20_000).fold(String::new(), |all, n| all + &format!("  n{n}: {{}}\n"));
        let source = Source {
            path: "gatewright.yaml".to_owned(),
            text: format!("version: 1\nproject: taxi\n{kind}:\n{many}"),
        };
        let reading = gatewright::spec::read(&source, "0.1.0");
        let limit = reading.diagnostics.iter();
        let limit: Vec<_> = limit.filter(|one| one.code == Code::YamlLimit).collect();
        let expected = format!("there are 20000 {kind}, and 1000 is the most that is read");
        let messages: Vec<_> = limit.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(messages, [expected]);
    }
}
