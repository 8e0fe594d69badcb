//! Whether the jobs of a pipeline fit together: the proof before anything is rendered.
//!
//! The one decision here: it looks at the plan as if a stranger had written it. What needs what, who
//! hands over what, and which names are taken is checked for every pipeline, however it came about.

use std::collections::{BTreeMap, BTreeSet};

use super::action::Action;
use super::error::{PlanError, Problem};
use super::graph_problem::{GraphProblem, LONGEST};
use super::job::{Job, Value, When};
use super::process::{Pipeline, Process};

/// Everything that does not fit together.
pub(super) fn check(process: &Process) -> Vec<PlanError> {
    let mut problems = Vec::new();
    for pipeline in &process.pipelines {
        problems.extend(in_pipeline(pipeline));
    }
    let is_file = |source: &&str| !source.ends_with('/');
    let files = process.sources.iter().map(String::as_str).filter(is_file);
    problems.extend(twice("files", files));
    let error = |problem| PlanError::new(&[], Problem::Graph(problem));
    problems.into_iter().map(error).collect()
}

fn in_pipeline(pipeline: &Pipeline) -> Vec<GraphProblem> {
    let jobs: BTreeMap<&str, &Job> = pipeline
        .jobs
        .iter()
        .map(|job| (job.id.as_str(), job))
        .collect();
    let mut problems = twice("jobs", pipeline.jobs.iter().map(|job| job.id.as_str()));
    problems.extend(twice("artifacts", artifacts(pipeline)));
    for job in &pipeline.jobs {
        problems.extend(needs(&jobs, job));
        problems.extend(outputs(&jobs, job));
        problems.extend(names(job));
    }
    problems
}

fn needs(jobs: &BTreeMap<&str, &Job>, job: &Job) -> Vec<GraphProblem> {
    let mut problems = Vec::new();
    for needed in &job.needs {
        let (id, needed) = (job.id.clone(), needed.clone());
        match jobs.get(needed.as_str()) {
            None => problems.push(GraphProblem::UnknownJob { job: id, needed }),
            Some(other) if excludes(&job.when, &other.when) => {
                problems.push(GraphProblem::Unreachable { job: id, needed });
            }
            Some(_) => {}
        }
    }
    if before(jobs, job).contains(job.id.as_str()) {
        problems.push(GraphProblem::Cycle {
            job: job.id.clone(),
        });
    }
    problems
}

/// Whether two conditions never hold at once.
fn excludes(one: &When, other: &When) -> bool {
    match (one, other) {
        (When::Deployed { push: one, .. }, When::Deployed { push: other, .. }) => one != other,
        (When::Chosen(one), When::Chosen(other)) => one != other,
        _ => false,
    }
}

/// Every job that must have run before this one; itself where it waits for itself.
fn before<'j>(jobs: &BTreeMap<&str, &'j Job>, job: &'j Job) -> BTreeSet<&'j str> {
    let mut known = BTreeSet::new();
    let mut waiting: Vec<&str> = job.needs.iter().map(String::as_str).collect();
    while let Some(next) = waiting.pop() {
        if known.insert(next)
            && let Some(found) = jobs.get(next)
        {
            waiting.extend(found.needs.iter().map(String::as_str));
        }
    }
    known
}

fn outputs(jobs: &BTreeMap<&str, &Job>, job: &Job) -> Vec<GraphProblem> {
    let before = before(jobs, job);
    let hands_over = |id: &str, step: &str, name: &str| {
        let outputs = jobs.get(id).map(|job| job.outputs.as_slice());
        let mut outputs = outputs.unwrap_or_default().iter();
        outputs.any(|output| output.step == step && output.name == name)
    };
    let mut problems = Vec::new();
    for value in job.env.values() {
        if let Value::JobOutput {
            job: id,
            step,
            name,
        } = value
            && !(before.contains(id.as_str()) && hands_over(id, step, name))
        {
            problems.push(GraphProblem::UnknownOutput {
                job: job.id.clone(),
                output: format!("{id}.{step}.{name}"),
            });
        }
    }
    problems
}

fn names(job: &Job) -> Vec<GraphProblem> {
    let long = |name: &&str| name.chars().count() > LONGEST;
    let steps = job.steps.iter().map(|step| step.name.as_str());
    let all = [job.id.as_str(), job.name.as_str()]
        .into_iter()
        .chain(steps);
    let mut problems: Vec<_> = all
        .filter(long)
        .map(|name| GraphProblem::LongName {
            name: name.to_owned(),
        })
        .collect();
    let ids = job.steps.iter().filter_map(|step| match &step.action {
        Action::Gate(check) => Some(check.id.as_str()),
        _ => None,
    });
    problems.extend(twice("steps", ids));
    if job.timeout_minutes == 0 {
        let job = job.id.clone();
        problems.push(GraphProblem::NoTimeout { job });
    }
    problems
}

/// The artifacts that the jobs of a pipeline publish.
fn artifacts(pipeline: &Pipeline) -> impl Iterator<Item = &str> {
    let steps = pipeline.jobs.iter().flat_map(|job| &job.steps);
    steps.filter_map(|step| match &step.action {
        Action::PublishDecisions(name)
        | Action::PublishEvidence(name)
        | Action::Keep { artifact: name, .. } => Some(name.as_str()),
        _ => None,
    })
}

/// Names that come again, with `-` and `_` and the two cases taken for one.
fn twice<'n>(what: &'static str, names: impl Iterator<Item = &'n str>) -> Vec<GraphProblem> {
    let mut known = BTreeSet::new();
    names
        .filter(|name| !known.insert(name.replace('-', "_").to_lowercase()))
        .map(|name| GraphProblem::SameName {
            what,
            name: name.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Kind, Output, Push, Triggers};

    fn job(id: &str, needs: &[&str]) -> Job {
        Job {
            id: id.to_owned(),
            name: id.to_owned(),
            why: String::new(),
            needs: needs.iter().map(|id| (*id).to_owned()).collect(),
            when: When::Triggered,
            environment: None,
            timeout_minutes: 5,
            env: indexmap::IndexMap::new(),
            outputs: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn found(jobs: Vec<Job>) -> Vec<String> {
        let pipeline = Pipeline {
            kind: Kind::Ci,
            name: String::new(),
            why: String::new(),
            triggers: Triggers::default(),
            env: indexmap::IndexMap::new(),
            jobs,
        };
        let problems = in_pipeline(&pipeline);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_job_that_is_not_there_and_a_circle_are_found() {
        let problems = found(vec![job("a", &["b"]), job("b", &["a"]), job("c", &["d"])]);
        assert_eq!(
            problems,
            [
                "the job `a` needs itself, by way of others",
                "the job `b` needs itself, by way of others",
                "the job `c` needs `d`, and there is no such job",
            ]
        );
    }

    #[test]
    fn a_job_that_can_never_run_is_found() {
        let on = |branch: &str, job: Job| Job {
            when: When::Deployed {
                push: Push::Branch(branch.to_owned()),
                chosen: Vec::new(),
            },
            ..job
        };
        let problems = found(vec![
            on("a", job("one", &[])),
            on("b", job("two", &["one"])),
        ]);
        assert_eq!(
            problems,
            ["the job `two` never runs: `one` runs when it does not"]
        );
    }

    #[test]
    fn an_output_must_be_handed_over_by_a_job_before() {
        let reads = |id: &str, needs: &[&str]| {
            let mut job = job(id, needs);
            let value = Value::JobOutput {
                job: "a".to_owned(),
                step: "s".to_owned(),
                name: "n".to_owned(),
            };
            job.env.insert("X".to_owned(), value);
            job
        };
        let mut giver = job("a", &[]);
        assert_eq!(
            found(vec![giver.clone(), reads("b", &["a"])]),
            ["the job `b` reads `a.s.n`, which no job before it hands over"]
        );
        giver.outputs.push(Output {
            name: "n".to_owned(),
            step: "s".to_owned(),
        });
        assert_eq!(found(vec![giver.clone(), reads("b", &["a"])]), [""; 0]);
        assert_eq!(found(vec![giver, reads("b", &[])]).len(), 1);
    }

    #[test]
    fn names_that_one_of_the_providers_takes_for_equal_or_refuses_are_found() {
        let long = "x".repeat(101);
        let mut endless = job("end", &[]);
        endless.timeout_minutes = 0;
        let problems = found(vec![
            job("a-b", &[]),
            job("a_B", &[]),
            job(&long, &[]),
            endless,
        ]);
        assert_eq!(
            problems,
            [
                "two jobs have the name `a_B`".to_owned(),
                format!("the name `{long}` is longer than 100 characters"),
                format!("the name `{long}` is longer than 100 characters"),
                "the job `end` has no time limit".to_owned(),
            ]
        );
    }
}
