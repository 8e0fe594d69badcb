//! Writing a file into a folder.
//!
//! The one decision here: whole files or none. A file is written beside its place and renamed, and
//! no link leads out of the artifact root.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::ArtifactError;

/// How many folders MLflow may not have made yet: those of experiment and run appear with the first
/// artifact (`<root>/<experiment>/<run>/artifacts`).
const MISSING_FOLDERS: usize = 2;

/// Writes the file at `inner` below `root`: beside its place, and then renamed.
pub(super) fn write(root: &Path, inner: &[String], content: &[u8]) -> Result<(), ArtifactError> {
    let unwritable = |path: &Path, error: &io::Error| ArtifactError::Unwritable {
        place: path.display().to_string(),
        reason: error.to_string(),
    };
    // The root of the whole machine is there on every machine.
    let nearest = root.ancestors().take(MISSING_FOLDERS + 1);
    let mut nearest = nearest.filter(|folder| folder.parent().is_some());
    if !nearest.any(Path::is_dir) {
        let path = root.display().to_string();
        return Err(ArtifactError::NoFolder { path });
    }
    let real_root = fs::create_dir_all(root).and_then(|()| fs::canonicalize(root));
    let real_root = real_root.map_err(|error| unwritable(root, &error))?;
    let Some((name, folders)) = inner.split_last() else {
        return Err(unwritable(&real_root, &ErrorKind::InvalidInput.into()));
    };
    let folder = inner_folder(&real_root, folders)?;
    let place = folder.join(name);
    if place.is_dir() {
        return Err(unwritable(&place, &ErrorKind::IsADirectory.into()));
    }
    put(&folder, &place, content).map_err(|error| unwritable(&place, &error))
}

/// The folder below the root, made where it is missing, one by one: a link that leads out is not
/// followed further.
fn inner_folder(root: &Path, folders: &[String]) -> Result<PathBuf, ArtifactError> {
    let mut folder = root.to_path_buf();
    for part in folders {
        let next = folder.join(part);
        let made = match fs::create_dir(&next) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => fs::canonicalize(&next),
        };
        folder = made.map_err(|error| ArtifactError::Unwritable {
            place: next.display().to_string(),
            reason: error.to_string(),
        })?;
        if !folder.starts_with(root) {
            return Err(ArtifactError::UnsafePath {
                path: next.display().to_string(),
                reason: "a link leads out of the artifact root".to_owned(),
            });
        }
    }
    Ok(folder)
}

fn put(folder: &Path, place: &Path, content: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gatewright-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // For everyone who may read the folder, as MLflow's own files.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(place)?;
    Ok(())
}
