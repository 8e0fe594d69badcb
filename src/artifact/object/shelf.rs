//! A model in an object store: its keys listed, its objects read as they come.

use std::time::Duration;

use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use tokio::runtime::{Builder, Runtime};

use super::connect::{self, Limits};
use super::failure;
use crate::artifact::location::{Bucket, Location};
use crate::artifact::model::{self, Deadline, unclear};
use crate::artifact::tally::{Listed, Tally};
use crate::artifact::{Access, ArtifactError};
use crate::evidence::{MOST_MODEL_FILES, ModelFile, UnclearFiles};
use crate::mlflow;

/// A model in a bucket.
pub(in crate::artifact) struct Shelf {
    store: Box<dyn ObjectStore>,
    /// One for all questions, so that connections are used again; `Some` until dropped.
    runtime: Option<Runtime>,
    prefix: Path,
    place: String,
    /// How long the next bytes may take.
    wait: Duration,
    deadline: Deadline,
}

impl Shelf {
    /// The keys below `location`; nothing is asked yet.
    pub(in crate::artifact) fn open(
        location: &Location,
        bucket: &Bucket,
        access: &Access<'_>,
        deadline: Deadline,
    ) -> Result<Self, ArtifactError> {
        let place = location.to_string();
        let setting = |failure| ArtifactError::from_failure(&place, 0, failure);
        let environment = access.environment;
        let wait =
            mlflow::seconds(environment, "MLFLOW_HTTP_REQUEST_TIMEOUT", 30).map_err(setting)?;
        let limits = Limits {
            // A client's time is for a whole object, which may be large.
            request: deadline.left(&place)?,
            deadline: deadline.left(&place)?,
            retries: mlflow::retries(environment).map_err(setting)?,
        };
        let store = connect::connect(bucket, &limits, environment)?;
        let prefix = key(&location.inner.join("/"), &place)?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| broken(&place, &error))?;
        Ok(Self {
            store,
            runtime: Some(runtime),
            prefix,
            place,
            wait,
            deadline,
        })
    }

    /// Runs one question, and gives up when the time is over.
    fn within<T>(
        &self,
        question: impl Future<Output = Result<T, ArtifactError>>,
    ) -> Result<T, ArtifactError> {
        let left = self.deadline.left(&self.place)?;
        let Some(runtime) = &self.runtime else {
            return Err(broken(&self.place, &"the client is closed"));
        };
        let outcome = runtime.block_on(async { tokio::time::timeout(left, question).await });
        outcome.unwrap_or_else(|_| Err(self.late(self.deadline.total)))
    }

    /// The next of a stream, in time.
    async fn next<T>(&self, next: impl Future<Output = T>) -> Result<T, ArtifactError> {
        let outcome = tokio::time::timeout(self.wait, next).await;
        outcome.map_err(|_| self.late(self.wait))
    }

    fn late(&self, time: Duration) -> ArtifactError {
        ArtifactError::TimedOut {
            place: self.place.clone(),
            seconds: time.as_secs(),
        }
    }

    async fn keys(&self) -> Result<Vec<ObjectMeta>, ArtifactError> {
        let mut all = Vec::new();
        let mut stream = self.store.list(Some(&self.prefix));
        while let Some(found) = self.next(stream.next()).await? {
            let found = found.map_err(|error| failure::told(&error, &self.place))?;
            all.push(found);
            if all.len() > 2 * MOST_MODEL_FILES {
                return Err(unclear(&self.place, &UnclearFiles::TooMany));
            }
        }
        Ok(all)
    }

    fn listed(&self, found: &ObjectMeta) -> Result<Option<Listed>, ArtifactError> {
        let key = found.location.as_ref();
        let below = match self.prefix.as_ref() {
            "" => Some(key),
            prefix => key.strip_prefix(prefix).and_then(|rest| match rest {
                "" => Some(""),
                rest => rest.strip_prefix('/'),
            }),
        };
        match below {
            // The mark of the folder itself, which consoles put there.
            Some("") if found.size == 0 => Ok(None),
            Some(path) if !path.is_empty() => Ok(Some(Listed {
                path: path.to_owned(),
                bytes: found.size,
                mark: found.e_tag.clone().unwrap_or_default(),
            })),
            _ => {
                let reason = format!("`{}` is not below it", key.escape_debug());
                Err(unclear(&self.place, &reason))
            }
        }
    }

    async fn read(&self, file: &Listed, place: &str) -> Result<ModelFile, ArtifactError> {
        let path = key(&format!("{}/{}", self.prefix, file.path), place)?;
        let told = |error: &object_store::Error| failure::told(error, place);
        let found = self.next(self.store.get(&path)).await?;
        let found = found.map_err(|error| told(&error))?;
        let mark = found.meta.e_tag.clone().unwrap_or_default();
        if found.meta.size != file.bytes || mark != file.mark {
            return Err(ArtifactError::Changed {
                place: place.to_owned(),
                reason: "it is not the object that was listed".to_owned(),
            });
        }
        let mut tally = Tally::default();
        let mut stream = found.into_stream();
        while let Some(bytes) = self.next(stream.next()).await? {
            tally.add(&bytes.map_err(|error| told(&error))?);
            if tally.bytes > file.bytes {
                break;
            }
        }
        Ok(tally.file(&file.path))
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        // Without waiting: a name server that hangs must not hold up the exit.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn broken(place: &str, reason: &dyn std::fmt::Display) -> ArtifactError {
    ArtifactError::Unreachable {
        place: place.to_owned(),
        reason: reason.to_string(),
    }
}

impl model::Shelf for Shelf {
    fn list(&self) -> Result<Vec<Listed>, ArtifactError> {
        let mut listed = Vec::new();
        for found in self.within(self.keys())? {
            listed.extend(self.listed(&found)?);
        }
        Ok(without_marks(listed))
    }

    fn digest(&self, file: &Listed) -> Result<ModelFile, ArtifactError> {
        let place = format!("{}/{}", self.place, file.path);
        self.within(self.read(file, &place))
    }
}

/// Without the empty objects that stand for folders: an object store has none of its own.
fn without_marks(mut listed: Vec<Listed>) -> Vec<Listed> {
    let folders: std::collections::BTreeSet<String> = listed
        .iter()
        .flat_map(|file| {
            let ends = file.path.match_indices('/');
            ends.filter_map(|(at, _)| file.path.get(..at).map(str::to_owned))
        })
        .collect();
    listed.retain(|file| file.bytes > 0 || !folders.contains(&file.path));
    listed
}

fn key(path: &str, place: &str) -> Result<Path, ArtifactError> {
    Path::parse(path.trim_start_matches('/')).map_err(|_| ArtifactError::UnsafePath {
        path: place.to_owned(),
        reason: "an object store has no such key".to_owned(),
    })
}
