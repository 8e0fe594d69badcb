//! Generated files before their real judges: every checker, every finding, zero of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::tools::{repository, succeed, tool};

/// The golden trees of `tests/golden`, which are what `generate` writes.
fn trees() -> Vec<PathBuf> {
    let folder = repository().join("tests/golden");
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut trees: Vec<_> = entries
        .map(|case| case.join("expected"))
        .filter(|tree| tree.is_dir())
        .collect();
    trees.sort();
    assert!(trees.len() >= 6);
    trees
}

/// A copy of a tree as a repository of its own, so that no setting of this one counts.
fn copy(tree: &Path) -> TempDir {
    let folder = TempDir::new().unwrap();
    succeed(
        Command::new("cp")
            .arg("-R")
            .arg(tree.join("."))
            .arg(folder.path()),
    );
    // What hooks call stands beside the spec: without it the checkers could not follow a call.
    for own in [".github", "ci"] {
        let own = tree.parent().unwrap().join(own);
        if own.is_dir() {
            succeed(Command::new("cp").arg("-R").arg(own).arg(folder.path()));
        }
    }
    folder
}

fn lint(checker: &str, tree: &Path) {
    let copy = copy(tree);
    let checker = repository().join("tests/tools").join(checker);
    let output = Command::new(&checker).arg(copy.path()).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    let (asked, found): (Vec<&str>, Vec<&str>) = told.lines().partition(|line| is_asked_for(line));
    let code = i32::from(!asked.is_empty());
    assert_eq!(
        (output.status.code(), found),
        (Some(code), Vec::new()),
        "{}",
        tree.display()
    );
    let own = tree.parent().unwrap().join("gatewright.yaml");
    let own = std::fs::read_to_string(own).unwrap_or_default();
    let has_runners = ["self-hosted", "{group:", "enterprise_server"]
        .iter()
        .any(|word| own.contains(word));
    assert!(
        asked.is_empty() || has_runners,
        "{}: {asked:?}",
        tree.display()
    );
}

/// What is so because the spec asks for it: a runner of one's own, and on a GitHub Enterprise Server
/// the artifacts that it takes.
fn is_asked_for(finding: &str) -> bool {
    finding.ends_with("zizmor: self-hosted-runner (medium): runs on a self-hosted runner")
        || (finding.contains("-artifact@v3\"") && finding.contains("is retired on GitHub.com"))
}

#[test]
fn github_workflows_have_no_finding_under_any_checker() {
    if tool("lint/bin/zizmor").is_none() || tool("node/node_modules").is_none() {
        return;
    }
    let trees = trees();
    let linted: Vec<_> = trees
        .iter()
        .filter(|tree| tree.join(".github").exists())
        .inspect(|tree| lint("lint-github", tree))
        .collect();
    // What docs/databricks.md says of the mirror of MLOps Stacks rests on this.
    let is_mirror = |tree: &PathBuf| tree.ends_with("databricks-stacks/expected");
    assert!(linted.into_iter().any(is_mirror));
}

#[test]
fn bundles_have_no_finding_under_any_checker_nor_under_databricks_own_types() {
    if tool("databricks/bin/python").is_none() || tool("node/node_modules").is_none() {
        return;
    }
    let trees = trees();
    let linted: Vec<_> = trees
        .iter()
        .filter(|tree| holds_a_bundle(tree))
        .inspect(|tree| lint("lint-databricks", tree))
        .collect();
    assert!(linted.len() >= 3);
}

fn holds_a_bundle(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.any(|path| {
        path.file_name()
            .is_some_and(|name| name == "databricks.yml")
            || (path.is_dir() && holds_a_bundle(&path))
    })
}

#[test]
fn azure_pipelines_have_no_finding_under_any_checker() {
    if tool("lint/bin/check-jsonschema").is_none() || tool("node/node_modules").is_none() {
        return;
    }
    for tree in trees().iter().filter(|tree| tree.join(".azure").exists()) {
        lint("lint-azure", tree);
    }
}
