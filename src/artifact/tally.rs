//! What is kept of a file whose bytes are not.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::evidence::ModelFile;

/// A file of a model, as a list of its folder has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Its path below the model.
    pub(super) path: String,
    /// How large it is, in bytes.
    pub(super) bytes: u64,
    /// What differs when its bytes do: a time, an entity tag; empty where nothing is said.
    pub(super) mark: String,
}

/// Bytes go by, their digest and their number stay.
#[derive(Default)]
pub(super) struct Tally {
    hash: Sha256,
    /// How many bytes went by.
    pub(super) bytes: u64,
}

impl Tally {
    /// Takes the next bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
    }

    /// The file at `path` whose bytes went by.
    pub(super) fn file(self, path: &str) -> ModelFile {
        let mut sha256 = String::with_capacity(64);
        for byte in self.hash.finalize() {
            let _ = write!(sha256, "{byte:02x}");
        }
        ModelFile {
            path: path.to_owned(),
            sha256,
            bytes: self.bytes,
        }
    }
}
