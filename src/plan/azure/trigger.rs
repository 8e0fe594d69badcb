//! What starts a pipeline of Azure, from what starts the planned one.

use super::events::{Filter, Parameter, PullRequests, Pushes, Schedule, Trigger};
use super::expression::EVERY;
use super::pipeline::path;
use crate::plan::{self, Answer, AzureTarget, Kind, Pipeline, Process, Triggers};

/// The pushes that start a pipeline.
pub(super) fn trigger(process: &Process, pipeline: &Pipeline) -> Trigger {
    let planned = &pipeline.triggers;
    if planned.branches.is_empty() && planned.tags.is_empty() {
        return Trigger::default();
    }
    let tags = (!planned.tags.is_empty()).then(|| including(planned.tags.clone()));
    let paths = paths(process, pipeline);
    Trigger {
        pushes: Some(Pushes {
            branches: branches(planned),
            paths: (!paths.is_empty()).then(|| including(paths)),
            tags,
        }),
    }
}

/// Without branches, none: Azure would take all.
fn branches(planned: &Triggers) -> Filter {
    if planned.branches.is_empty() {
        Filter {
            include: Vec::new(),
            exclude: vec!["*".to_owned()],
        }
    } else {
        including(planned.branches.clone())
    }
}

/// Only pushes to what counts as the project deliver it, and only changes of that are tried.
fn paths(process: &Process, pipeline: &Pipeline) -> Vec<String> {
    let delivers = pipeline.kind == Kind::Deliver && !pipeline.triggers.branches.is_empty();
    let is_filtered = delivers || pipeline.triggers.previews;
    match &process.folder {
        Some(folder) if is_filtered => {
            let own = [folder.clone(), path(process, pipeline.kind)];
            own.into_iter().chain(process.shared.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// The pull requests that start a pipeline.
pub(super) fn pull_requests(process: &Process, pipeline: &Pipeline) -> PullRequests {
    let triggers = &pipeline.triggers;
    let starts = triggers.changes || triggers.previews;
    let paths = paths(process, pipeline);
    let is_filtered = triggers.previews && !paths.is_empty();
    PullRequests {
        branches: starts.then(|| including(vec!["*".to_owned()])),
        paths: is_filtered.then(|| including(paths)),
    }
}

/// The times that start a pipeline.
pub(super) fn schedules(target: &AzureTarget, pipeline: &Pipeline) -> Vec<Schedule> {
    let triggers = &pipeline.triggers;
    let schedule = |cron: &String, name: &str| Schedule {
        cron: cron.clone(),
        display_name: name.to_owned(),
        branches: including(vec![triggers.scheduled_branch.clone()]),
        always: "true".to_owned(),
    };
    let planned = triggers.schedules.iter();
    let planned = planned.map(|planned| schedule(&planned.cron, &planned.name));
    let own = target.azure.settings.schedules(pipeline.kind.name());
    planned
        .chain(own.map(|cron| schedule(cron, "As the spec asks")))
        .collect()
}

/// What a person is asked for. Pushes ask nobody, so that a delivery has an answer for them.
pub(super) fn parameters(pipeline: &Pipeline) -> Vec<Parameter> {
    let parameter = |input: &plan::Input| {
        let (default, values) = match &input.answer {
            Answer::Choice(values) if pipeline.kind == Kind::Deliver => {
                let every = std::iter::once(EVERY.to_owned());
                (
                    Some(EVERY.to_owned()),
                    every.chain(values.iter().cloned()).collect(),
                )
            }
            Answer::Choice(values) => (None, values.clone()),
            Answer::Text => (None, Vec::new()),
            Answer::TextOrNothing => (Some(String::new()), Vec::new()),
        };
        Parameter {
            name: input.name.to_owned(),
            display_name: input.description.to_owned(),
            kind: "string".to_owned(),
            default,
            values,
        }
    };
    pipeline.triggers.inputs.iter().map(parameter).collect()
}

fn including(include: Vec<String>) -> Filter {
    Filter {
        include,
        exclude: Vec::new(),
    }
}
