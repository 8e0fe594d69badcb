//! What the documentation says is shown by a test is shown by a test that exists.
#![expect(clippy::unwrap_used, reason = "a test stops where it stumbles")]

use std::collections::BTreeSet;
use std::path::Path;

const COMPARED: &str = include_str!("../docs/compared.md");

/// The names of all functions in Rust files below a folder.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text
                .lines()
                .filter_map(|line| line.trim_start().strip_prefix("fn ")?.split_once('('));
            found.extend(names.map(|(name, _)| name.to_owned()));
        }
    }
}

/// The cells of every row of a table, headings and rules left out.
fn rows(page: &str) -> Vec<Vec<&str>> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").collect())
        .filter(|cells: &Vec<&str>| cells.first() != Some(&"hole"))
        .collect()
}

#[test]
fn every_hole_is_shown_by_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    functions(&root.join("tests"), &mut known);
    functions(&root.join("src"), &mut known);
    let rows = rows(COMPARED);
    assert!(rows.len() > 20);
    for row in rows {
        let [hole, _, _, shown] = row.as_slice() else {
            panic!("a row has four cells: {row:?}");
        };
        let names: Vec<_> = shown.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "nothing shows: {hole}");
        for name in names {
            assert!(known.contains(name), "{hole}: there is no test `{name}`");
        }
    }
}
