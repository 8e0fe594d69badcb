//! Files below the store's root, each looked at before it is opened.
//!
//! The one decision here: a link is an error wherever it is met. It may lead out of the store, and
//! a store with a piece left out would be a partial answer.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use crate::store::StoreError;

/// How long one call may read.
const TIME_PER_CALL: Duration = Duration::from_secs(20);

/// What one call may read, in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// How many files and folder entries one call may look at.
const MOST_FILES: u32 = 1_000_000;

/// The largest `meta.yaml` that is read, in bytes.
pub(super) const SMALL: u64 = 64 << 10;

/// The largest tag, parameter, data set or assessment that is read, in bytes.
pub(super) const MEDIUM: u64 = 1 << 20;

/// The largest file of a metric's points that is read, in bytes.
pub(super) const LARGE: u64 = 32 << 20;

/// How deep folders may lie in each other: a metric's name has at most 250 characters.
const DEEPEST: usize = 130;

/// How often a YAML file that is empty or cut is read again, and how long is waited before.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(75);

/// What is in a folder.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) is_folder: bool,
}

/// The store's root for the length of one call.
pub(super) struct Folder<'a> {
    root: &'a Path,
    shown: &'a str,
    end: Instant,
    bytes: Cell<u64>,
    files: Cell<u32>,
}

impl<'a> Folder<'a> {
    /// Begins a call on the folder `root`, whose links are resolved; people know it as `shown`.
    pub(super) fn new(root: &'a Path, shown: &'a str) -> Self {
        Self {
            root,
            shown,
            end: Instant::now() + TIME_PER_CALL,
            bytes: Cell::new(0),
            files: Cell::new(0),
        }
    }

    /// What is at a path below the root, if anything is.
    fn look(&self, place: &Path) -> Result<Option<(PathBuf, Metadata)>, StoreError> {
        let mut path = self.root.to_owned();
        let mut found = None;
        for component in place.components() {
            let Component::Normal(name) = component else {
                return Err(self.damaged(format!("`{}` leads out of it", place.display())));
            };
            path.push(name);
            self.count()?;
            match fs::symlink_metadata(&path) {
                Ok(metadata) if metadata.is_symlink() => {
                    return Err(self.unreadable(place, "links are not followed"));
                }
                Ok(metadata) => found = Some(metadata),
                Err(error) if is_absent(&error) => return Ok(None),
                Err(error) => return Err(self.unreadable(place, &error.to_string())),
            }
        }
        Ok(found.map(|metadata| (path, metadata)))
    }

    /// Whether there is a folder at a path, spelled exactly so: some file systems take `Champion`
    /// for `champion`.
    pub(super) fn has_folder(&self, parent: &Path, name: &str) -> Result<bool, StoreError> {
        let entries = self.entries(parent)?;
        Ok(entries
            .iter()
            .any(|entry| entry.is_folder && entry.name == name))
    }

    /// What is in a folder, in the order of the names; nothing where there is no such folder.
    pub(super) fn entries(&self, place: &Path) -> Result<Vec<Entry>, StoreError> {
        let problem = |error: io::Error| self.unreadable(place, &error.to_string());
        let path = if place.as_os_str().is_empty() {
            self.root.to_owned()
        } else {
            match self.look(place)? {
                Some((path, metadata)) if metadata.is_dir() => path,
                Some(_) => return Err(self.unreadable(place, "it is not a folder")),
                None => return Ok(Vec::new()),
            }
        };
        let mut entries = Vec::new();
        for entry in fs::read_dir(path).map_err(problem)? {
            let entry = entry.map_err(problem)?;
            self.count()?;
            let kind = entry.file_type().map_err(problem)?;
            let Ok(name) = entry.file_name().into_string() else {
                return Err(self.damaged(format!("a name in `{}` is not UTF-8", place.display())));
            };
            if kind.is_symlink() {
                return Err(self.unreadable(&place.join(name), "links are not followed"));
            }
            entries.push(Entry {
                name,
                is_folder: kind.is_dir(),
            });
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    /// The names of the folders in a folder.
    pub(super) fn folders(&self, place: &Path) -> Result<Vec<String>, StoreError> {
        let entries = self.entries(place)?.into_iter();
        Ok(entries
            .filter(|entry| entry.is_folder)
            .map(|entry| entry.name)
            .collect())
    }

    /// The files at any depth below a folder, by their path from it with `/` between the parts:
    /// how MLflow keeps metrics, params and tags with a `/` in their names.
    pub(super) fn files_below(&self, place: &Path) -> Result<Vec<String>, StoreError> {
        let mut files = Vec::new();
        let mut waiting = vec![(String::new(), 0)];
        while let Some((inside, depth)) = waiting.pop() {
            if depth > DEEPEST {
                return Err(self.too_large(format!("`{}` is nested too deeply", place.display())));
            }
            for entry in self.entries(&place.join(&inside))? {
                let name = if inside.is_empty() {
                    entry.name
                } else {
                    format!("{inside}/{}", entry.name)
                };
                if entry.is_folder {
                    waiting.push((name, depth + 1));
                } else {
                    files.push(name);
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// The text of a file of at most `most` bytes; `None` where there is no such file.
    pub(super) fn text(&self, place: &Path, most: u64) -> Result<Option<String>, StoreError> {
        let Some((path, metadata)) = self.look(place)? else {
            return Ok(None);
        };
        // A pipe would block whoever opens it.
        if !metadata.is_file() {
            return Err(self.unreadable(place, "it is not a regular file"));
        }
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
            .map_err(|error| self.unreadable(place, &error.to_string()))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > most {
            let place = place.display();
            return Err(self.too_large(format!("`{place}` has more than {most} bytes")));
        }
        self.pay(length)?;
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| self.damaged(format!("`{}` is not UTF-8", place.display())))
    }

    /// The texts of all files below a folder, by name.
    pub(super) fn texts(&self, place: &Path) -> Result<BTreeMap<String, String>, StoreError> {
        let mut texts = BTreeMap::new();
        for name in self.files_below(place)? {
            if let Some(text) = self.text(&place.join(&name), MEDIUM)? {
                texts.insert(name, text);
            }
        }
        Ok(texts)
    }

    /// A YAML file of at most `most` bytes; `None` where there is no such file. MLflow empties the
    /// file before it writes it, so one that cannot be read is tried again a few times.
    pub(super) fn yaml<T: DeserializeOwned>(
        &self,
        place: &Path,
        most: u64,
    ) -> Result<Option<T>, StoreError> {
        let mut tried = 0;
        loop {
            let Some(text) = self.text(place, most)? else {
                return Ok(None);
            };
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let reason = match serde_yaml::from_str(text) {
                _ if text.trim().is_empty() => "it is empty".to_owned(),
                Ok(read) => return Ok(Some(read)),
                Err(error) => error.to_string(),
            };
            tried += 1;
            if tried == TRIES {
                return Err(self.damaged(format!("`{}`: {reason}", place.display())));
            }
            wait();
        }
    }

    fn count(&self) -> Result<(), StoreError> {
        self.files.set(self.files.get() + 1);
        if self.files.get() > MOST_FILES {
            return Err(self.too_large(format!("more than {MOST_FILES} files were looked at")));
        }
        if Instant::now() > self.end {
            return Err(self.too_large("reading it takes too long".to_owned()));
        }
        Ok(())
    }

    fn pay(&self, bytes: u64) -> Result<(), StoreError> {
        self.bytes.set(self.bytes.get().saturating_add(bytes));
        if self.bytes.get() > MOST_BYTES {
            let megabytes = MOST_BYTES >> 20;
            return Err(self.too_large(format!("more than {megabytes} MiB were asked for")));
        }
        Ok(())
    }

    pub(super) fn unreadable(&self, place: &Path, reason: &str) -> StoreError {
        StoreError::Unreadable {
            path: self.shown.to_owned(),
            reason: format!("`{}`: {reason}", place.display()),
        }
    }

    pub(super) fn damaged(&self, reason: String) -> StoreError {
        StoreError::Damaged {
            path: self.shown.to_owned(),
            reason,
        }
    }

    fn too_large(&self, reason: String) -> StoreError {
        StoreError::TooLarge {
            place: self.shown.to_owned(),
            reason,
        }
    }
}

/// Whether a name is one component of a path and nothing else.
pub(super) fn is_plain(name: &str) -> bool {
    let mut components = Path::new(name).components();
    matches!(components.next(), Some(Component::Normal(first)) if first == name)
        && components.next().is_none()
        && !name.contains(['/', '\\', '\0'])
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "MLflow writes these files in place, and is done in milliseconds"
)]
fn wait() {
    std::thread::sleep(PAUSE);
}
