//! The store behind a path or a `file:` URI.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::folder::{Folder, MEDIUM};
use super::runs::{META, MODELS};
use crate::evidence::{Found, Ledger, ModelVersion, Wanted};
use crate::store::{Selector, Store, StoreError};

/// A folder that MLflow kept runs and models in.
pub(crate) struct FileStore {
    root: PathBuf,
    path: String,
}

impl FileStore {
    /// Looks at the folder at `path`; links in this path are followed, and none below it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no folder with an experiment or a registered model
    /// in it, and [`StoreError::Unreadable`].
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let shown = path.display().to_string();
        let missing = || StoreError::Missing {
            path: shown.clone(),
        };
        let unreadable = |reason: String| StoreError::Unreadable {
            path: shown.clone(),
            reason,
        };
        let root = match fs::canonicalize(path) {
            Ok(root) => root,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing()),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        if !root.is_dir() {
            return Err(unreadable("it is not a folder".to_owned()));
        }
        // MLflow's default folder for artifacts has the same name, and its folders have no
        // description: taking it for a store would answer "no such model".
        let is_store = {
            let folder = Folder::new(&root, &shown);
            let models = folder.folders(Path::new(MODELS))?.into_iter();
            let models = models.map(|name| Path::new(MODELS).join(name));
            let mut described = false;
            for place in folder.experiments()?.into_iter().chain(models) {
                described = folder.text(&place.join(META), MEDIUM)?.is_some();
                if described {
                    break;
                }
            }
            described
        };
        if !is_store {
            return Err(missing());
        }
        Ok(Self { root, path: shown })
    }

    fn folder(&self) -> Folder<'_> {
        Folder::new(&self.root, &self.path)
    }
}

impl Store for FileStore {
    fn location(&self) -> &str {
        &self.path
    }

    fn versions(
        &self,
        model: &str,
        selectors: &[Selector],
    ) -> Result<Vec<Option<ModelVersion>>, StoreError> {
        let folder = self.folder();
        let model = folder.model(model)?;
        let resolve = |selector: &Selector| match selector {
            Selector::Alias(alias) => folder.by_alias(&model, alias),
            Selector::Number(number) => folder.by_number(&model, *number),
            Selector::Newest { tag, value } => folder.newest(&model, tag, value),
        };
        selectors.iter().map(resolve).collect()
    }

    fn ledger(&self, model: &str) -> Result<Ledger, StoreError> {
        let folder = self.folder();
        folder.ledger(&folder.model(model)?)
    }

    fn read(&self, wanted: &Wanted) -> Result<Found, StoreError> {
        let folder = self.folder();
        let mut places = BTreeMap::new();
        for run in wanted.runs.iter().chain(wanted.of_runs()) {
            if !places.contains_key(run) {
                places.insert(run, folder.run_folder(run)?);
            }
        }
        let place = |run: &String| places.get(run).map_or(Path::new(""), PathBuf::as_path);
        let mut found = Found::default();
        for run in &wanted.runs {
            found.runs.insert(run.clone(), folder.run(run, place(run))?);
        }
        for id in &wanted.logged_models {
            let model = folder.logged_model(id)?;
            found
                .logged_models
                .extend(model.map(|model| (id.clone(), model)));
        }
        for (run, metrics) in &wanted.histories {
            let histories = folder.histories(place(run), metrics)?;
            found.histories.insert(run.clone(), histories);
        }
        for run in &wanted.children_of {
            let children = folder.children(run, place(run))?;
            found.children.insert(run.clone(), children);
        }
        for run in &wanted.assessments_of {
            let assessments = folder.assessments(run, place(run))?;
            found.assessments.insert(run.clone(), assessments);
        }
        Ok(found)
    }
}
