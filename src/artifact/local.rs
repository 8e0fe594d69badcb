//! Artifacts in a folder.
//!
//! The one decision here: what counts is where a path ends up. Links are followed and then looked
//! at; a file outside the artifact root is not an artifact, whoever put the link there.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::ArtifactError;

/// Reads the file at `inner` below `root`; `None` where the root exists and the file does not.
pub(super) fn read(
    root: &Path,
    inner: &[String],
    limit: u64,
) -> Result<Option<Vec<u8>>, ArtifactError> {
    let unreadable = |path: &Path, reason: String| ArtifactError::Unreadable {
        path: path.display().to_string(),
        reason,
    };
    let real_root = match fs::canonicalize(root) {
        Ok(path) if path.is_dir() => path,
        Ok(path) => return Err(unreadable(&path, "it is not a folder".to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let path = root.display().to_string();
            return Err(ArtifactError::NoFolder { path });
        }
        Err(error) => return Err(unreadable(root, error.to_string())),
    };
    let asked = inner
        .iter()
        .fold(real_root.clone(), |path, part| path.join(part));
    let found = match fs::canonicalize(&asked) {
        Ok(path) => path,
        Err(error) if is_absent(&error) => return absent(&asked),
        Err(error) => return Err(unreadable(&asked, error.to_string())),
    };
    if !found.starts_with(&real_root) {
        return Err(ArtifactError::UnsafePath {
            path: asked.display().to_string(),
            reason: "a link leads out of the artifact root".to_owned(),
        });
    }
    // A pipe would be waited for: nothing is opened that is not a file.
    if !found.is_file() {
        return Err(unreadable(&found, "it is not a file".to_owned()));
    }
    let content = bounded(&found, limit).map_err(|error| unreadable(&found, error.to_string()))?;
    if content.len() as u64 > limit {
        let place = found.display().to_string();
        return Err(ArtifactError::TooLarge { place, limit });
    }
    Ok(Some(content))
}

/// A name that leads nowhere is absent; a link that leads nowhere is something that is broken.
fn absent(asked: &Path) -> Result<Option<Vec<u8>>, ArtifactError> {
    if asked
        .ancestors()
        .any(|part| part.is_symlink() && !part.exists())
    {
        return Err(ArtifactError::Unreadable {
            path: asked.display().to_string(),
            reason: "a link leads nowhere".to_owned(),
        });
    }
    Ok(None)
}

/// Not there, or below something that is a file.
fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// One byte more than the limit is enough to know that it is passed.
fn bounded(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let file = File::open(path)?;
    file.take(limit.saturating_add(1))
        .read_to_end(&mut content)?;
    Ok(content)
}
