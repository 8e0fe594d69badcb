//! Generated files that nobody wants any more.
//!
//! The one decision here: what cannot be read, followed or told for certain is not ours, and stays.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::drift::{Scope, Specs};
use super::error::TreeError;
use super::kind::{Change, Drift, Kind};
use super::marker;
use super::place::{Found, find};
use super::snapshot::{State, begins_like_ours, state};
use crate::render::{FOLDERS, beside};

/// The files that no spec wants, `wanted` being in lower case: where a file system ignores case,
/// another spelling is the wanted file itself.
pub(super) fn orphans(
    specs: &Specs<'_>,
    scope: Scope,
    wanted: &BTreeSet<String>,
    root: &Path,
) -> Result<Vec<Drift>, TreeError> {
    let mut orphans = Vec::new();
    for path in places(specs, root)? {
        if !wanted.contains(&path.to_lowercase()) {
            orphans.extend(orphan(specs, scope, root, path));
        }
    }
    Ok(orphans)
}

/// Where generated files may be: in the folders of pipelines, and beside the specs at hand.
fn places(specs: &Specs<'_>, root: &Path) -> Result<BTreeSet<String>, TreeError> {
    let mut paths = BTreeSet::new();
    for folder in FOLDERS {
        paths.extend(listed(root, folder)?);
    }
    for spec_path in specs.paths() {
        let (folder, files) = beside(spec_path);
        paths.extend(listed(root, &folder)?);
        paths.extend(files);
    }
    Ok(paths)
}

/// The files of a folder that may be generated.
fn listed(root: &Path, folder: &str) -> Result<Vec<String>, TreeError> {
    // A folder that cannot be followed holds nothing of ours.
    let Ok((place, Found::Folder)) = find(root, folder) else {
        return Ok(Vec::new());
    };
    let failed = |cause| TreeError::Io {
        path: folder.to_owned(),
        action: "list",
        cause,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(place).map_err(failed)? {
        let Ok(name) = entry.map_err(failed)?.file_name().into_string() else {
            continue;
        };
        let may_be_ours = [".yml", ".yaml", ".py"]
            .iter()
            .any(|extension| name.ends_with(extension));
        if may_be_ours {
            paths.push(format!("{folder}/{name}"));
        }
    }
    Ok(paths)
}

fn orphan(specs: &Specs<'_>, scope: Scope, root: &Path, path: String) -> Option<Drift> {
    let (place, Found::File) = find(root, &path).ok()? else {
        return None;
    };
    if !begins_like_ours(&place) {
        return None;
    }
    let State::Text(before) = state(root, &path).ok()? else {
        return None;
    };
    let (marker, body) = marker::read(&before)?;
    let is_gone = || scope == Scope::Repository && specs.lack(&marker);
    if !specs.name(&marker) && !is_gone() {
        return None;
    }
    Some(Drift {
        path,
        spec_path: marker.spec_path.clone(),
        kind: Kind::Orphaned,
        loses_work: marker.digest != marker::digest(body),
        about: Vec::new(),
        before,
        change: Change::Remove,
    })
}
