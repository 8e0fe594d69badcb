//! How the files on disk differ from what the specs say.
//!
//! The one decision here: whose a file is, its header says. A header of a spec that is gone belongs
//! to whoever wants the file next; one of a spec that is still there belongs to that spec alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::error::TreeError;
use super::kind::{Change, Drift, Kind};
use super::marker::{self, Marker};
use super::orphan::orphans;
use super::place::{Found, find};
use super::snapshot::{Snapshot, State};
use crate::render::RenderedFile;

/// What one spec wants on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The spec, from the repository root.
    pub spec_path: String,
    /// Its files.
    pub files: Vec<RenderedFile>,
    /// The paths of those that are the project's own: they are neither compared nor written.
    pub detached: Vec<String>,
}

/// Which files are looked at, beside those that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those that were generated from the specs at hand.
    TheseSpecs,
    /// All that were generated in the repository: the specs at hand are all there are.
    Repository,
}

/// The specs at hand, and what their headers may say.
pub(super) struct Specs<'a> {
    root: &'a Path,
    wanted: &'a [Wanted],
}

impl Specs<'_> {
    /// Where the specs at hand are.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().map(|wanted| wanted.spec_path.as_str())
    }

    /// Whether one of the specs at hand is the one that a header names.
    pub(super) fn name(&self, marker: &Marker) -> bool {
        let mut specs = self.wanted.iter();
        specs.any(|wanted| marker::is_from(marker, &wanted.spec_path))
    }

    /// Whether the spec that a header names is gone. Where that is not certain, it is not.
    pub(super) fn lack(&self, marker: &Marker) -> bool {
        marker::is_plain(&marker.spec_path)
            && matches!(find(self.root, &marker.spec_path), Ok((_, Found::Nothing)))
    }
}

/// Every file below `root` that is not as the specs say, in the order of their paths. `snapshot` is
/// of the paths that are wanted; what it lacks is read.
///
/// # Errors
/// [`TreeError`], when a path cannot be followed or a file cannot be read.
pub fn drift(
    root: &Path,
    wanted: &[Wanted],
    scope: Scope,
    snapshot: &Snapshot,
) -> Result<Vec<Drift>, TreeError> {
    let specs = Specs { root, wanted };
    let mut drifts = BTreeMap::new();
    let mut paths = BTreeSet::new();
    for one in wanted {
        for file in &one.files {
            paths.insert(file.path.to_lowercase());
            let state = snapshot.at(root, &file.path)?;
            let drift = if one.detached.contains(&file.path) {
                Some(detached(&one.spec_path, file, &state)?)
            } else {
                compare(&specs, &one.spec_path, file, &state)
            };
            drifts.extend(drift.map(|drift| (drift.path.clone(), drift)));
        }
    }
    for drift in orphans(&specs, scope, &paths, (root, snapshot))? {
        drifts.insert(drift.path.clone(), drift);
    }
    Ok(drifts.into_values().collect())
}

fn compare(
    specs: &Specs<'_>,
    spec_path: &str,
    file: &RenderedFile,
    state: &State,
) -> Option<Drift> {
    let wanted = marker::stamp(spec_path, &file.template, &file.body);
    let drift = |kind, before: &str| Drift {
        path: file.path.clone(),
        spec_path: spec_path.to_owned(),
        kind,
        loses_work: matches!(kind, Kind::Edited | Kind::Foreign),
        about: Vec::new(),
        before: before.to_owned(),
        change: Change::Write(wanted.clone()),
    };
    let text = match state {
        State::Nothing => return Some(drift(Kind::Missing, "")),
        State::NotText => return Some(drift(Kind::Foreign, "")),
        State::Text(text) => text,
    };
    if *text == wanted {
        let kept = (!file.kept_pins.is_empty()).then(|| Drift {
            about: file.kept_pins.clone(),
            change: Change::Nothing,
            ..drift(Kind::PinsOnly, text)
        });
        return kept;
    }
    let Some((marker, body)) = marker::read(text) else {
        return Some(drift(Kind::Foreign, text));
    };
    let ours = marker::is_from(&marker, spec_path) || specs.name(&marker) || specs.lack(&marker);
    if !ours {
        return Some(Drift {
            about: vec![marker.spec_path],
            ..drift(Kind::Foreign, text)
        });
    }
    // Who made the very change that the spec asks for loses nothing.
    let known = marker.digest == marker::digest(body) || body == file.body;
    Some(drift(if known { Kind::Stale } else { Kind::Edited }, text))
}

fn detached(spec_path: &str, file: &RenderedFile, state: &State) -> Result<Drift, TreeError> {
    let wanted = marker::stamp(spec_path, &file.template, &file.body);
    let text = match state {
        State::Nothing => {
            return Err(TreeError::Detached {
                path: file.path.clone(),
            });
        }
        State::NotText => "",
        State::Text(text) => text,
    };
    let (inserted, deleted) = similar::TextDiff::from_lines(text, wanted.as_str())
        .iter_all_changes()
        .fold((0, 0), |(inserted, deleted), change| match change.tag() {
            similar::ChangeTag::Insert => (inserted + 1, deleted),
            similar::ChangeTag::Delete => (inserted, deleted + 1),
            similar::ChangeTag::Equal => (inserted, deleted),
        });
    let about = if inserted + deleted == 0 {
        "as the spec says".to_owned()
    } else {
        format!("+{inserted} -{deleted} lines to be as the spec says")
    };
    Ok(Drift {
        path: file.path.clone(),
        spec_path: spec_path.to_owned(),
        kind: Kind::Detached,
        loses_work: false,
        about: vec![about],
        before: String::new(),
        change: Change::Nothing,
    })
}
