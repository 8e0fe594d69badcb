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

/// The files at or below `folder` that match one of the patterns, by their paths from there: those
/// that git knows, and those that it would take in. `None` where git cannot say, or not all of it.
#[must_use]
pub fn files(folder: &Path, patterns: &[String]) -> Option<Vec<String>> {
    let root = repository_root(folder);
    if !root.join(".git").exists() {
        return None;
    }
    let mut git = Command::new("git");
    git.args(["-c", "core.fsmonitor=false", "--no-optional-locks"])
        .args(["ls-files", "-z", "--cached", "--others"])
        .args(["--exclude-standard", "--"])
        .args(patterns)
        .current_dir(folder)
        // This checkout is meant: neither the one a hook runs in, nor one around it.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null());
    if let Some(above) = root.parent() {
        git.env("GIT_CEILING_DIRECTORIES", above);
    }
    let output = git.output().ok()?;
    // A folder that it cannot open is a warning to git, and a gap to whoever asks.
    if !output.status.success() || !output.stderr.is_empty() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    let paths = text.split('\0').filter(|path| !path.is_empty());
    Some(paths.map(str::to_owned).collect())
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

/// What git says about a checkout: the commit, and whether files that it knows differ from it.
/// Nothing outside a checkout, or without git.
pub(super) fn status(folder: &Path) -> (Option<String>, Option<bool>) {
    if !repository_root(folder).join(".git").exists() {
        return (None, None);
    }
    // One question for both; without the hook that a checkout may bring, and without a write.
    let output = Command::new("git")
        .args([
            "-c",
            "core.fsmonitor=false",
            "--no-optional-locks",
            "status",
        ])
        .args(["--porcelain=v2", "--branch", "--untracked-files=no"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let Some(text) = output
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
    else {
        return (None, None);
    };
    let mut lines = text.lines();
    let commit = lines.find_map(|line| line.strip_prefix("# branch.oid "));
    let dirty = text.lines().any(|line| !line.starts_with('#'));
    (commit.map(str::to_owned), Some(dirty))
}
