//! The files of a model, each with its digest.
//!
//! The one decision here: a list that two readers could take for two different things is none. What
//! leads out of the folder, what comes twice, and what one file system keeps apart and the next one
//! does not, is refused before anything is said about the model.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};

/// The most files that a model may have.
pub const MOST_MODEL_FILES: usize = 10_000;

/// The longest path of a file below its model, in bytes: that of a key of S3.
const LONGEST_PATH: usize = 1024;

/// The deepest that a file may lie below its model.
pub const DEEPEST_MODEL_FILE: usize = 32;

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// Its path below the model's folder, with `/`.
    pub path: String,
    /// The SHA-256 of its bytes, as 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// All files of a model, in the order of the bytes of their paths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<ModelFile>", into = "Vec<ModelFile>")]
pub struct ModelFiles(Vec<ModelFile>);

/// Why paths are no list of a model's files.
///
/// `Display` is a lowercase fragment that fits "the list of files cannot be used: ...".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnclearFiles {
    /// There are none.
    None,
    /// There are more than [`MOST_MODEL_FILES`].
    TooMany,
    /// A path is more, or less, than the name of a file below the model.
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A path comes twice.
    Twice {
        /// The path.
        path: String,
    },
    /// Two paths differ in upper and lower case, or in how Unicode spells a letter, and in nothing
    /// else: some file systems keep one file for both.
    Alike {
        /// One of them.
        one: String,
        /// The other.
        other: String,
    },
    /// A path is a file, and the folder of another file.
    Folder {
        /// The path.
        path: String,
    },
    /// What should be a digest is none.
    Digest {
        /// The file.
        path: String,
    },
}

impl fmt::Display for UnclearFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("there are no files"),
            Self::TooMany => write!(f, "there are more than {MOST_MODEL_FILES} files"),
            Self::Path { path, reason } => write!(f, "`{}`: {reason}", path.escape_debug()),
            Self::Twice { path } => write!(f, "`{path}` comes twice"),
            Self::Alike { one, other } => write!(
                f,
                "`{one}` and `{other}` are one file on some file systems, and two on others"
            ),
            Self::Folder { path } => write!(f, "`{path}` is a file, and a folder of others"),
            Self::Digest { path } => write!(f, "the digest of `{path}` is none"),
        }
    }
}

impl std::error::Error for UnclearFiles {}

impl ModelFiles {
    /// Puts files in order.
    ///
    /// # Errors
    /// [`UnclearFiles`] when they are no list of a model's files.
    pub fn new(mut files: Vec<ModelFile>) -> Result<Self, UnclearFiles> {
        require_clear(files.iter().map(|file| file.path.as_str()))?;
        if let Some(file) = files.iter().find(|file| !is_digest(&file.sha256)) {
            let path = file.path.clone();
            return Err(UnclearFiles::Digest { path });
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self(files))
    }

    /// The files, in the order of the bytes of their paths.
    #[must_use]
    pub fn files(&self) -> &[ModelFile] {
        &self.0
    }

    /// How many bytes they have together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// The manifest: a line for each file, digest, two spaces, path, as `sha256sum` prints and
    /// `sha256sum --check` reads it. Its own SHA-256 is the model digest.
    #[must_use]
    pub fn manifest(&self) -> String {
        let parts = self.0.iter();
        let parts = parts.flat_map(|file| [&file.sha256, "  ", &file.path, "\n"]);
        parts.collect()
    }
}

impl TryFrom<Vec<ModelFile>> for ModelFiles {
    type Error = UnclearFiles;

    fn try_from(files: Vec<ModelFile>) -> Result<Self, UnclearFiles> {
        Self::new(files)
    }
}

impl From<ModelFiles> for Vec<ModelFile> {
    fn from(files: ModelFiles) -> Self {
        files.0
    }
}

/// Whether a text is a SHA-256 in lower-case hexadecimal digits.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 64 && text.bytes().all(digit)
}

/// Whether paths are those of one model's files, whoever looks at them.
///
/// # Errors
/// [`UnclearFiles`] for the first that is not.
pub fn require_clear<'p>(paths: impl Iterator<Item = &'p str>) -> Result<(), UnclearFiles> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths {
        if let Some(reason) = danger(path) {
            let path = path.to_owned();
            return Err(UnclearFiles::Path { path, reason });
        }
        match seen.insert(folded(path), path) {
            None => {}
            Some(other) if other == path => {
                let path = path.to_owned();
                return Err(UnclearFiles::Twice { path });
            }
            Some(other) => {
                let (one, other) = (other.to_owned(), path.to_owned());
                return Err(UnclearFiles::Alike { one, other });
            }
        }
        if seen.len() > MOST_MODEL_FILES {
            return Err(UnclearFiles::TooMany);
        }
    }
    if seen.is_empty() {
        return Err(UnclearFiles::None);
    }
    require_clear_folders(&seen)
}

/// No file is a folder, and no folder is spelt in two ways.
fn require_clear_folders(seen: &BTreeMap<String, &str>) -> Result<(), UnclearFiles> {
    let mut folders: BTreeMap<String, &str> = BTreeMap::new();
    let mut spelt: BTreeSet<&str> = BTreeSet::new();
    for path in seen.values() {
        for (at, _) in path.match_indices('/') {
            let Some(folder) = path.get(..at) else {
                continue;
            };
            if !spelt.insert(folder) {
                continue;
            }
            let key = folded(folder);
            if seen.contains_key(&key) {
                let path = folder.to_owned();
                return Err(UnclearFiles::Folder { path });
            }
            if let Some(other) = folders.insert(key, folder) {
                let (one, other) = (other.to_owned(), folder.to_owned());
                return Err(UnclearFiles::Alike { one, other });
            }
        }
    }
    Ok(())
}

/// What file systems that do not look closely make of a path: composed, without case.
fn folded(path: &str) -> String {
    let normalizer = ComposingNormalizerBorrowed::new_nfc();
    let lower = normalizer.normalize(path).to_lowercase();
    normalizer.normalize(&lower).into_owned()
}

/// Why a path may be more than the name of a file below its model.
fn danger(path: &str) -> Option<&'static str> {
    if path.len() > LONGEST_PATH {
        return Some("it is longer than 1024 bytes");
    }
    if path.chars().any(is_obeyed) || path.contains("##") {
        return Some("it holds what a terminal or a CI system would obey");
    }
    if path.contains('\\') {
        return Some("it holds a backslash, which some systems take for a folder's end");
    }
    if path.split('/').count() > DEEPEST_MODEL_FILE {
        return Some("it lies too deep");
    }
    if path
        .split('/')
        .any(|segment| matches!(segment, "" | "." | ".."))
    {
        return Some("it does not lead to a file below the model");
    }
    None
}

/// Controls, and marks that make text read in another order than it is written.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clear(paths: &[&str]) -> Result<(), UnclearFiles> {
        require_clear(paths.iter().copied())
    }

    #[test]
    fn the_manifest_is_what_sha256sum_prints_in_the_order_of_bytes() {
        let file = |path: &str, digit: &str| ModelFile {
            path: path.to_owned(),
            sha256: digit.repeat(64),
            bytes: 2,
        };
        let files = ModelFiles::new(vec![file("b", "0"), file("a/é b", "1"), file("B2", "2")]);
        let files = files.unwrap();
        let manifest = files.manifest();
        let paths: Vec<_> = manifest.lines().filter_map(|line| line.get(64..)).collect();
        assert_eq!(paths, ["  B2", "  a/é b", "  b"]);
        assert_eq!((files.files().len(), files.bytes()), (3, 6));
        let written = serde_json::to_string(&files).unwrap();
        assert_eq!(serde_json::from_str::<ModelFiles>(&written).unwrap(), files);
        let hostile = written.replace("B2", "b\\nx");
        assert!(serde_json::from_str::<ModelFiles>(&hostile).is_err());
        let hostile = written.replace(&"0".repeat(64), &"A".repeat(64));
        assert!(serde_json::from_str::<ModelFiles>(&hostile).is_err());
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for path in [
            "",
            "/a",
            "a//b",
            "./a",
            "a/..",
            "..",
            "a\\b",
            "a\nb",
            "a\u{202e}b",
            "##vso[x]",
            "a/",
        ] {
            assert!(
                matches!(clear(&["x", path]), Err(UnclearFiles::Path { .. })),
                "{path:?}"
            );
        }
        assert!(clear(&[&"a/".repeat(40)]).is_err());
        assert!(clear(&[&"a".repeat(1025)]).is_err());
        assert_eq!(clear(&[]), Err(UnclearFiles::None));
        assert!(clear(&["MLmodel", "...", "a b/100%.bin", "ä", ".hidden"]).is_ok());
    }

    #[test]
    fn what_one_file_system_keeps_apart_and_another_does_not_is_refused() {
        let twice = clear(&["a", "b", "a"]).unwrap_err();
        assert_eq!(twice.to_string(), "`a` comes twice");
        for pair in [
            ["Model.bin", "model.BIN"],
            ["\u{e4}", "a\u{308}"],
            ["data/x", "Data/y"],
        ] {
            assert!(
                matches!(clear(&pair), Err(UnclearFiles::Alike { .. })),
                "{pair:?}"
            );
        }
        for pair in [["a", "a/b"], ["A", "a/b/c"], ["a/b/c", "a/B"]] {
            assert!(
                matches!(clear(&pair), Err(UnclearFiles::Folder { .. })),
                "{pair:?}"
            );
        }
        let many: Vec<_> = (0..=MOST_MODEL_FILES).map(|n| n.to_string()).collect();
        let many = require_clear(many.iter().map(String::as_str));
        assert_eq!(many, Err(UnclearFiles::TooMany));
    }
}
