//! Templates of the users' own, read once for each folder.

use std::collections::BTreeMap;
use std::path::Path;

use super::project::Project;
use crate::error::Error;
use crate::render::{RenderError, Templates};
use crate::tree;

/// The templates of each folder that a spec names.
pub(super) struct Overlays {
    built_in: Templates,
    by_folder: BTreeMap<String, Templates>,
}

impl Overlays {
    /// Reads the folders of all projects below `root`.
    pub(super) fn read(root: &Path, projects: &[Project]) -> Result<Self, Error> {
        let mut by_folder = BTreeMap::new();
        for folder in projects.iter().filter_map(|one| one.ci.templates.as_ref()) {
            if !by_folder.contains_key(folder) {
                by_folder.insert(folder.clone(), read(root, folder)?);
            }
        }
        Ok(Self {
            built_in: Templates::default(),
            by_folder,
        })
    }

    /// The templates in a folder, or the built-in ones.
    pub(super) fn of(&self, folder: Option<&str>) -> &Templates {
        let own = folder.and_then(|folder| self.by_folder.get(folder));
        own.unwrap_or(&self.built_in)
    }
}

fn read(root: &Path, folder: &str) -> Result<Templates, Error> {
    let Some(texts) = tree::texts(root, folder)? else {
        return Err(Error::usage(
            format!("`ci.templates` names `{folder}`, and there is no such folder"),
            format!("`gatewright templates eject NAME --to {folder}` puts a template there"),
        ));
    };
    Templates::overlaid(folder, texts).map_err(|error| failed(error, Some(folder)))
}

/// What a user's own template did is theirs to mend; what a built-in one did is ours.
pub(super) fn failed(error: RenderError, folder: Option<&str>) -> Error {
    let (Some(folder), message) = (folder, error.to_string()) else {
        return Error::Internal(error.to_string());
    };
    let help = match error {
        RenderError::Template(fault) => match fault.near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`gatewright templates show NAME` prints the built-in one".to_owned(),
        },
        _ => format!(
            "a template in `{folder}` prints something else than was planned; it may change \
             comments and layout, and the spec changes the rest"
        ),
    };
    Error::usage(message, help)
}
