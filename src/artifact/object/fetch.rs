//! Getting and putting one object, whole, in bounded time and memory.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{GetResult, ObjectStore, ObjectStoreExt as _, PutPayload};
use tokio::runtime::Builder;

use super::connect::{self, Limits};
use super::failure;
use crate::artifact::location::{Bucket, Location};
use crate::artifact::{Access, ArtifactError};
use crate::mlflow;

/// Reads one object; `None` where the store itself says that the bucket has no such key.
pub(in crate::artifact) fn read(
    location: &Location,
    bucket: &Bucket,
    limit: u64,
    access: &Access<'_>,
) -> Result<Option<Vec<u8>>, ArtifactError> {
    let object = Object::open(location, bucket, access)?;
    let question = get(object.store.as_ref(), &object.path, &object.place, limit);
    within(&object, question)
}

/// Writes one object, whole, as object stores do.
pub(in crate::artifact) fn write(
    location: &Location,
    bucket: &Bucket,
    content: &[u8],
    access: &Access<'_>,
) -> Result<(), ArtifactError> {
    let object = Object::open(location, bucket, access)?;
    let content = PutPayload::from(content.to_vec());
    let order = async {
        let put = object.store.put(&object.path, content).await;
        put.map(drop)
            .map_err(|error| failure::told(&error, &object.place))
    };
    within(&object, order)
}

/// An object that was not asked for yet.
struct Object {
    store: Box<dyn ObjectStore>,
    path: Path,
    place: String,
    limits: Limits,
    /// How much time there is.
    left: Duration,
}

impl Object {
    fn open(
        location: &Location,
        bucket: &Bucket,
        access: &Access<'_>,
    ) -> Result<Self, ArtifactError> {
        let place = location.to_string();
        let setting = |failure| ArtifactError::from_failure(&place, 0, failure);
        let environment = access.environment;
        let seconds = |name, default| mlflow::seconds(environment, name, default).map_err(setting);
        let limits = Limits {
            request: seconds("MLFLOW_HTTP_REQUEST_TIMEOUT", 30)?,
            deadline: seconds("GATEWRIGHT_HTTP_DEADLINE", 120)?,
            retries: mlflow::retries(environment).map_err(setting)?,
        };
        let started = access.started.get_or_init(Instant::now);
        let left = limits.deadline.saturating_sub(started.elapsed());
        let path =
            Path::parse(location.inner.join("/")).map_err(|_| ArtifactError::UnsafePath {
                path: place.clone(),
                reason: "an object store has no such key".to_owned(),
            })?;
        Ok(Self {
            store: connect::connect(bucket, &limits, environment)?,
            path,
            place,
            limits,
            left,
        })
    }
}

/// Runs one question on a runtime of its own, and gives up when the time is over.
fn within<T>(
    object: &Object,
    question: impl Future<Output = Result<T, ArtifactError>>,
) -> Result<T, ArtifactError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| ArtifactError::Unreachable {
        place: object.place.clone(),
        reason: error.to_string(),
    })?;
    let outcome = runtime.block_on(async { tokio::time::timeout(object.left, question).await });
    // Without waiting: a name server that hangs must not hold up the exit.
    runtime.shutdown_background();
    outcome.unwrap_or_else(|_| {
        Err(ArtifactError::TimedOut {
            place: object.place.clone(),
            seconds: object.limits.deadline.as_secs(),
        })
    })
}

async fn get(
    store: &dyn ObjectStore,
    path: &Path,
    place: &str,
    limit: u64,
) -> Result<Option<Vec<u8>>, ArtifactError> {
    match store.get(path).await {
        Ok(found) => collect(found, place, limit).await.map(Some),
        Err(error) if failure::says_absent(&error) => Ok(None),
        Err(error) => Err(failure::told(&error, place)),
    }
}

/// The body, which has to be as long as was announced.
async fn collect(found: GetResult, place: &str, limit: u64) -> Result<Vec<u8>, ArtifactError> {
    let too_large = || ArtifactError::TooLarge {
        place: place.to_owned(),
        limit,
    };
    let announced = found.meta.size;
    if announced > limit {
        return Err(too_large());
    }
    let mut content = Vec::new();
    let mut stream = found.into_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| failure::told(&error, place))?;
        if (content.len() + chunk.len()) as u64 > limit {
            return Err(too_large());
        }
        content.extend_from_slice(&chunk);
    }
    if content.len() as u64 != announced {
        let got = content.len();
        return Err(ArtifactError::Refused {
            place: place.to_owned(),
            reason: format!("{announced} bytes were announced and {got} came"),
        });
    }
    Ok(content)
}
