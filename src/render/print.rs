//! One typed workflow or pipeline to the body of its file, proven.

use minijinja::Environment;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::RenderError;
use super::template;
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
pub fn github_workflow(file: &str, workflow: &github::Workflow) -> Result<String, RenderError> {
    body(file, GITHUB, "workflow", workflow)
}

/// The text of a pipeline.
///
/// # Errors
/// [`RenderError`], when the text is not what was planned.
pub fn azure_pipeline(file: &str, pipeline: &azure::Pipeline) -> Result<String, RenderError> {
    body(file, AZURE, "pipeline", pipeline)
}

/// The text of a `databricks.yml`.
///
/// # Errors
/// [`RenderError`], when the text is not what was planned.
pub fn bundle(file: &str, bundle: &databricks::Bundle) -> Result<String, RenderError> {
    body(file, BUNDLE, "bundle", bundle)
}

/// The text of a file of `resources/`.
///
/// # Errors
/// [`RenderError`], when the text is not what was planned.
pub fn resource_file(
    file: &str,
    resources: &databricks::ResourceFile,
) -> Result<String, RenderError> {
    body(file, RESOURCES, "file", resources)
}

fn body<T>(file: &str, template: &str, name: &'static str, typed: &T) -> Result<String, RenderError>
where
    T: Serialize + DeserializeOwned + PartialEq,
{
    let failed = |error: &minijinja::Error| RenderError::Template {
        file: file.to_owned(),
        cause: error.to_string(),
    };
    let environment = template::environment().map_err(failed)?;
    let rendered = render(environment, template, name, typed);
    let mut body = rendered.map_err(|error| failed(&error))?;
    if !body.ends_with('\n') {
        body.push('\n');
    }
    verify(file, typed, &body)?;
    Ok(body)
}

fn render<T: Serialize>(
    environment: &Environment<'_>,
    template: &str,
    name: &'static str,
    typed: &T,
) -> Result<String, minijinja::Error> {
    let values = Value::from_pairs([(name, Value::from(Serde(typed)))]);
    environment
        .get_template(&format!("{template}.yml"))?
        .render(values)
}
