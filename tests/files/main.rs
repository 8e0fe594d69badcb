//! Files that somebody else wrote: MLflow's artifacts wherever they are kept, and the reports of
//! other tools. Those in `models/` and `reports/` were written by the tools themselves.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

mod attestations;
#[cfg(feature = "object-stores")]
mod buckets;
mod folders;
mod imports;
mod model_files;
mod proxy;
mod signatures;
mod suites;
#[path = "../support/mod.rs"]
mod support;
mod tables;
mod written;

use std::path::{Path, PathBuf};

use gatewright::artifact::{Access, ArtifactError, Location, read};

/// A file of this folder.
fn sample(path: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    std::fs::read(folder.join(path)).unwrap()
}

/// Reads up to 1000 bytes with some variables set.
fn fetch(
    location: &str,
    path: &str,
    tracking_uri: &str,
    variables: &[(&str, &str)],
) -> Result<Option<Vec<u8>>, ArtifactError> {
    let environment = |name: &str| {
        let found = variables.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let access = Access::new(Path::new("/"), tracking_uri, &environment);
    read(&Location::parse(location)?, path, 1000, &access)
}
