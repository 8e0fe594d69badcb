//! What is on disk where files are wanted, read once.
//!
//! The one decision here: line ends and a byte order mark do not count. Git may turn `\n` into
//! `\r\n` on checkout, and an editor may put a mark before the first letter; both are nobody's
//! change.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::error::TreeError;
use super::marker;
use super::pins::pins;
use super::place::{Found, find};
use crate::render::PinsOnDisk;

/// No generated file comes near this size, in bytes; a larger one is not ours.
const LIMIT: u64 = 4 << 20;

/// What is at one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Nothing,
    /// A file with this text, line ends as `\n`.
    Text(String),
    /// A file that is no text, or too much.
    NotText,
}

/// What is on disk at some paths.
#[derive(Debug)]
pub struct Snapshot {
    states: BTreeMap<String, State>,
    of_bundles: Vec<String>,
}

impl Snapshot {
    /// Reads what is at these paths below `root`.
    ///
    /// # Errors
    /// [`TreeError`], when a path cannot be followed or a file cannot be read.
    pub fn take<'a>(
        root: &Path,
        paths: impl IntoIterator<Item = &'a String>,
    ) -> Result<Self, TreeError> {
        let mut states = BTreeMap::new();
        for path in paths {
            states.insert(path.clone(), state(root, path)?);
        }
        Ok(Self {
            states,
            of_bundles: Vec::new(),
        })
    }

    /// The same, with the paths of other files that may have been generated for a bundle, wherever
    /// its spec stood.
    #[must_use]
    pub fn with_bundles(self, of_bundles: Vec<String>) -> Self {
        Self { of_bundles, ..self }
    }

    /// The paths of files that may have been generated for a bundle.
    pub(super) fn of_bundles(&self) -> &[String] {
        &self.of_bundles
    }

    /// The pins of the generated files among them.
    #[must_use]
    pub fn pins(&self) -> PinsOnDisk {
        let generated = |(path, state): (&String, &State)| {
            let State::Text(text) = state else {
                return None;
            };
            let (_, body) = marker::read(text)?;
            Some((path.clone(), pins(body)))
        };
        self.states.iter().filter_map(generated).collect()
    }

    /// What is at a path below `root`: where nobody has looked yet, it is looked at now.
    pub(super) fn at(&self, root: &Path, path: &str) -> Result<Cow<'_, State>, TreeError> {
        match self.states.get(path) {
            Some(state) => Ok(Cow::Borrowed(state)),
            None => state(root, path).map(Cow::Owned),
        }
    }
}

/// What is at a path below `root`.
pub(super) fn state(root: &Path, path: &str) -> Result<State, TreeError> {
    let (place, found) = find(root, path)?;
    match found {
        Found::Nothing => Ok(State::Nothing),
        Found::Folder => Err(TreeError::Blocked {
            path: path.to_owned(),
        }),
        Found::File => read(&place, path),
    }
}

/// Whether a file begins like a generated one; its whole text need not be read for that.
pub(super) fn begins_like_ours(place: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(place).and_then(|file| file.take(64).read_to_end(&mut beginning));
    read.is_ok() && marker::may_begin(&beginning)
}

fn read(place: &Path, path: &str) -> Result<State, TreeError> {
    let failed = |cause| TreeError::Io {
        path: path.to_owned(),
        action: "read",
        cause,
    };
    let mut bytes = Vec::new();
    File::open(place)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > LIMIT {
        return Ok(State::NotText);
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => State::Text(plain(text)),
        Err(_) => State::NotText,
    })
}

/// Without a byte order mark, and with `\n` for line ends.
fn plain(text: String) -> String {
    if !text.contains('\r') && !text.starts_with('\u{feff}') {
        return text;
    }
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
}
