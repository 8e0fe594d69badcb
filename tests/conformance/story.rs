//! The story that `tests/mlflow/write_evidence_store.py` tells, written once for all tests of this
//! binary by each MLflow.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::tools::{python, repository, succeed, tool};

/// A store that MLflow wrote, and what MLflow says it wrote.
pub(crate) struct Story {
    folder: TempDir,
    pub(crate) account: Value,
}

impl Story {
    /// The story as the current MLflow tells it; `None` where MLflow is missing.
    pub(crate) fn current() -> Option<&'static Self> {
        static STORY: OnceLock<Option<Story>> = OnceLock::new();
        STORY.get_or_init(|| Self::write("3.17.2")).as_ref()
    }

    /// Lets one version of MLflow write the story.
    pub(crate) fn write(version: &str) -> Option<Self> {
        let (python, packages) = match version {
            "3.17.2" => (python()?, None),
            older => (
                tool("mlflow-older/bin/python")?,
                Some(tool(&format!("mlflow-older/{older}"))?),
            ),
        };
        let folder = TempDir::new().unwrap();
        let mut command = Command::new(python);
        if let Some(packages) = packages {
            command.env("PYTHONPATH", packages);
        }
        command
            .arg(repository().join("tests/mlflow/write_evidence_store.py"))
            .arg(format!(
                "sqlite:///{}",
                folder.path().join("mlflow.db").display()
            ))
            .env_remove("MLFLOW_TRACKING_URI")
            .current_dir(folder.path());
        let account: Value = serde_json::from_slice(&succeed(&mut command).stdout).unwrap();
        assert_eq!(account["mlflow"], version);
        Some(Self { folder, account })
    }

    /// Where the store is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The store's URI.
    pub(crate) fn uri(&self) -> String {
        format!("sqlite:///{}", self.database().display())
    }

    /// The store's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder().join("mlflow.db")
    }
}
