//! From a valid spec to the plan of its pipelines.

use super::error::PlanError;
use super::pins::Pins;
use super::process::{AzureTarget, GithubTarget, Pipeline, Process};
use super::{
    azure, bundle, check, ci, databricks, deliver, github, graph, hook, monitor, patch, rollback,
    settings,
};
use crate::spec::Spec;

/// Plans every pipeline of `spec`, and what Databricks is to have. A spec that wants no provider has
/// no pipelines; a project that deploys nothing has neither `deliver` nor `rollback`.
///
/// # Errors
/// Everything that keeps the spec from having correct pipelines on the providers it wants, and
/// correct bundles.
pub fn process(spec: &Spec) -> Result<Process, Vec<PlanError>> {
    let is_wanted = spec.ci.github.is_some() || spec.ci.azure.is_some();
    let bundles = databricks::bundles(spec);
    if !is_wanted && bundles.is_none() {
        return Ok(empty(spec));
    }
    let mut errors = check::check(spec);
    let mut process = Process {
        bundles,
        ..empty(spec)
    };
    if is_wanted {
        on_providers(&mut process, spec);
        errors.extend(hook::apply(&mut process, spec));
        errors.extend(settings::check(&process));
    }
    none_of(errors)?;
    if is_wanted {
        none_of(graph::check(&process))?;
        patch::apply(&mut process, &spec.ci.patches)?;
        // A patch may have removed what others need, or given two things one name.
        none_of(graph::check(&process))?;
    }
    Ok(process)
}

fn none_of(errors: Vec<PlanError>) -> Result<(), Vec<PlanError>> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// The process of a project that wants nothing.
fn empty(spec: &Spec) -> Process {
    let folder = spec
        .path
        .rsplit_once('/')
        .map(|(folder, _)| folder.to_owned());
    Process {
        project: spec.project.clone(),
        spec_path: spec.path.clone(),
        folder,
        install: spec.ci.install.clone(),
        github: None,
        azure: None,
        sources: Vec::new(),
        shared: spec.ci.paths.clone(),
        bundles: None,
        pipelines: Vec::new(),
    }
}

fn on_providers(process: &mut Process, spec: &Spec) {
    process.github = spec.ci.github.as_ref().map(|github| GithubTarget {
        github: github.clone(),
        // What is wrong with them has been reported.
        pins: Pins::new(&github.pins).unwrap_or_default(),
    });
    process.azure = spec.ci.azure.as_ref().map(|azure| AzureTarget {
        azure: azure.clone(),
    });
    process.pipelines = pipelines(spec);
    process.sources = sources(process, spec);
}

fn pipelines(spec: &Spec) -> Vec<Pipeline> {
    std::iter::once(ci::pipeline(spec))
        .chain(deliver::pipeline(spec))
        .chain(rollback::pipeline(spec))
        .chain(monitor::pipeline(spec))
        .chain(bundle::preview(spec))
        .collect()
}

/// A project at the root may read any file of the repository; one in a folder has that folder.
fn sources(process: &Process, spec: &Spec) -> Vec<String> {
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
    let templates = spec.ci.templates.iter();
    sources.extend(templates.map(|folder| format!("{folder}/")));
    for source in hook::sources(process, spec) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}
