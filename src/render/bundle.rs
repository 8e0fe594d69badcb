//! The files of a bundle: beside the spec, because what they deploy lies there.

use super::error::RenderError;
use super::file::{RenderedFile, described};
use super::print;
use super::templates::Templates;
use crate::plan::Process;

/// The file that a task runs gatewright with: the same for every project.
const LAUNCHER: &str = include_str!("../../workflow-templates/databricks/gatewright_task.py");

/// Where it is written, beside the spec.
const LAUNCHER_PATH: &str = "resources/gatewright_task.py";

/// The bundle.
const MAIN: &str = "databricks.yml";

/// The bundle of what needs a live model.
const SERVING: &str = "serving/databricks.yml";

/// What a bundle may have written beside the spec at `spec_path`: a folder whose files are looked
/// through, and files by name. Paths are from the repository root.
#[must_use]
pub fn beside(spec_path: &str) -> (String, [String; 2]) {
    let within = |name: &str| within(spec_path.rsplit_once('/').map(|(folder, _)| folder), name);
    let files = [MAIN, SERVING].map(within);
    (within("resources"), files)
}

/// What a bundle may have written, as patterns of paths that git reads.
pub const BUNDLE_PATTERNS: [&str; 4] = [
    MAIN,
    "resources/*.yml",
    "resources/*.yaml",
    "resources/*.py",
];

/// Whether a file at this path may have been written for a bundle.
#[must_use]
pub fn may_be_of_bundle(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_resource = || {
        let extensions = [".yml", ".yaml", ".py"];
        extensions.iter().any(|extension| name.ends_with(extension))
    };
    name == MAIN || (folder.rsplit('/').next() == Some("resources") && is_resource())
}

/// The paths of every file of a project's bundle.
pub(super) fn paths(process: &Process) -> impl Iterator<Item = String> {
    let bundles = process.bundles.iter();
    let names = bundles.flat_map(|bundles| {
        let resources = bundles.resources.iter().map(|(name, _)| name.as_str());
        let serving = bundles.serving.as_ref().map(|_| SERVING);
        let launcher = bundles.runs_gatewright.then_some(LAUNCHER_PATH);
        resources.chain([MAIN]).chain(serving).chain(launcher)
    });
    names.map(|name| within(process.folder.as_deref(), name))
}

/// Every file of a project's bundle.
pub(super) fn files(
    process: &Process,
    templates: &Templates,
) -> Result<Vec<RenderedFile>, RenderError> {
    let Some(bundles) = &process.bundles else {
        return Ok(Vec::new());
    };
    let within = |name: &str| within(process.folder.as_deref(), name);
    let mut files = Vec::new();
    let serving = bundles.serving.as_ref().map(|one| (SERVING, one));
    for (name, bundle) in [(MAIN, &bundles.main)].into_iter().chain(serving) {
        let path = within(name);
        let body = print::bundle(&path, bundle, templates)?;
        files.push(file(path, described(print::BUNDLE, templates), body));
    }
    for (name, resources) in &bundles.resources {
        let path = within(name);
        let body = print::resource_file(&path, resources, templates)?;
        files.push(file(path, described(print::RESOURCES, templates), body));
    }
    if bundles.runs_gatewright {
        let path = within(LAUNCHER_PATH);
        files.push(file(
            path,
            "databricks/gatewright_task".to_owned(),
            LAUNCHER.to_owned(),
        ));
    }
    Ok(files)
}

fn file(path: String, template: String, body: String) -> RenderedFile {
    RenderedFile {
        path,
        template,
        body,
        kept_pins: Vec::new(),
    }
}

fn within(folder: Option<&str>, name: &str) -> String {
    folder.map_or_else(|| name.to_owned(), |folder| format!("{folder}/{name}"))
}
