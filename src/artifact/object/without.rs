//! What a build without object stores says about them.

use crate::artifact::location::{Bucket, Location};
use crate::artifact::model::{self, Deadline};
use crate::artifact::tally::Listed;
use crate::artifact::{Access, ArtifactError};
use crate::evidence::ModelFile;

/// Always an error.
pub(in crate::artifact) fn read(
    location: &Location,
    _bucket: &Bucket,
    _limit: u64,
    _access: &Access<'_>,
) -> Result<Option<Vec<u8>>, ArtifactError> {
    Err(unsupported(location))
}

/// What no value of exists.
pub(in crate::artifact) enum Shelf {}

impl Shelf {
    /// Always an error.
    pub(in crate::artifact) fn open(
        location: &Location,
        _bucket: &Bucket,
        _access: &Access<'_>,
        _deadline: Deadline,
    ) -> Result<Self, ArtifactError> {
        Err(unsupported(location))
    }
}

impl model::Shelf for Shelf {
    fn list(&self) -> Result<Vec<Listed>, ArtifactError> {
        match *self {}
    }

    fn digest(&self, _: &Listed) -> Result<ModelFile, ArtifactError> {
        match *self {}
    }
}

/// Always an error.
pub(in crate::artifact) fn write(
    location: &Location,
    _bucket: &Bucket,
    _content: &[u8],
    _access: &Access<'_>,
) -> Result<(), ArtifactError> {
    Err(unsupported(location))
}

fn unsupported(location: &Location) -> ArtifactError {
    ArtifactError::Unsupported {
        uri: location.to_string(),
        help: "this gatewright was built without the feature `object-stores`".to_owned(),
    }
}
