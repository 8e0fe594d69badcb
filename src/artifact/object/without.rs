//! What a build without object stores says about them.

use crate::artifact::location::{Bucket, Location};
use crate::artifact::{Access, ArtifactError};

/// Always an error.
pub(in crate::artifact) fn read(
    location: &Location,
    _bucket: &Bucket,
    _limit: u64,
    _access: &Access<'_>,
) -> Result<Option<Vec<u8>>, ArtifactError> {
    Err(ArtifactError::Unsupported {
        uri: location.to_string(),
        help: "this gatewright was built without the feature `object-stores`".to_owned(),
    })
}
