//! Every spec of a repository.
//!
//! The one decision here: a folder that nobody can look into may hold a spec, so it is an error and
//! never a gap. Links are not followed, so that there is an end.

use std::fmt;
use std::path::{Path, PathBuf};

use super::load::FILE_NAME;

/// Folders that hold other people's specs, or copies.
const SKIPPED: [&str; 5] = [
    "target",
    "node_modules",
    "venv",
    "site-packages",
    "__pycache__",
];

/// How deep specs are looked for.
const DEEPEST: usize = 32;

/// A folder that cannot be searched.
pub(super) struct Unsearched {
    folder: PathBuf,
    reason: String,
}

impl fmt::Display for Unsearched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.display();
        write!(f, "cannot look for specs in `{folder}`: {}", self.reason)
    }
}

/// Every spec at or below a folder, in the order of their paths.
pub(super) fn find_all(folder: &Path) -> Result<Vec<PathBuf>, Unsearched> {
    let mut found = Vec::new();
    search(folder, DEEPEST, &mut found)?;
    found.sort();
    Ok(found)
}

fn search(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Unsearched> {
    let unseen = |reason: &dyn fmt::Display| Unsearched {
        folder: folder.to_path_buf(),
        reason: reason.to_string(),
    };
    if depth == 0 {
        return Err(unseen(&"it is too deep"));
    }
    for entry in std::fs::read_dir(folder).map_err(|error| unseen(&error))? {
        let entry = entry.map_err(|error| unseen(&error))?;
        let kind = entry.file_type().map_err(|error| unseen(&error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&&*name) {
            search(&entry.path(), depth - 1, found)?;
        } else if !kind.is_dir() && name == FILE_NAME {
            found.push(entry.path());
        }
    }
    Ok(())
}
