//! What was judged, by which spec, from which stores.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest::sha256;
use crate::evidence::{File, ModelFiles, Run, Subject};
use crate::gate::need::MODEL_FILE;

/// A file that a judgement goes by: the spec, the waivers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// Its path from the repository root.
    pub path: String,
    /// `sha256:` and the digest of its bytes.
    pub digest: String,
}

/// The stores that were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreRecord {
    /// The tracking store, where runs and metrics are.
    pub tracking: String,
    /// The registry, where versions and aliases are.
    pub registry: String,
}

/// A version of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VersionRecord {
    /// The version number; `null` for a run that is not registered.
    pub version: Option<u64>,
    /// How it was found: `alias challenger`, `version 7`.
    pub found_by: String,
    /// The run that made it, whose metrics were read.
    pub run_id: Option<String>,
    /// Where its files are.
    pub source: String,
    /// The commit it was trained from, when MLflow knew it.
    pub commit: Option<String>,
    /// `sha256:` and the digest of its `MLmodel` file, when a check made the gate read it.
    pub model_file: Option<String>,
    /// The model's files, where the gate was asked to look at all of them (`--model-files`, or
    /// `promotion.require_attestation` in the spec).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<FilesRecord>,
}

/// The files of a model, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilesRecord {
    /// The model digest: `sha256:` and the digest of the manifest, which has a line for each file,
    /// as `sha256sum` prints it, in the order of the bytes of their paths.
    pub digest: String,
    /// How many files there are.
    pub count: usize,
    /// How many bytes they have together.
    pub bytes: u64,
    /// The files themselves, for reports that name each.
    #[serde(skip)]
    #[schemars(skip)]
    pub files: ModelFiles,
}

impl FilesRecord {
    /// Records the files of a model.
    #[must_use]
    pub fn of(files: &ModelFiles) -> Self {
        Self {
            digest: sha256(files.manifest().as_bytes()),
            count: files.files().len(),
            bytes: files.bytes(),
            files: files.clone(),
        }
    }
}

impl VersionRecord {
    /// Records a version (or a bare run).
    #[must_use]
    pub fn of(subject: &Subject) -> Self {
        let version = subject.version.as_ref();
        let run = subject.run.as_ref();
        Self {
            version: version.map(|version| version.number),
            found_by: subject.found_by.clone(),
            run_id: run
                .map(|run| run.id.clone())
                .or_else(|| version.and_then(|version| version.run_id.clone())),
            source: version.map_or_else(String::new, |version| version.source.clone()),
            commit: run.and_then(Run::commit).map(str::to_owned),
            model_file: match subject.files.get(MODEL_FILE) {
                Some(File::Text(text)) => Some(sha256(text.as_bytes())),
                Some(File::Absent) | None => None,
            },
            files: subject.model_files.as_ref().map(FilesRecord::of),
        }
    }

    /// What reports call it: `version 7`, or `run 0f3...`.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.version, &self.run_id) {
            (Some(version), _) => format!("version {version}"),
            (None, Some(run)) => format!("run {run}"),
            (None, None) => "nothing".to_owned(),
        }
    }
}
