//! The git checkout around a folder. Git itself is asked, so that the user's own settings count.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The nearest folder at or above `folder` that holds a `.git`, else `folder` itself.
#[must_use]
pub fn repository_root(folder: &Path) -> PathBuf {
    folder
        .ancestors()
        .find(|ancestor| ancestor.join(".git").exists())
        .unwrap_or(folder)
        .to_path_buf()
}

/// Makes a folder a repository of its own, where git is there to do it.
pub fn make_repository(folder: &Path) {
    let _ = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

/// The commit that is checked out; `None` outside a checkout, or without git.
pub(super) fn head(folder: &Path) -> Option<String> {
    if !repository_root(folder).join(".git").exists() {
        return None;
    }
    let output = Command::new("git")
        .args(["rev-parse", "HEAD"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
