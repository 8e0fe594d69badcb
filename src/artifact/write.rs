//! The one way to write an artifact.
//!
//! The one decision here: whole or not at all, and only where the artifacts of the run belong. A
//! folder that is not on this machine is not made up: what is written there, nobody would find.

use super::location::Root;
use super::{Access, ArtifactError, Location, local_write, object, proxy};

/// The largest file that is written, in bytes. A decision has some ten kilobytes.
pub const LARGEST_WRITTEN: u64 = 16 << 20;

/// Writes the file at `path` below `location`, over whatever is there.
///
/// # Errors
/// [`ArtifactError`] when it was not written, or when nobody said that it was: writing it again does
/// no harm.
pub fn write(
    location: &Location,
    path: &str,
    content: &[u8],
    access: &Access<'_>,
) -> Result<(), ArtifactError> {
    let file = location.join(path)?;
    if path.is_empty() || path.ends_with('/') || file.inner.len() == location.inner.len() {
        return Err(ArtifactError::UnsafePath {
            path: file.to_string(),
            reason: "it names no file".to_owned(),
        });
    }
    if content.len() as u64 > LARGEST_WRITTEN {
        return Err(ArtifactError::TooLarge {
            place: file.to_string(),
            limit: LARGEST_WRITTEN,
        });
    }
    access
        .observer
        .detail(|| format!("writing the file {file}, {} bytes", content.len()));
    let written = match &file.root {
        Root::Folder(folder) => local_write::write(&access.folder(folder), &file.inner, content),
        Root::Service(server) => proxy::write(&file, server, content, access),
        Root::Bucket(bucket) => object::write(&file, bucket, content, access),
    };
    written.map_err(ArtifactError::writing)
}
