//! Legacy file stores as MLflow lays them out, file by file.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The experiment that every run is in.
pub(crate) const EXPERIMENT: &str = "912868814590210904";

/// A store in a folder of a folder of its own.
pub(crate) struct FileStore {
    folder: TempDir,
    path: PathBuf,
}

impl FileStore {
    /// A folder of this name with nothing in it.
    pub(crate) fn new(name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        Self { folder, path }
    }

    /// The folder that the store's folder is in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The store's folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file of the store.
    pub(crate) fn file(&self, path: &str, content: &[u8]) -> &Self {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Registers a model without versions.
    pub(crate) fn model(&self, name: &str) -> &Self {
        self.file(
            &format!("models/{name}/meta.yaml"),
            format!("aliases: {{}}\ncreation_timestamp: 1\nname: {name}\n").as_bytes(),
        )
    }

    /// Adds a version of a model; `run` may be empty.
    pub(crate) fn version(&self, model: &str, number: u64, run: &str) -> &Self {
        let meta = format!(
            "aliases: []\ncreation_timestamp: 7\ncurrent_stage: None\nname: {model}\nrun_id: '{run}'\n\
             source: models:/m-1\nstatus: READY\nversion: {number}\n"
        );
        self.file(
            &format!("models/{model}/version-{number}/meta.yaml"),
            meta.as_bytes(),
        )
    }

    /// Points an alias to a version.
    pub(crate) fn alias(&self, model: &str, alias: &str, number: u64) -> &Self {
        self.file(
            &format!("models/{model}/aliases/{alias}"),
            number.to_string().as_bytes(),
        )
    }

    /// Adds a finished run without anything in it.
    pub(crate) fn run(&self, id: &str) -> &Self {
        let meta = format!(
            "artifact_uri: /srv/{id}/artifacts\nend_time: 20\nexperiment_id: '{EXPERIMENT}'\n\
             lifecycle_stage: active\nrun_id: {id}\nrun_name: r\nstart_time: 10\nstatus: 3\ntags: []\n"
        );
        self.of_run(id, "meta.yaml", meta.as_bytes())
    }

    /// Writes a file of a run.
    pub(crate) fn of_run(&self, id: &str, path: &str, content: &[u8]) -> &Self {
        self.file(&format!("{EXPERIMENT}/{id}/{path}"), content)
    }
}
