//! What keeps the pins of generated workflows fresh: an entry for dependabot, offered once.
//!
//! The one decision here: `.github/dependabot.yml` is the user's from the first byte. It is written
//! only where there is none, and never read again but to see whether there is anything to offer.

use std::fs;
use std::path::Path;

use super::project::Projects;
use crate::cli::{Generate, GenerateFormat};
use crate::console::Console;
use crate::error::Error;
use crate::tree::{self, Drift, Kind};

const PATH: &str = ".github/dependabot.yml";

/// Where dependabot and renovate are set up.
const KNOWN: [&str; 8] = [
    PATH,
    ".github/dependabot.yaml",
    "renovate.json",
    "renovate.json5",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
];

const TEXT: &str = "# Keeps the pinned actions of the workflows fresh. This file is yours.
version: 2
updates:
  - package-ecosystem: github-actions
    directory: /
    schedule:
      interval: weekly
    # A new release is left alone until others have had time to look at it.
    cooldown:
      default-days: 7
    # One pull request for all of them.
    groups:
      actions:
        patterns: [\"*\"]
";

/// Where the file is asked for, and one without an entry for actions is there: that is said before
/// anything is written.
pub(super) fn check(root: &Path, arguments: &Generate) -> Result<(), Error> {
    match present(root) {
        Some(path) if arguments.dependabot && !is_watched(root) => Err(Error::usage(
            format!("`{path}` is yours, and has no entry for actions"),
            "add one for the package ecosystem `github-actions`; gatewright writes the file only \
             where there is none",
        )),
        _ => Ok(()),
    }
}

/// Writes the file where it is asked for; offers it where the first workflows were written.
pub(super) fn offer(
    projects: &Projects,
    drifts: &[Drift],
    arguments: &Generate,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    if arguments.dependabot {
        return write(&projects.root, console);
    }
    let first = |drift: &Drift| drift.kind == Kind::Missing && drift.path.starts_with(".github/");
    let is_first = drifts.iter().any(first);
    let talks = arguments.format == GenerateFormat::Text && !console.quiet;
    if is_first && talks && !is_watched(&projects.root) {
        console.tell(
            "\nnothing updates the actions that these workflows pin\n  help: `gatewright generate --dependabot` writes .github/dependabot.yml",
        )?;
    }
    Ok(())
}

/// Whether somebody looks after actions. Renovate does by default; dependabot where it is told.
fn is_watched(root: &Path) -> bool {
    KNOWN.iter().any(|path| {
        let Ok(text) = fs::read_to_string(root.join(path)) else {
            return false;
        };
        !path.contains("dependabot") || text.contains("github-actions")
    })
}

fn present(root: &Path) -> Option<&'static str> {
    let mut files = KNOWN.into_iter().filter(|path| path.contains("dependabot"));
    files.find(|path| fs::symlink_metadata(root.join(path)).is_ok())
}

fn write(root: &Path, console: &mut Console<'_>) -> Result<(), Error> {
    let said = if let Some(path) = present(root) {
        format!("{path} looks after the actions already")
    } else {
        tree::create(root, PATH, TEXT)?;
        format!("{:<9}{PATH}", "wrote")
    };
    if !console.quiet {
        console.tell(said)?;
    }
    Ok(())
}
