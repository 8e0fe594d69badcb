//! Every spec of a repository, and what may have been generated beside one.
//!
//! The one decision here: git is asked, as only git knows what it ignores. Where it cannot say,
//! every folder is looked into, and one that nobody can look into may hold a spec: it is an error
//! and never a gap. Neither follows links or enters a repository within the repository.

use std::fmt;
use std::path::{Path, PathBuf};

use super::load::FILE_NAME;
use crate::host;
use crate::render;

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

/// What was found at or below a folder, in the order of the paths.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The specs.
    pub(super) specs: Vec<PathBuf>,
    /// Files that stand where a bundle has its files, whoever wrote them.
    pub(super) of_bundles: Vec<PathBuf>,
}

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

impl Found {
    fn sort(mut self) -> Self {
        for paths in [&mut self.specs, &mut self.of_bundles] {
            paths.sort();
            paths.dedup();
        }
        self
    }

    fn take(&mut self, folder: &Path, path: &str) {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name == FILE_NAME {
            self.specs.push(folder.join(path));
        } else if render::may_be_of_bundle(path) {
            self.of_bundles.push(folder.join(path));
        }
    }
}

/// What is at or below a folder.
pub(super) fn find_all(folder: &Path) -> Result<Found, Unsearched> {
    let mut found = Found::default();
    if let Some(paths) = host::files(folder, &patterns()) {
        let known = |path: &&String| !path.split('/').any(is_skipped);
        // What git knows may be gone from the disk.
        let is_there = |path: &&String| std::fs::symlink_metadata(folder.join(path)).is_ok();
        for path in paths.iter().filter(known).filter(is_there) {
            found.take(folder, path);
        }
    } else {
        search(folder, "", DEEPEST, &mut found)?;
    }
    Ok(found.sort())
}

/// What git is asked for.
fn patterns() -> Vec<String> {
    let names = [FILE_NAME].into_iter().chain(render::BUNDLE_PATTERNS);
    names.map(|name| format!(":(glob)**/{name}")).collect()
}

fn is_skipped(name: &str) -> bool {
    name.starts_with('.') || SKIPPED.contains(&name)
}

fn search(root: &Path, within: &str, depth: usize, found: &mut Found) -> Result<(), Unsearched> {
    let folder = root.join(within);
    let unseen = |reason: &dyn fmt::Display| Unsearched {
        folder: folder.clone(),
        reason: reason.to_string(),
    };
    if depth == 0 {
        return Err(unseen(&"it is too deep"));
    }
    if !within.is_empty() && folder.join(".git").exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(&folder).map_err(|error| unseen(&error))? {
        let entry = entry.map_err(|error| unseen(&error))?;
        let kind = entry.file_type().map_err(|error| unseen(&error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = if within.is_empty() {
            name.to_string()
        } else {
            format!("{within}/{name}")
        };
        if !kind.is_dir() {
            found.take(root, &path);
        } else if !is_skipped(&name) {
            search(root, &path, depth - 1, found)?;
        }
    }
    Ok(())
}
