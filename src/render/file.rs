//! Every file of a process.

use std::collections::BTreeMap;

use super::bundle;
use super::error::RenderError;
use super::print::{AZURE, GITHUB, azure_pipeline, github_workflow};
use super::templates::Templates;
use crate::plan::{GithubTarget, Process, azure, github};

/// The folders that generated files are written to, from the repository root.
pub const FOLDERS: [&str; 2] = [".azure/pipelines", ".github/workflows"];

/// A file to write: what it is made from, where it goes, what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// From the repository root, with `/`.
    pub path: String,
    /// The template it was printed with, and where a user's own had a part in it, their folder.
    pub template: String,
    /// The text, without the header that says where it comes from.
    pub body: String,
    /// The pins that are kept from disk, as `owner/name version`.
    pub kept_pins: Vec<String>,
}

/// What `uses:` lines of files on disk say: by path, `owner/name` and `<commit> # <version>`.
pub type PinsOnDisk = BTreeMap<String, Vec<(String, String)>>;

/// The paths of every file of a process, in order.
#[must_use]
pub fn paths(process: &Process) -> Vec<String> {
    let mut paths = Vec::new();
    for pipeline in &process.pipelines {
        let github = process.github.as_ref();
        paths.extend(github.map(|_| github::path(process, pipeline.kind)));
        let azure = process.azure.as_ref();
        paths.extend(azure.map(|_| azure::path(process, pipeline.kind)));
    }
    paths.extend(bundle::paths(process));
    paths.sort();
    paths
}

/// Every file of a process, in the order of their paths, printed with these templates. Pins that
/// stand on disk are kept.
///
/// # Errors
/// [`RenderError`], when a file is not what was planned. Then there is none.
pub fn files(
    process: &Process,
    on_disk: &PinsOnDisk,
    templates: &Templates,
) -> Result<Vec<RenderedFile>, RenderError> {
    let mut files = Vec::new();
    for pipeline in &process.pipelines {
        if let Some(target) = &process.github {
            let path = github::path(process, pipeline.kind);
            let on_disk = on_disk.get(&path).map(Vec::as_slice).unwrap_or_default();
            let target = GithubTarget {
                pins: target.pins.keeping(on_disk),
                ..target.clone()
            };
            let workflow = github::workflow(process, &target, pipeline);
            let body = github_workflow(&path, &workflow, templates)?;
            files.push(RenderedFile {
                path,
                template: described(GITHUB, templates),
                body,
                kept_pins: target.pins.kept(),
            });
        }
        if let Some(target) = &process.azure {
            let path = azure::path(process, pipeline.kind);
            let pipeline = azure::pipeline(process, target, pipeline);
            let body = azure_pipeline(&path, &pipeline, templates)?;
            files.push(RenderedFile {
                path,
                template: described(AZURE, templates),
                body,
                kept_pins: Vec::new(),
            });
        }
    }
    files.extend(bundle::files(process, templates)?);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// The template, and where a user's own has a part in it, their folder.
pub(super) fn described(template: &str, templates: &Templates) -> String {
    match templates.overlay(template) {
        Some(folder) => format!("{template} overlay={folder}"),
        None => template.to_owned(),
    }
}
