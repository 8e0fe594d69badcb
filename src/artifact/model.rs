//! Every file of a model by digest, wherever the model is.
//!
//! The one decision here: bytes pass through and are not kept, and the list is asked for twice. What
//! a model was while some of it was replaced is nothing that anybody can sign.

use std::time::{Duration, Instant};

use super::location::Root;
use super::tally::Listed;
use super::{Access, ArtifactError, Location, local, object, proxy};
use crate::evidence::{ModelFile, ModelFiles, require_clear};
use crate::mlflow;
use crate::observer::Observer;

/// The largest model that is read, all files together, in bytes.
pub const LARGEST_MODEL: u64 = 256 << 30;

/// The variable that says how many seconds reading the files of a model may take.
const DEADLINE: &str = "GATEWRIGHT_MODEL_DEADLINE";

/// How long that is where nobody says anything, in seconds.
const DEFAULT_DEADLINE: u64 = 3600;

/// Where the files of a model are listed and read.
pub(super) trait Shelf {
    /// The files, in any order.
    fn list(&self) -> Result<Vec<Listed>, ArtifactError>;

    /// Reads one of them.
    fn digest(&self, file: &Listed) -> Result<ModelFile, ArtifactError>;
}

/// When reading has to be done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    /// The moment.
    pub(super) end: Instant,
    /// How long that was from the beginning.
    pub(super) total: Duration,
}

impl Deadline {
    /// The time that is left.
    ///
    /// # Errors
    /// [`ArtifactError::TimedOut`] where none is.
    pub(super) fn left(&self, place: &str) -> Result<Duration, ArtifactError> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ArtifactError::TimedOut {
                place: place.to_owned(),
                seconds: self.total.as_secs(),
            });
        }
        Ok(left)
    }
}

/// Lists and reads every file below `location`, of `limit` bytes at most together. Memory does not
/// grow with the files. The variable `GATEWRIGHT_MODEL_DEADLINE` bounds the time, in seconds.
///
/// # Errors
/// [`ArtifactError`] when somebody could not be asked, when the files are too many or too large,
/// when a path leads out of the model or can be read in two ways, and when anything changed
/// meanwhile.
pub fn model_files(
    location: &Location,
    limit: u64,
    access: &Access<'_>,
) -> Result<ModelFiles, ArtifactError> {
    let place = location.to_string();
    let total = mlflow::seconds(access.environment, DEADLINE, DEFAULT_DEADLINE)
        .map_err(|failure| ArtifactError::from_failure(&place, limit, failure))?;
    let deadline = Deadline {
        end: Instant::now() + total,
        total,
    };
    match &location.root {
        Root::Folder(folder) => {
            let shelf = local::Shelf::open(&access.base.join(folder), &location.inner, deadline)?;
            read(&shelf, &place, limit, &access.observer)
        }
        Root::Service(server) => {
            let shelf = proxy::Shelf::open(location, server, access, deadline)?;
            read(&shelf, &place, limit, &access.observer)
        }
        Root::Bucket(bucket) => {
            let shelf = object::Shelf::open(location, bucket, access, deadline)?;
            read(&shelf, &place, limit, &access.observer)
        }
    }
}

fn read(
    shelf: &impl Shelf,
    place: &str,
    limit: u64,
    observer: &Observer,
) -> Result<ModelFiles, ArtifactError> {
    let listed = list(shelf, place)?;
    let sum = listed
        .iter()
        .try_fold(0_u64, |sum, file| sum.checked_add(file.bytes));
    if sum.is_none_or(|sum| sum > limit) {
        let place = place.to_owned();
        return Err(ArtifactError::TooLarge { place, limit });
    }
    let mut files = Vec::with_capacity(listed.len());
    for file in &listed {
        observer.detail(|| {
            let Listed { path, bytes, .. } = file;
            format!("reading the file {place}/{path}, {bytes} bytes")
        });
        let read = shelf.digest(file)?;
        if read.bytes != file.bytes {
            return Err(ArtifactError::Changed {
                place: format!("{place}/{}", file.path),
                reason: format!("it had {} bytes, and {} came", file.bytes, read.bytes),
            });
        }
        files.push(read);
    }
    if let Some(reason) = difference(&listed, &list(shelf, place)?) {
        let place = place.to_owned();
        return Err(ArtifactError::Changed { place, reason });
    }
    ModelFiles::new(files).map_err(|error| unclear(place, &error))
}

/// The list, in order, if it is one.
fn list(shelf: &impl Shelf, place: &str) -> Result<Vec<Listed>, ArtifactError> {
    let mut listed = shelf.list()?;
    require_clear(listed.iter().map(|file| file.path.as_str()))
        .map_err(|error| unclear(place, &error))?;
    listed.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(listed)
}

/// What happened between two lists.
fn difference(before: &[Listed], after: &[Listed]) -> Option<String> {
    let gone = before.iter().find(|file| !after.contains(file));
    let come = after.iter().find(|file| !before.contains(file));
    let file = gone.or(come)?;
    Some(format!("`{}` is not what it was", file.path))
}

/// What [`ArtifactError::Unclear`] says of a model.
pub(super) fn unclear(place: &str, reason: &dyn std::fmt::Display) -> ArtifactError {
    ArtifactError::Unclear {
        place: place.to_owned(),
        reason: reason.to_string(),
    }
}
