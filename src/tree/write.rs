//! Generated files written, all or none as far as a file system allows.
//!
//! The one decision here: everything is known before anything changes. What would be lost is
//! refused first, every text is on the disk under another name next, and only then does one rename
//! after the other put them in place.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::TreeError;
use super::kind::{Change, Drift};
use super::place::{Found, find};
use super::replace::builder;

/// Settles what `drifts` found below `root`: writes what is missing or stale, removes what is
/// orphaned, leaves alone what is kept. With `force` it replaces what people have edited, too.
///
/// # Errors
/// [`TreeError::Refused`], when someone's work would be lost; otherwise what the disk says.
pub fn write(root: &Path, drifts: &[Drift], force: bool) -> Result<(), TreeError> {
    refuse(drifts, force)?;
    let mut ready = Vec::new();
    let mut unwanted = Vec::new();
    for drift in drifts {
        match &drift.change {
            Change::Nothing => {}
            Change::Write(text) => ready.push(prepare(root, &drift.path, text)?),
            Change::Remove => unwanted.push(&drift.path),
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
    unwanted.into_iter().try_for_each(|path| remove(root, path))
}

/// Writes a file that is to be the user's own, where nothing is yet.
///
/// # Errors
/// [`TreeError::Blocked`], when something is there; otherwise what the disk says.
pub fn create(root: &Path, path: &str, text: &str) -> Result<(), TreeError> {
    let blocked = || TreeError::Blocked {
        path: path.to_owned(),
    };
    if find(root, path)?.1 != Found::Nothing {
        return Err(blocked());
    }
    let (_, place, file) = prepare(root, path, text)?;
    match file.persist_noclobber(place) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(blocked()),
        Err(error) => Err(TreeError::Io {
            path: path.to_owned(),
            action: "write",
            cause: error.error,
        }),
    }
}

fn refuse(drifts: &[Drift], force: bool) -> Result<(), TreeError> {
    let lost = drifts.iter().filter(|drift| drift.loses_work && !force);
    let files: Vec<_> = lost.map(ToString::to_string).collect();
    if files.is_empty() {
        Ok(())
    } else {
        Err(TreeError::Refused { files })
    }
}

fn remove(root: &Path, path: &str) -> Result<(), TreeError> {
    let (place, found) = find(root, path)?;
    let failed = |cause| TreeError::Io {
        path: path.to_owned(),
        action: "remove",
        cause,
    };
    match found {
        Found::File => fs::remove_file(place).map_err(failed),
        Found::Nothing | Found::Folder => Ok(()),
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
