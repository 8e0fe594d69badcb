//! Generated files written, all or none as far as a file system allows.
//!
//! The one decision here: everything is known before anything changes. What would be lost is
//! refused first, every text is on the disk under another name next, and only then does one rename
//! after the other put them in place.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::drift::{Drift, drift};
use super::error::TreeError;
use super::place::find;
use super::replace::builder;
use crate::render::RenderedFile;

/// Makes the files below `root` as `files`, generated from the spec at `spec_path`, say: writes
/// what is missing or stale, removes what is orphaned, leaves alone what is current. With `force`
/// it replaces what people have edited, too. Says what it has settled, in the order of the paths.
///
/// # Errors
/// [`TreeError::Refused`], when someone's work would be lost; otherwise what the disk says.
pub fn write(
    root: &Path,
    spec_path: &str,
    files: &[RenderedFile],
    force: bool,
) -> Result<Vec<Drift>, TreeError> {
    let drifts = drift(root, spec_path, files)?;
    refuse(&drifts, force)?;
    let mut ready = Vec::new();
    for drift in &drifts {
        if let Some(text) = drift.after() {
            ready.push(prepare(root, &drift.path, text)?);
        }
    }
    for (path, place, file) in ready {
        let failed = |error: tempfile::PersistError| TreeError::Io {
            path,
            action: "write",
            cause: error.error,
        };
        file.persist(place).map_err(failed)?;
    }
    for drift in drifts.iter().filter(|drift| drift.after().is_none()) {
        let (place, _) = find(root, &drift.path)?;
        let failed = |cause| TreeError::Io {
            path: drift.path.clone(),
            action: "remove",
            cause,
        };
        fs::remove_file(place).map_err(failed)?;
    }
    Ok(drifts)
}

fn refuse(drifts: &[Drift], force: bool) -> Result<(), TreeError> {
    let lost = drifts.iter().filter(|drift| drift.loses_work && !force);
    let files: Vec<_> = lost.map(|drift| (drift.path.clone(), drift.kind)).collect();
    if files.is_empty() {
        Ok(())
    } else {
        Err(TreeError::Refused { files })
    }
}

/// The text in a file beside its place, so that a rename puts it there whole.
fn prepare(
    root: &Path,
    path: &str,
    text: &str,
) -> Result<(String, PathBuf, NamedTempFile), TreeError> {
    let failed = |cause| TreeError::Io {
        path: path.to_owned(),
        action: "write",
        cause,
    };
    let (place, _) = find(root, path)?;
    let folder = place.parent().unwrap_or(root);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = builder().tempfile_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    Ok((path.to_owned(), place, file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Kind, digest};

    const SPEC: &str = "gatewright.yaml";
    const PATH: &str = ".github/workflows/a-ci.yml";

    fn file(path: &str, body: &str) -> RenderedFile {
        RenderedFile {
            path: path.to_owned(),
            template: "t",
            body: body.to_owned(),
        }
    }

    fn kinds(drifts: &[Drift]) -> Vec<(&str, Kind)> {
        drifts
            .iter()
            .map(|drift| (drift.path.as_str(), drift.kind))
            .collect()
    }

    fn generated() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), SPEC, &[file(PATH, "name: a\n")], false).unwrap();
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
            write(root.path(), SPEC, &[file(PATH, "name: a\n")], false).unwrap(),
            []
        );
    }

    #[test]
    fn a_stale_file_is_replaced_without_asking() {
        let root = generated();
        let wanted = [file(PATH, "name: b\n")];
        assert_eq!(
            kinds(&drift(root.path(), SPEC, &wanted).unwrap()),
            [(PATH, Kind::Stale)]
        );
        write(root.path(), SPEC, &wanted, false).unwrap();
        assert_eq!(drift(root.path(), SPEC, &wanted).unwrap(), []);
    }

    #[test]
    fn an_edited_file_is_replaced_only_by_force() {
        let root = generated();
        change(root.path(), "name: a", "name: mine");
        let wanted = [
            file(PATH, "name: b\n"),
            file(".azure/pipelines/a-ci.yml", "pr: none\n"),
        ];
        let error = write(root.path(), SPEC, &wanted, false).unwrap_err();
        insta::assert_snapshot!(error, @"`.github/workflows/a-ci.yml` was edited after it was generated");
        assert!(
            !root.path().join(".azure").exists(),
            "nothing is written when something is refused"
        );
        write(root.path(), SPEC, &wanted, true).unwrap();
        assert_eq!(drift(root.path(), SPEC, &wanted).unwrap(), []);
    }

    #[test]
    fn whoever_made_the_wanted_change_by_hand_loses_nothing() {
        let root = generated();
        change(root.path(), "name: a", "name: b");
        let drifts = drift(root.path(), SPEC, &[file(PATH, "name: b\n")]).unwrap();
        assert_eq!(kinds(&drifts), [(PATH, Kind::Stale)]);
    }

    #[test]
    fn a_file_of_someone_else_or_of_another_spec_is_foreign() {
        let root = generated();
        let wanted = [file(PATH, "name: a\n")];
        let drifts = drift(root.path(), "other/gatewright.yaml", &wanted).unwrap();
        assert_eq!(kinds(&drifts), [(PATH, Kind::Foreign)]);
        fs::write(root.path().join(PATH), [0xFF, 0xFE]).unwrap();
        assert_eq!(
            kinds(&drift(root.path(), SPEC, &wanted).unwrap()),
            [(PATH, Kind::Foreign)]
        );
        assert!(matches!(
            write(root.path(), SPEC, &wanted, false),
            Err(TreeError::Refused { .. })
        ));
    }

    #[test]
    fn an_orphan_goes_unless_it_was_edited_or_belongs_to_another_spec() {
        let root = generated();
        assert_eq!(drift(root.path(), "other.yaml", &[]).unwrap(), []);
        change(root.path(), "name: a", "name: mine");
        assert!(matches!(
            write(root.path(), SPEC, &[], false),
            Err(TreeError::Refused { .. })
        ));
        change(root.path(), "name: mine", "name: a");
        let settled = write(root.path(), SPEC, &[], false).unwrap();
        assert_eq!(kinds(&settled), [(PATH, Kind::Orphaned)]);
        assert!(!root.path().join(PATH).exists());
    }

    #[test]
    fn line_ends_of_a_checkout_are_no_drift() {
        let root = generated();
        change(root.path(), "\n", "\r\n");
        assert_eq!(
            drift(root.path(), SPEC, &[file(PATH, "name: a\n")]).unwrap(),
            []
        );
    }

    #[test]
    fn the_diff_shows_what_generating_would_change() {
        let root = generated();
        let drifts = drift(root.path(), SPEC, &[file(PATH, "name: b\n")]).unwrap();
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
        let linked = write(root.path(), SPEC, &[file(PATH, "name: a\n")], true);
        assert!(matches!(linked, Err(TreeError::Link { path }) if path == ".github"));
        let outside = write(root.path(), SPEC, &[file("../x.yml", "name: a\n")], true);
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
}
