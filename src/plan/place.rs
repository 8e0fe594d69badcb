//! Places of a plan by their names: a pipeline, a job, a step.
//!
//! The one decision here: what people read in the generated file is what they name. A step goes by
//! its name, so nothing has to be looked up but the file itself.

use super::error::Problem;
use super::job::{Job, Step};
use super::patch_problem::PatchProblem;
use super::process::Pipeline;

/// What is wrong, and under which key of the patch or hook.
pub(super) type Wrong = (&'static str, Problem);

/// The pipeline that has this job, of all or of the one of this name.
pub(super) fn pipeline<'a>(
    pipelines: &'a mut [Pipeline],
    name: Option<&str>,
    job: &str,
) -> Result<&'a mut Pipeline, Wrong> {
    let named = |pipeline: &&mut Pipeline| name.is_none_or(|name| name == pipeline.kind.name());
    let kinds: Vec<_> = pipelines
        .iter()
        .map(|one| one.kind.name().to_owned())
        .collect();
    let jobs: Vec<_> = pipelines
        .iter()
        .flat_map(|one| &one.jobs)
        .map(|job| job.id.clone())
        .collect();
    let mut candidates: Vec<_> = pipelines.iter_mut().filter(named).collect();
    if candidates.is_empty() {
        let name = name.unwrap_or_default();
        return Err(("pipeline", unknown("pipeline", name, kinds)));
    }
    candidates.retain(|one| one.jobs.iter().any(|one| one.id == job));
    match (candidates.pop(), candidates.is_empty()) {
        (Some(pipeline), true) => Ok(pipeline),
        (Some(_), false) => {
            let job = job.to_owned();
            Err(("job", Problem::Patch(PatchProblem::Several { job })))
        }
        (None, _) => Err(("job", unknown("job", job, jobs))),
    }
}

/// The job of this id.
pub(super) fn job<'a>(pipeline: &'a mut Pipeline, id: &str) -> Result<&'a mut Job, Wrong> {
    let mut jobs = pipeline.jobs.iter_mut();
    jobs.find(|job| job.id == id)
        .ok_or_else(|| ("job", unknown("job", id, Vec::new())))
}

/// What each step goes by: its name with `-` for everything but letters and digits; a second one of
/// that name with `-2`.
pub(super) fn ids(steps: &[Step]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for step in steps {
        let lower = step.name.to_lowercase();
        let words: Vec<_> = lower
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .collect();
        let plain = words.join("-");
        let same = |id: &&String| **id == plain || id.strip_prefix(&plain).is_some_and(is_number);
        let before = ids.iter().filter(same).count();
        ids.push(match before {
            0 => plain,
            before => format!("{plain}-{}", before + 1),
        });
    }
    ids
}

fn is_number(rest: &str) -> bool {
    let digits = rest.strip_prefix('-').unwrap_or_default();
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

/// A name that is not there, among those that are.
pub(super) fn unknown(what: &'static str, name: &str, known: Vec<String>) -> Problem {
    Problem::Patch(PatchProblem::Unknown {
        what,
        name: name.to_owned(),
        known,
    })
}
