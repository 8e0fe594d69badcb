//! The room as its callers use it: compare, then settle.

use std::fs;
use std::path::Path;

use super::*;
use crate::render::RenderedFile;

const SPEC: &str = "gatewright.yaml";
const PATH: &str = ".github/workflows/a-ci.yml";

fn file(path: &str, body: &str) -> RenderedFile {
    RenderedFile {
        path: path.to_owned(),
        template: "t".to_owned(),
        body: body.to_owned(),
        kept_pins: Vec::new(),
    }
}

fn wanted(spec_path: &str, files: &[RenderedFile]) -> Wanted {
    Wanted {
        spec_path: spec_path.to_owned(),
        files: files.to_vec(),
        detached: Vec::new(),
    }
}

fn compare_all(root: &Path, all: &[Wanted], scope: Scope) -> Result<Vec<Drift>, TreeError> {
    let paths: Vec<_> = all
        .iter()
        .flat_map(|one| &one.files)
        .map(|file| file.path.clone())
        .collect();
    drift(root, all, scope, &Snapshot::take(root, &paths)?)
}

fn compare(root: &Path, spec_path: &str, files: &[RenderedFile]) -> Result<Vec<Drift>, TreeError> {
    compare_all(root, &[wanted(spec_path, files)], Scope::TheseSpecs)
}

fn settle(root: &Path, files: &[RenderedFile], force: bool) -> Result<Vec<Drift>, TreeError> {
    let drifts = compare(root, SPEC, files)?;
    write(root, &drifts, force).map(|()| drifts)
}

fn kinds(drifts: &[Drift]) -> Vec<(&str, Kind)> {
    drifts
        .iter()
        .map(|drift| (drift.path.as_str(), drift.kind))
        .collect()
}

fn generated() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(SPEC), "").unwrap();
    settle(root.path(), &[file(PATH, "name: a\n")], false).unwrap();
    root
}

fn change(root: &Path, from: &str, to: &str) {
    let place = root.join(PATH);
    let text = fs::read_to_string(&place).unwrap();
    fs::write(place, text.replace(from, to)).unwrap();
}

#[test]
fn a_missing_file_is_written_with_its_folders_and_then_left_alone() {
    let root = generated();
    let text = fs::read_to_string(root.path().join(PATH)).unwrap();
    assert!(
        text.ends_with("\n\nname: a\n") && text.contains(&digest("name: a\n")),
        "{text}"
    );
    assert_eq!(
        settle(root.path(), &[file(PATH, "name: a\n")], false).unwrap(),
        []
    );
}

#[test]
fn a_file_that_the_snapshot_lacks_is_looked_at_before_it_is_written() {
    let root = generated();
    change(root.path(), "name: a", "name: mine");
    let nothing = Snapshot::take(root.path(), &[]).unwrap();
    let all = [wanted(SPEC, &[file(PATH, "name: a\n")])];
    let drifts = drift(root.path(), &all, Scope::TheseSpecs, &nothing).unwrap();
    assert_eq!(kinds(&drifts), [(PATH, Kind::Edited)]);
}

#[test]
fn a_stale_file_is_replaced_without_asking() {
    let root = generated();
    let wanted = [file(PATH, "name: b\n")];
    let drifts = settle(root.path(), &wanted, false).unwrap();
    assert_eq!(kinds(&drifts), [(PATH, Kind::Stale)]);
    assert_eq!(compare(root.path(), SPEC, &wanted).unwrap(), []);
}

#[test]
fn an_edited_file_is_replaced_only_by_force() {
    let root = generated();
    change(root.path(), "name: a", "name: mine");
    let wanted = [
        file(PATH, "name: b\n"),
        file(".azure/pipelines/a-ci.yml", "pr: none\n"),
    ];
    let error = settle(root.path(), &wanted, false).unwrap_err();
    insta::assert_snapshot!(error, @"`.github/workflows/a-ci.yml` was edited after it was generated");
    assert!(
        !root.path().join(".azure").exists(),
        "nothing is written when something is refused"
    );
    settle(root.path(), &wanted, true).unwrap();
    assert_eq!(compare(root.path(), SPEC, &wanted).unwrap(), []);
}

#[test]
fn whoever_made_the_wanted_change_by_hand_loses_nothing() {
    let root = generated();
    change(root.path(), "name: a", "name: b");
    let drifts = compare(root.path(), SPEC, &[file(PATH, "name: b\n")]).unwrap();
    assert_eq!(kinds(&drifts), [(PATH, Kind::Stale)]);
}

#[test]
fn a_file_of_someone_else_or_of_a_spec_that_is_there_is_foreign() {
    let root = generated();
    let wanted = [file(PATH, "name: a\n")];
    let drifts = compare(root.path(), "other/gatewright.yaml", &wanted).unwrap();
    assert_eq!(kinds(&drifts), [(PATH, Kind::Foreign)]);
    insta::assert_snapshot!(drifts.first().unwrap(), @"`.github/workflows/a-ci.yml` is generated from `gatewright.yaml`");
    fs::write(root.path().join(PATH), [0xFF, 0xFE]).unwrap();
    let drifts = compare(root.path(), SPEC, &wanted).unwrap();
    assert_eq!(kinds(&drifts), [(PATH, Kind::Foreign)]);
    assert!(matches!(
        settle(root.path(), &wanted, false),
        Err(TreeError::Refused { .. })
    ));
}

#[test]
fn the_files_of_a_spec_that_moved_belong_to_it_in_its_new_place() {
    let root = generated();
    fs::remove_file(root.path().join(SPEC)).unwrap();
    let moved = [file(PATH, "name: a\n")];
    let drifts = compare(root.path(), "new/gatewright.yaml", &moved).unwrap();
    assert_eq!(kinds(&drifts), [(PATH, Kind::Stale)]);
    change(root.path(), "name: a", "name: mine");
    let drifts = compare(root.path(), "new/gatewright.yaml", &moved).unwrap();
    assert_eq!(kinds(&drifts), [(PATH, Kind::Edited)]);
}

#[test]
fn two_specs_that_swap_their_projects_swap_their_files() {
    let root = generated();
    let other = ".github/workflows/b-ci.yml";
    let swapped = [
        wanted("b/gatewright.yaml", &[file(PATH, "name: a\n")]),
        wanted(SPEC, &[file(other, "name: b\n")]),
    ];
    let drifts = compare_all(root.path(), &swapped, Scope::TheseSpecs).unwrap();
    assert_eq!(
        kinds(&drifts),
        [(PATH, Kind::Stale), (other, Kind::Missing)]
    );
}

#[test]
fn an_orphan_goes_unless_it_was_edited_or_belongs_to_another_spec() {
    let root = generated();
    assert_eq!(compare(root.path(), "other.yaml", &[]).unwrap(), []);
    change(root.path(), "name: a", "name: mine");
    assert!(matches!(
        settle(root.path(), &[], false),
        Err(TreeError::Refused { .. })
    ));
    change(root.path(), "name: mine", "name: a");
    let settled = settle(root.path(), &[], false).unwrap();
    assert_eq!(kinds(&settled), [(PATH, Kind::Orphaned)]);
    assert!(!root.path().join(PATH).exists());
}

#[test]
fn the_files_of_a_spec_that_is_gone_are_orphans_to_those_who_see_the_whole_repository() {
    let root = generated();
    let others = [wanted("other.yaml", &[])];
    let all = || compare_all(root.path(), &others, Scope::Repository).unwrap();
    assert_eq!(all(), []);
    fs::remove_file(root.path().join(SPEC)).unwrap();
    assert_eq!(compare(root.path(), "other.yaml", &[]).unwrap(), []);
    assert_eq!(kinds(&all()), [(PATH, Kind::Orphaned)]);
}

#[test]
fn another_spelling_of_a_wanted_file_is_never_an_orphan() {
    let root = generated();
    let shouted = ".github/workflows/A-CI.yml";
    fs::copy(root.path().join(PATH), root.path().join(shouted)).unwrap();
    assert_eq!(
        compare(root.path(), SPEC, &[file(PATH, "name: a\n")]).unwrap(),
        []
    );
}

#[test]
fn line_ends_and_a_mark_of_a_checkout_are_no_drift() {
    let root = generated();
    change(root.path(), "\n", "\r\n");
    let wanted = [file(PATH, "name: a\n")];
    assert_eq!(compare(root.path(), SPEC, &wanted).unwrap(), []);
    change(root.path(), "# Generated", "\u{feff}# Generated");
    assert_eq!(compare(root.path(), SPEC, &wanted).unwrap(), []);
    let orphaned = compare(root.path(), SPEC, &[]).unwrap();
    assert_eq!(kinds(&orphaned), [(PATH, Kind::Orphaned)]);
    assert!(!orphaned.first().unwrap().loses_work);
}

#[test]
fn the_diff_shows_what_generating_would_change() {
    let root = generated();
    let drifts = compare(root.path(), SPEC, &[file(PATH, "name: b\n")]).unwrap();
    let diff = drifts.first().unwrap().diff();
    assert!(diff.contains("-name: a\n+name: b\n"), "{diff}");
    assert!(
        diff.starts_with(&format!("--- a/{PATH}\n+++ b/{PATH}\n")),
        "{diff}"
    );
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_or_out_of_the_root() {
    let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(elsewhere.path(), root.path().join(".github")).unwrap();
    let linked = settle(root.path(), &[file(PATH, "name: a\n")], true);
    assert!(matches!(linked, Err(TreeError::Link { path }) if path == ".github"));
    let outside = settle(root.path(), &[file("../x.yml", "name: a\n")], true);
    assert!(matches!(outside, Err(TreeError::Outside { .. })));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_written_file_can_be_read_by_others_as_far_as_the_mask_allows() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = generated();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let plain = root.path().join("plain");
    fs::write(&plain, "").unwrap();
    assert_eq!(mode(&root.path().join(PATH)), mode(&plain));
}
