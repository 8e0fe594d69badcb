//! Artifacts in a folder.
//!
//! The one decision here: what counts is where a path ends up. Links are followed and then looked
//! at; a file outside the artifact root is not an artifact, whoever put the link there.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::ArtifactError;
use super::model::{self, Deadline, unclear};
use super::tally::{Listed, Tally};
use crate::evidence::{MOST_MODEL_FILES, ModelFile, UnclearFiles};

/// The most files and folders that are looked at below one model.
const MOST_ENTRIES: usize = 2 * MOST_MODEL_FILES;

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
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// One byte more than the limit is enough to know that it is passed.
fn bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let file = File::open(path)?;
    file.take(limit.saturating_add(1))
        .read_to_end(&mut content)?;
    Ok(content)
}

/// A model in a folder.
pub(super) struct Shelf {
    /// The folder, without links.
    folder: PathBuf,
    deadline: Deadline,
}

impl Shelf {
    /// The folder at `inner` below `root`.
    pub(super) fn open(
        root: &Path,
        inner: &[String],
        deadline: Deadline,
    ) -> Result<Self, ArtifactError> {
        let asked = inner
            .iter()
            .fold(root.to_path_buf(), |path, part| path.join(part));
        let no_folder = || ArtifactError::NoFolder {
            path: asked.display().to_string(),
        };
        let real_root = fs::canonicalize(root).map_err(|_| no_folder())?;
        let folder = fs::canonicalize(&asked).map_err(|_| no_folder())?;
        if !folder.starts_with(&real_root) {
            return Err(out_of(&asked, "the artifact root"));
        }
        if !folder.is_dir() {
            return Err(unreadable(&asked, "it is not a folder"));
        }
        Ok(Self { folder, deadline })
    }

    /// What a folder holds: files and folders, links to files looked through.
    fn look(&self, folder: &Path, found: &mut Found) -> Result<(), ArtifactError> {
        let broken = |error: io::Error| unreadable(folder, error);
        for entry in fs::read_dir(folder).map_err(broken)? {
            self.deadline.left(&self.folder.display().to_string())?;
            let path = entry.map_err(broken)?.path();
            let kind = fs::symlink_metadata(&path).map_err(|error| unreadable(&path, error))?;
            found.entries += 1;
            if found.entries > MOST_ENTRIES {
                let place = self.folder.display().to_string();
                return Err(unclear(&place, &UnclearFiles::TooMany));
            }
            if kind.is_dir() {
                found.folders.push(path);
            } else {
                found.files.push(self.listed(&path)?);
            }
        }
        Ok(())
    }

    fn listed(&self, path: &Path) -> Result<Listed, ArtifactError> {
        let below = path.strip_prefix(&self.folder).ok();
        let name = below.and_then(Path::to_str);
        let name = name.ok_or_else(|| unreadable(path, "its name is not UTF-8"))?;
        let (_, metadata) = self.real(path)?;
        Ok(Listed {
            path: name.to_owned(),
            bytes: metadata.len(),
            mark: mark(&metadata),
        })
    }

    /// Where a file really is. What is neither a file nor leads to one in this model is refused; a
    /// pipe would be waited for.
    fn real(&self, path: &Path) -> Result<(PathBuf, Metadata), ArtifactError> {
        let real = fs::canonicalize(path).map_err(|error| unreadable(path, error))?;
        if !real.starts_with(&self.folder) {
            return Err(out_of(path, "the model"));
        }
        let metadata = fs::metadata(&real).map_err(|error| unreadable(path, error))?;
        if !metadata.is_file() {
            return Err(unreadable(path, "it is neither a file nor a folder"));
        }
        Ok((real, metadata))
    }
}

/// What a walk came upon.
#[derive(Default)]
struct Found {
    entries: usize,
    folders: Vec<PathBuf>,
    files: Vec<Listed>,
}

impl model::Shelf for Shelf {
    fn list(&self) -> Result<Vec<Listed>, ArtifactError> {
        let mut found = Found::default();
        found.folders.push(self.folder.clone());
        while let Some(folder) = found.folders.pop() {
            self.look(&folder, &mut found)?;
        }
        Ok(found.files)
    }

    fn digest(&self, file: &Listed) -> Result<ModelFile, ArtifactError> {
        let asked = self.folder.join(&file.path);
        let broken = |error: io::Error| unreadable(&asked, error);
        let (real, _) = self.real(&asked)?;
        let mut open = File::open(&real).map_err(broken)?;
        let mut tally = Tally::default();
        let mut buffer = vec![0; 1 << 16];
        loop {
            self.deadline.left(&asked.display().to_string())?;
            let count = open.read(&mut buffer).map_err(broken)?;
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            tally.add(bytes);
            // It grows while it is read: one chunk more than there was is enough to know.
            if tally.bytes > file.bytes {
                break;
            }
        }
        let after = open.metadata().map_err(broken)?;
        if mark(&after) != file.mark || after.len() != file.bytes {
            return Err(ArtifactError::Changed {
                place: asked.display().to_string(),
                reason: "its size or its time is not what it was".to_owned(),
            });
        }
        Ok(tally.file(&file.path))
    }
}

/// When a file was last written to.
fn mark(metadata: &Metadata) -> String {
    let time = metadata.modified().ok();
    time.map(|time| format!("{time:?}")).unwrap_or_default()
}

fn unreadable(path: &Path, reason: impl std::fmt::Display) -> ArtifactError {
    ArtifactError::Unreadable {
        path: path.display().to_string(),
        reason: reason.to_string(),
    }
}

fn out_of(path: &Path, what: &str) -> ArtifactError {
    ArtifactError::UnsafePath {
        path: path.display().to_string(),
        reason: format!("a link leads out of {what}"),
    }
}
