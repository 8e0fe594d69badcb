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
use super::snapshot::{Snapshot, State, begins_like_ours, state};
use crate::render::{FOLDERS, beside};

/// The files that no spec wants, `wanted` being in lower case: where a file system ignores case,
/// another spelling is the wanted file itself.
pub(super) fn orphans(
    specs: &Specs<'_>,
    scope: Scope,
    wanted: &BTreeSet<String>,
    (root, snapshot): (&Path, &Snapshot),
) -> Result<Vec<Drift>, TreeError> {
    let places = places(specs, root)?;
    let is_wanted = |path: &String| wanted.contains(&path.to_lowercase());
    let known = places.iter().filter(|path| !is_wanted(path));
    let mut orphans: Vec<_> = known
        .filter_map(|path| orphan(specs, scope, root, path.clone()))
        .collect();
    let others = snapshot.of_bundles().iter();
    let others = others.filter(|path| !places.contains(*path) && !is_wanted(path));
    let left = others.filter_map(|path| orphan(specs, scope, root, path.clone()));
    orphans.extend(left.filter(stands_beside_its_spec));
    Ok(orphans)
}

/// Whether a file is where its own spec has it written. One that is not came with a copy of
/// another repository, and names a spec of that one.
fn stands_beside_its_spec(drift: &Drift) -> bool {
    let (folder, files) = beside(&drift.spec_path);
    let within = drift.path.rsplit_once('/').map(|(folder, _)| folder);
    files.contains(&drift.path) || within == Some(folder.as_str())
}

/// Where generated files may be in any case: in the folders of pipelines, and beside the specs at
/// hand.
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
