//! What starts a workflow, from what starts the planned pipeline.

use super::events::{Dispatch, Input, PullRequest, Push, Schedule, Triggers};
use super::workflow::path;
use crate::plan::{self, Answer, GithubTarget, Kind, Mapping, Pipeline, Process};

/// The events of a pipeline.
pub(super) fn triggers(process: &Process, target: &GithubTarget, pipeline: &Pipeline) -> Triggers {
    let planned = &pipeline.triggers;
    let own = target.github.settings.schedules(pipeline.kind.name());
    let mut all = planned.schedules.clone();
    all.extend(own.map(|cron| plan::Schedule {
        name: "as the spec asks".to_owned(),
        cron: cron.clone(),
    }));
    Triggers {
        pull_request: pull_request(process, pipeline),
        merge_group: planned.changes,
        schedule: schedules(&all),
        push: push(process, pipeline),
        workflow_dispatch: planned.manual.then(|| Dispatch {
            inputs: inputs(&planned.inputs),
        }),
    }
}

fn pull_request(process: &Process, pipeline: &Pipeline) -> Option<PullRequest> {
    let planned = &pipeline.triggers;
    if planned.previews {
        // Nobody requires a preview, so that one that does not start holds nothing up.
        let types = ["opened", "synchronize", "reopened", "closed"];
        return Some(PullRequest {
            types: types.map(str::to_owned).to_vec(),
            paths: paths(process, pipeline.kind),
        });
    }
    planned.changes.then(PullRequest::default)
}

fn push(process: &Process, pipeline: &Pipeline) -> Option<Push> {
    let planned = &pipeline.triggers;
    if planned.branches.is_empty() && planned.tags.is_empty() {
        return None;
    }
    let filtered = pipeline.kind == Kind::Deliver && !planned.branches.is_empty();
    Some(Push {
        branches: planned.branches.clone(),
        tags: planned.tags.clone(),
        paths: if filtered {
            paths(process, pipeline.kind)
        } else {
            Vec::new()
        },
    })
}

/// Only pushes to what counts as the project deliver it. Nobody requires a delivery, so that one that
/// does not start holds nothing up; and one that started and found nothing to do would have taken
/// the place of one that waits.
fn paths(process: &Process, kind: Kind) -> Vec<String> {
    let Some(folder) = &process.folder else {
        return Vec::new();
    };
    // A path may hold `+`, which repeats what is before it.
    let literal = |path: &str| path.replace('+', "\\+");
    let mut paths = vec![
        format!("{}/**", literal(folder)),
        literal(&path(process, kind)),
    ];
    for pattern in &process.shared {
        paths.push(literal(pattern));
        // Without a star it may name a folder, and GitHub takes no folder for what is in it.
        if !pattern.contains('*') {
            paths.push(format!("{}/**", literal(pattern)));
        }
    }
    paths
}

/// Each time once: GitHub starts a run for every line.
fn schedules(planned: &[plan::Schedule]) -> Vec<Schedule> {
    let mut times: Vec<(String, Vec<&str>)> = Vec::new();
    for schedule in planned {
        match times.iter_mut().find(|(cron, _)| *cron == schedule.cron) {
            Some((_, names)) => names.push(&schedule.name),
            None => times.push((schedule.cron.clone(), vec![&schedule.name])),
        }
    }
    let made = |(cron, names): (String, Vec<&str>)| Schedule {
        cron,
        comment: names.join(", ").into(),
    };
    times.into_iter().map(made).collect()
}

fn inputs(planned: &[plan::Input]) -> Mapping<Input> {
    planned.iter().map(|one| (one.name, input(one))).collect()
}

fn input(planned: &plan::Input) -> Input {
    let (kind, options) = match &planned.answer {
        Answer::Choice(options) => ("choice", options.clone()),
        Answer::Text | Answer::TextOrNothing => ("string", Vec::new()),
    };
    Input {
        description: planned.description.to_owned(),
        required: planned.answer != Answer::TextOrNothing,
        kind: kind.to_owned(),
        options,
    }
}
