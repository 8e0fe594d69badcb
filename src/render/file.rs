//! Every file of a process.

use std::collections::BTreeMap;

use super::bundle;
use super::error::RenderError;
use super::print::{AZURE, GITHUB, azure_pipeline, github_workflow};
use crate::plan::{GithubTarget, Process, azure, github};

/// The folders that generated files are written to, from the repository root.
pub const FOLDERS: [&str; 2] = [".azure/pipelines", ".github/workflows"];

/// A file to write: what it is made from, where it goes, what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// From the repository root, with `/`.
    pub path: String,
    /// The template it was printed with.
    pub template: &'static str,
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

/// Every file of a process, in the order of their paths. Pins that stand on disk are kept.
///
/// # Errors
/// [`RenderError`], when a file is not what was planned. Then there is none.
pub fn files(process: &Process, on_disk: &PinsOnDisk) -> Result<Vec<RenderedFile>, RenderError> {
    let mut files = Vec::new();
    for pipeline in &process.pipelines {
        if let Some(target) = &process.github {
            let path = github::path(process, pipeline.kind);
            let on_disk = on_disk.get(&path).map(Vec::as_slice).unwrap_or_default();
            let target = GithubTarget {
                pins: target.pins.keeping(on_disk),
                ..target.clone()
            };
            let body = github_workflow(&path, &github::workflow(process, &target, pipeline))?;
            files.push(RenderedFile {
                path,
                template: GITHUB,
                body,
                kept_pins: target.pins.kept(),
            });
        }
        if let Some(target) = &process.azure {
            let path = azure::path(process, pipeline.kind);
            let body = azure_pipeline(&path, &azure::pipeline(process, target, pipeline))?;
            files.push(RenderedFile {
                path,
                template: AZURE,
                body,
                kept_pins: Vec::new(),
            });
        }
    }
    files.extend(bundle::files(process)?);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}
