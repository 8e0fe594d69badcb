//! What the artifact service lists (`mlflow/protos/mlflow_artifacts.proto`, `ListArtifacts`).

use serde::Deserialize;

use super::Integer;

/// What a folder holds. MLflow says `{}` of an empty one, of one that is not there, and of a file.
#[derive(Debug, Deserialize)]
pub(crate) struct ArtifactsAnswer {
    /// The entries.
    #[serde(default)]
    pub(crate) files: Vec<ArtifactEntry>,
}

/// A file or a folder.
#[derive(Debug, Deserialize)]
pub(crate) struct ArtifactEntry {
    /// Its name in the folder.
    pub(crate) path: String,
    /// Whether it is a folder.
    #[serde(default)]
    pub(crate) is_dir: bool,
    /// How large a file is, in bytes. Of an empty one MLflow says nothing
    /// (`mlflow/entities/file_info.py`, `to_proto`).
    #[serde(default)]
    pub(crate) file_size: Integer,
}
