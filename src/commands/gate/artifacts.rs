//! Files that MLflow keeps: a model's `MLmodel`, logged tables.
//!
//! The one decision here: a URI that names a run or a logged model is looked up in the store first.
//! What cannot be looked up, or not be read, is an error and never an absence.

use std::path::Path;

use crate::artifact::{
    Access, ArtifactError, LARGEST_MODEL, LARGEST_MODEL_FILE, LARGEST_TABLE, Location, Reference,
    model_files, read,
};
use crate::evidence::{File, ModelFiles, Subject, Wanted};
use crate::gate::need::MODEL_FILE;
use crate::gather::GatherError;
use crate::observer::Observer;
use crate::store::Store;

/// The artifacts behind a tracking store.
pub(in crate::commands) struct Artifacts<'a> {
    store: &'a dyn Store,
    access: Access<'a>,
}

impl<'a> Artifacts<'a> {
    /// The artifacts behind `store`, which is at `tracking_uri`. Relative locations start from
    /// `folder`.
    pub(in crate::commands) fn of(
        store: &'a dyn Store,
        tracking_uri: &'a str,
        folder: &'a Path,
        environment: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self {
            store,
            access: Access::new(folder, tracking_uri, environment),
        }
    }

    /// The same artifacts; somebody is told of every file that is read.
    pub(in crate::commands) fn observed(mut self, observer: &Observer) -> Self {
        self.access = self.access.observed(observer);
        self
    }

    /// Reads a text below a location as MLflow spells it.
    pub(in crate::commands) fn read(
        &self,
        location: &str,
        path: &str,
    ) -> Result<File, GatherError> {
        let limit = if path == MODEL_FILE {
            LARGEST_MODEL_FILE
        } else {
            LARGEST_TABLE
        };
        let location = self.locate(location)?;
        let bytes = read(&location, path, limit, &self.access).map_err(|error| broken(&error))?;
        let Some(bytes) = bytes else {
            return Ok(File::Absent);
        };
        let text = String::from_utf8(bytes).map_err(|_| GatherError::File {
            message: format!("cannot read the artifact `{path}`: it is not UTF-8"),
            help: "log it again as text".to_owned(),
        })?;
        Ok(File::Text(text))
    }

    /// Reads every file of a version's model. The version's source alone says where they are: a
    /// logged model is looked up by it, whoever asks.
    pub(super) fn model_files(&self, subject: &Subject) -> Result<ModelFiles, GatherError> {
        let Some(version) = &subject.version else {
            return Err(GatherError::Candidate {
                message: format!(
                    "{} is no version, so nobody knows its model",
                    subject.name()
                ),
                help: "register the model, and judge the version; or leave `--model-files` out"
                    .to_owned(),
            });
        };
        let location = &version.source;
        let location = self.locate(location)?;
        model_files(&location, LARGEST_MODEL, &self.access).map_err(|error| GatherError::File {
            message: format!("failed to read the files of the model: {error}"),
            help: error.help(),
        })
    }

    fn locate(&self, uri: &str) -> Result<Location, GatherError> {
        let reference = Reference::parse(uri).map_err(|error| broken(&error))?;
        let (place, path) = match reference {
            None => (Some(uri.to_owned()), String::new()),
            Some(Reference::Run { id, path }) => (self.run(&id)?, path),
            Some(Reference::LoggedModel { id, path }) => (self.logged_model(&id)?, path),
        };
        let place = place.ok_or_else(|| GatherError::File {
            message: format!("nobody knows where the artifacts of `{uri}` are"),
            help:
                "the store has no such run or logged model: restore it, or register the model again"
                    .to_owned(),
        })?;
        let location = Location::parse(&place).map_err(|error| broken(&error))?;
        if path.is_empty() {
            return Ok(location);
        }
        location.join(&path).map_err(|error| broken(&error))
    }

    fn run(&self, id: &str) -> Result<Option<String>, GatherError> {
        let found = self.store.read(&Wanted {
            runs: [id.to_owned()].into(),
            ..Wanted::default()
        })?;
        Ok(found.runs.get(id).map(|run| run.artifact_uri.clone()))
    }

    fn logged_model(&self, id: &str) -> Result<Option<String>, GatherError> {
        let found = self.store.read(&Wanted {
            logged_models: [id.to_owned()].into(),
            ..Wanted::default()
        })?;
        let model = found.logged_models.get(id);
        Ok(model.map(|model| model.artifact_location.clone()))
    }
}

fn broken(error: &ArtifactError) -> GatherError {
    GatherError::File {
        message: format!("failed to read the artifact: {error}"),
        help: error.help(),
    }
}
