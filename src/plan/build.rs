//! From a valid spec to the plan of its pipelines.

use super::error::PlanError;
use super::pins::Pins;
use super::process::{AzureTarget, GithubTarget, Pipeline, Process};
use super::{azure, check, ci, databricks, deliver, github, monitor, patch, rollback};
use crate::spec::Spec;

/// Plans every pipeline of `spec`. A spec that wants no provider has none, whatever it holds; a
/// project that deploys nothing has neither `deliver` nor `rollback`.
///
/// # Errors
/// Everything that keeps the spec from having correct pipelines on the providers it wants.
pub fn process(spec: &Spec) -> Result<Process, Vec<PlanError>> {
    let is_wanted = spec.ci.github.is_some() || spec.ci.azure.is_some();
    let bundles = databricks::bundles(spec);
    let errors = if is_wanted || bundles.is_some() {
        check::check(spec)
    } else {
        Vec::new()
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    let github = match &spec.ci.github {
        Some(github) => Some(GithubTarget {
            runner: github.runner.clone(),
            pins: Pins::new(&github.pins)?,
        }),
        None => None,
    };
    let azure = spec.ci.azure.as_ref();
    let folder = spec
        .path
        .rsplit_once('/')
        .map(|(folder, _)| folder.to_owned());
    let mut process = Process {
        project: spec.project.clone(),
        spec_path: spec.path.clone(),
        folder,
        install: spec.ci.install.clone(),
        github,
        azure: azure.map(|azure| AzureTarget {
            vm_image: azure.vm_image.clone(),
        }),
        sources: Vec::new(),
        bundles,
        pipelines: if is_wanted {
            pipelines(spec)
        } else {
            Vec::new()
        },
    };
    process.sources = sources(&process);
    let templates = spec.ci.templates.iter();
    process.sources.extend(
        templates
            .filter(|_| process.folder.is_some())
            .map(|folder| format!("{folder}/")),
    );
    if is_wanted {
        patch::apply(&mut process, &spec.ci.patches)?;
    }
    Ok(process)
}

fn pipelines(spec: &Spec) -> Vec<Pipeline> {
    std::iter::once(ci::pipeline(spec))
        .chain(deliver::pipeline(spec))
        .chain(rollback::pipeline(spec))
        .chain(monitor::pipeline(spec))
        .collect()
}

/// A project at the root may read any file of the repository; one in a folder has that folder.
fn sources(process: &Process) -> Vec<String> {
    let Some(folder) = &process.folder else {
        return Vec::new();
    };
    let mut sources = vec![format!("{folder}/")];
    for pipeline in &process.pipelines {
        if process.github.is_some() {
            sources.push(github::path(process, pipeline.kind));
        }
        if process.azure.is_some() {
            sources.push(azure::path(process, pipeline.kind));
        }
    }
    sources
}
