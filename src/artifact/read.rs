//! The one way to read an artifact.
//!
//! The one decision here: an access is for one judgement. Its clients are built for the first
//! question, and its deadline counts from there.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::time::Duration;
#[cfg(feature = "object-stores")]
use std::time::Instant;

use super::location::Root;
use super::{ArtifactError, Location, local, object, proxy};
use crate::mlflow::{Address, Client, Settings};
use crate::observer::Observer;

/// The largest table that is read unless somebody says otherwise, in bytes.
pub const LARGEST_TABLE: u64 = 64 << 20;

/// The largest `MLmodel` file that is read, in bytes. One column of a signature takes some sixty:
/// this is room for more than ten thousand.
pub const LARGEST_MODEL_FILE: u64 = 1 << 20;

/// What is needed to get at artifacts: where relative paths start, which server is the tracking
/// server, and the environment with its credentials.
pub struct Access<'a> {
    /// Where relative locations start.
    pub(super) base: &'a Path,
    tracking_uri: &'a str,
    /// The environment.
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
    client: OnceCell<Client>,
    pub(super) observer: Observer,
    /// When the first object was asked for.
    #[cfg(feature = "object-stores")]
    pub(super) started: OnceCell<Instant>,
}

impl<'a> Access<'a> {
    /// An access that has not connected yet. `base` is the folder that relative locations start
    /// from, which for MLflow is where the command that logged was run; `tracking_uri` is asked for
    /// `mlflow-artifacts:` locations.
    #[must_use]
    pub fn new(
        base: &'a Path,
        tracking_uri: &'a str,
        environment: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self {
            base,
            tracking_uri,
            environment,
            client: OnceCell::new(),
            observer: Observer::nobody(),
            #[cfg(feature = "object-stores")]
            started: OnceCell::new(),
        }
    }

    /// The same access, which tells somebody of every file.
    #[must_use]
    pub fn observed(mut self, observer: &Observer) -> Self {
        self.observer = observer.clone();
        self
    }

    /// A folder as the location names it, from the base on.
    pub(super) fn folder(&self, folder: &Path) -> PathBuf {
        self.base.join(folder)
    }

    /// The client of the tracking server.
    pub(super) fn client(&self, place: &str) -> Result<&Client, ArtifactError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = self.new_client(place, None)?;
        Ok(self.client.get_or_init(|| client))
    }

    /// A client of its own, for a question that may take longer than all others.
    pub(super) fn new_client(
        &self,
        place: &str,
        deadline: Option<Duration>,
    ) -> Result<Client, ArtifactError> {
        let address = Address::parse(self.tracking_uri).map_err(|_| ArtifactError::Unsupported {
            uri: place.to_owned(),
            help: "these artifacts are read through the tracking server: set `mlflow.tracking_uri` to its http address".to_owned(),
        })?;
        let settings = Settings::read(&address, self.environment)
            .map_err(|failure| ArtifactError::from_failure(place, 0, failure))?;
        let settings = match deadline {
            Some(deadline) => settings.within(deadline),
            None => settings,
        };
        Ok(Client::new(address, settings).observed(&self.observer))
    }
}

/// Reads the file at `path` below `location`, of `limit` bytes at most. `None` means that it is
/// definitely not there: whoever holds the artifacts was asked, and said so.
///
/// # Errors
/// [`ArtifactError`] when nobody could look, and when what was found is not a whole file within
/// the limit.
pub fn read(
    location: &Location,
    path: &str,
    limit: u64,
    access: &Access<'_>,
) -> Result<Option<Vec<u8>>, ArtifactError> {
    let file = location.join(path)?;
    if file.inner.is_empty() {
        return Err(ArtifactError::UnsafePath {
            path: file.to_string(),
            reason: "it names no file".to_owned(),
        });
    }
    access
        .observer
        .detail(|| format!("reading the file {file}"));
    match &file.root {
        Root::Folder(folder) => local::read(&access.folder(folder), &file.inner, limit),
        Root::Service(server) => proxy::read(&file, server, limit, access),
        Root::Bucket(bucket) => object::read(&file, bucket, limit, access),
    }
}
