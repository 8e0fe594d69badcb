//! From a valid spec to the plan of its pipelines.

use super::error::PlanError;
use super::pins::Pins;
use super::process::{AzureTarget, GithubTarget, Process};
use super::{check, ci, deliver};
use crate::spec::Spec;

/// Plans every pipeline of `spec`. A spec that wants no provider has none, whatever it holds; a
/// project that deploys nothing has no `deliver`.
///
/// # Errors
/// Everything that keeps the spec from having correct pipelines on the providers it wants.
pub fn process(spec: &Spec) -> Result<Process, Vec<PlanError>> {
    let is_wanted = spec.ci.github.is_some() || spec.ci.azure.is_some();
    let errors = if is_wanted {
        check::check(spec)
    } else {
        Vec::new()
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    let pipelines = std::iter::once(ci::pipeline(spec)).chain(deliver::pipeline(spec));
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
    Ok(Process {
        project: spec.project.clone(),
        spec_path: spec.path.clone(),
        folder,
        install: spec.ci.install.clone(),
        github,
        azure: azure.map(|azure| AzureTarget {
            vm_image: azure.vm_image.clone(),
        }),
        pipelines: pipelines.filter(|_| is_wanted).collect(),
    })
}
