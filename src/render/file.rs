//! Every file of a process.

use super::error::RenderError;
use super::print::{AZURE, GITHUB, azure_pipeline, github_workflow};
use crate::plan::{Process, azure, github};

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
}

/// Every file of a process, in the order of their paths.
///
/// # Errors
/// [`RenderError`], when a file is not what was planned. Then there is none.
pub fn files(process: &Process) -> Result<Vec<RenderedFile>, RenderError> {
    let mut files = Vec::new();
    for pipeline in &process.pipelines {
        if let Some(target) = &process.github {
            let path = github::path(process, pipeline.kind);
            let body = github_workflow(&path, &github::workflow(process, target, pipeline))?;
            files.push(RenderedFile {
                path,
                template: GITHUB,
                body,
            });
        }
        if let Some(target) = &process.azure {
            let path = azure::path(process, pipeline.kind);
            let body = azure_pipeline(&path, &azure::pipeline(process, target, pipeline))?;
            files.push(RenderedFile {
                path,
                template: AZURE,
                body,
            });
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}
