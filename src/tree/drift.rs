//! How the files on disk differ from what the spec says.
//!
//! The one decision here: line ends do not count. Git may turn `\n` into `\r\n` on checkout, and
//! that is nobody's change.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::error::TreeError;
use super::marker;
use super::place::{Found, find};
use crate::render::{FOLDERS, RenderedFile};

/// No generated file comes near this size, in bytes; a larger one is not ours.
const LIMIT: u64 = 4 << 20;

/// One file that is not as the spec says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// From the repository root, with `/`.
    pub path: String,
    /// In which way.
    pub kind: Kind,
    /// Whether replacing or removing the file would lose what a person wrote.
    pub loses_work: bool,
    before: String,
    after: Option<String>,
}

/// In which way a file is not as the spec says. The order is that of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// It is as gatewright wrote it, and the spec has changed since, or gatewright has.
    Stale,
    /// Someone has changed it since gatewright wrote it.
    Edited,
    /// It was not generated, or from another spec, and is in the way.
    Foreign,
    /// It was generated from this spec, which no longer wants it.
    Orphaned,
}

impl Kind {
    /// One word, as it stands in a list of files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::Edited => "edited",
            Self::Foreign => "foreign",
            Self::Orphaned => "orphaned",
        }
    }

    /// What is to be said of the file, after its path.
    pub(super) fn clause(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Stale => "is older than the spec",
            Self::Edited => "was edited after it was generated",
            Self::Foreign => "was not generated from this spec",
            Self::Orphaned => "was edited, and the spec no longer wants it",
        }
    }
}

impl Drift {
    /// The change that would settle it, as a unified diff; empty where both are alike but for the
    /// header's own digest.
    #[must_use]
    pub fn diff(&self) -> String {
        let after = self.after.as_deref().unwrap_or_default();
        let old = if self.kind == Kind::Missing {
            "/dev/null".to_owned()
        } else {
            format!("a/{}", self.path)
        };
        let new = if self.after.is_none() {
            "/dev/null".to_owned()
        } else {
            format!("b/{}", self.path)
        };
        similar::TextDiff::from_lines(self.before.as_str(), after)
            .unified_diff()
            .header(&old, &new)
            .to_string()
    }

    /// What the file is to hold; `None` for a file to remove.
    pub(super) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

/// Every file below `root` that is not as `files`, generated from the spec at `spec_path`, says,
/// in the order of their paths.
///
/// # Errors
/// [`TreeError`], when a path cannot be followed or a file cannot be read.
pub fn drift(
    root: &Path,
    spec_path: &str,
    files: &[RenderedFile],
) -> Result<Vec<Drift>, TreeError> {
    let mut drifts = BTreeMap::new();
    for file in files {
        let wanted = marker::stamp(spec_path, file.template, &file.body);
        if let Some(drift) = compare(root, spec_path, file, &wanted)? {
            drifts.insert(drift.path.clone(), drift);
        }
    }
    for folder in FOLDERS {
        for drift in orphans(root, spec_path, folder, files)? {
            drifts.insert(drift.path.clone(), drift);
        }
    }
    Ok(drifts.into_values().collect())
}

fn compare(
    root: &Path,
    spec_path: &str,
    file: &RenderedFile,
    wanted: &str,
) -> Result<Option<Drift>, TreeError> {
    let (place, found) = find(root, &file.path)?;
    let drift = |kind, loses_work, before| {
        Some(Drift {
            path: file.path.clone(),
            kind,
            loses_work,
            before,
            after: Some(wanted.to_owned()),
        })
    };
    match found {
        Found::Nothing => return Ok(drift(Kind::Missing, false, String::new())),
        Found::Folder => {
            return Err(TreeError::Blocked {
                path: file.path.clone(),
            });
        }
        Found::File => {}
    }
    let Some(text) = text(&place, &file.path)? else {
        return Ok(drift(Kind::Foreign, true, String::new()));
    };
    if text == wanted {
        return Ok(None);
    }
    Ok(match marker::read(&text) {
        Some((marker, body)) if marker::is_from(&marker, spec_path) => {
            // Who made the very change that the spec asks for loses nothing.
            let known = marker.digest == marker::digest(body) || body == file.body;
            drift(if known { Kind::Stale } else { Kind::Edited }, !known, text)
        }
        _ => drift(Kind::Foreign, true, text),
    })
}

/// The files of a folder that were generated from this spec and are no longer wanted.
fn orphans(
    root: &Path,
    spec_path: &str,
    folder: &str,
    files: &[RenderedFile],
) -> Result<Vec<Drift>, TreeError> {
    // A folder that cannot be followed holds nothing of ours.
    let Ok((place, Found::Folder)) = find(root, folder) else {
        return Ok(Vec::new());
    };
    let failed = |cause| TreeError::Io {
        path: folder.to_owned(),
        action: "list",
        cause,
    };
    let mut orphans = Vec::new();
    for entry in fs::read_dir(place).map_err(failed)? {
        let Ok(name) = entry.map_err(failed)?.file_name().into_string() else {
            continue;
        };
        let path = format!("{folder}/{name}");
        let is_yaml = [".yml", ".yaml"]
            .iter()
            .any(|extension| name.ends_with(extension));
        if is_yaml && !files.iter().any(|file| file.path == path) {
            orphans.extend(orphan(root, spec_path, path)?);
        }
    }
    Ok(orphans)
}

fn orphan(root: &Path, spec_path: &str, path: String) -> Result<Option<Drift>, TreeError> {
    let Ok((place, Found::File)) = find(root, &path) else {
        return Ok(None);
    };
    let Some(before) = text(&place, &path)? else {
        return Ok(None);
    };
    let loses_work = match marker::read(&before) {
        Some((marker, body)) if marker::is_from(&marker, spec_path) => {
            marker.digest != marker::digest(body)
        }
        _ => return Ok(None),
    };
    Ok(Some(Drift {
        path,
        kind: Kind::Orphaned,
        loses_work,
        before,
        after: None,
    }))
}

/// The text of a file with `\n` line ends; `None` where it is no text, or too much.
fn text(place: &Path, path: &str) -> Result<Option<String>, TreeError> {
    let failed = |cause| TreeError::Io {
        path: path.to_owned(),
        action: "read",
        cause,
    };
    if fs::metadata(place).map_err(failed)?.len() > LIMIT {
        return Ok(None);
    }
    let bytes = fs::read(place).map_err(failed)?;
    Ok(String::from_utf8(bytes)
        .ok()
        .map(|text| text.replace("\r\n", "\n")))
}
