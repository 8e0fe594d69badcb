//! One typed workflow or pipeline to the body of its file, proven.

use minijinja::value::{Serde, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::RenderError;
use super::templates::Templates;
use super::verify::verify;
use crate::plan::{azure, databricks, github};

/// The template of GitHub workflows.
pub(super) const GITHUB: &str = "github/workflow";

/// The template of Azure pipelines.
pub(super) const AZURE: &str = "azure/pipeline";

/// The template of a bundle's `databricks.yml`.
pub(super) const BUNDLE: &str = "databricks/bundle";

/// The template of the files of a bundle's `resources/`.
pub(super) const RESOURCES: &str = "databricks/file";

/// The text of a workflow.
///
/// # Errors
/// [`RenderError`], when the text is not what was planned.
pub fn github_workflow(
    file: &str,
    workflow: &github::Workflow,
    templates: &Templates,
) -> Result<String, RenderError> {
    body(file, (GITHUB, "workflow"), workflow, templates)
}

/// The text of a pipeline.
///
/// # Errors
/// [`RenderError`], when the text is not what was planned.
pub fn azure_pipeline(
    file: &str,
    pipeline: &azure::Pipeline,
    templates: &Templates,
) -> Result<String, RenderError> {
    body(file, (AZURE, "pipeline"), pipeline, templates)
}

/// The text of a `databricks.yml`.
///
/// # Errors
/// [`RenderError`], when the text is not what was planned.
pub fn bundle(
    file: &str,
    bundle: &databricks::Bundle,
    templates: &Templates,
) -> Result<String, RenderError> {
    body(file, (BUNDLE, "bundle"), bundle, templates)
}

/// The text of a file of `resources/`.
///
/// # Errors
/// [`RenderError`], when the text is not what was planned.
pub fn resource_file(
    file: &str,
    resources: &databricks::ResourceFile,
    templates: &Templates,
) -> Result<String, RenderError> {
    body(file, (RESOURCES, "file"), resources, templates)
}

fn body<T>(
    file: &str,
    (template, name): (&str, &'static str),
    typed: &T,
    templates: &Templates,
) -> Result<String, RenderError>
where
    T: Serialize + DeserializeOwned + PartialEq,
{
    let values = Value::from_pairs([(name, Value::from(Serde(typed)))]);
    let mut body = templates.print(&format!("{template}.yml"), values)?;
    if !body.ends_with('\n') {
        body.push('\n');
    }
    verify(file, typed, &body)?;
    Ok(body)
}
