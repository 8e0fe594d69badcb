//! One typed workflow or pipeline to the body of its file, proven.

use minijinja::Environment;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::RenderError;
use super::template;
use super::verify::verify;
use crate::plan::{azure, github};

/// The template of GitHub workflows.
pub(super) const GITHUB: &str = "github/workflow";

/// The template of Azure pipelines.
pub(super) const AZURE: &str = "azure/pipeline";

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
