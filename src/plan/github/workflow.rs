//! From a planned pipeline to a workflow.

use super::job;
use super::model::{Concurrency, Defaults, Nothing, Run, Workflow};
use super::trigger::triggers;
use crate::plan::{self, Comment, GithubTarget, Kind, Pipeline, Process, hook};

/// Where the workflow of a pipeline is written, from the repository root.
#[must_use]
pub fn path(process: &Process, kind: Kind) -> String {
    format!(".github/workflows/{}-{}.yml", process.project, kind.name())
}

/// The workflow of a pipeline.
#[must_use]
pub fn workflow(process: &Process, target: &GithubTarget, pipeline: &Pipeline) -> Workflow {
    let pipeline = &hook::on(pipeline, |call| call.github.as_ref());
    let job = |job: &plan::Job| (job.id.clone(), job::job(process, target, pipeline, job));
    Workflow {
        comment: Comment::from(pipeline.why.as_str()),
        name: pipeline.name.clone(),
        on: triggers(process, target, pipeline),
        permissions: Nothing {},
        concurrency: concurrency(process, target, pipeline),
        env: pipeline
            .env
            .iter()
            .chain(&target.github.settings.env)
            .map(|(name, value)| (name, value.clone()))
            .collect(),
        defaults: defaults(None),
        jobs: pipeline.jobs.iter().map(job).collect(),
    }
}

/// Bash in `folder`. GitHub runs `shell: bash` with `-eo pipefail`.
pub(super) fn defaults(folder: Option<&str>) -> Defaults {
    Defaults {
        run: Run {
            shell: "bash".to_owned(),
            working_directory: folder.map(str::to_owned),
        },
    }
}

fn concurrency(process: &Process, target: &GithubTarget, pipeline: &Pipeline) -> Concurrency {
    let project = &process.project;
    match pipeline.kind {
        Kind::Ci if !target.github.cancel_outdated => Concurrency {
            comment: "Every run is about a commit of its own and ends by itself.".into(),
            group: format!("{project}-ci-${{{{ github.run_id }}}}"),
            cancel_in_progress: false,
        },
        Kind::Ci => Concurrency {
            comment: "A new push to a pull request makes the run before it pointless. Other runs \
                      are of one commit each."
                .into(),
            group: format!(
                "{project}-ci-${{{{ github.event.pull_request.number || github.sha }}}}"
            ),
            cancel_in_progress: true,
        },
        Kind::Deliver => Concurrency {
            comment: "One delivery after the other, so that no two train in one environment at \
                      once. What has begun is never cancelled, a pending approval least of all; \
                      of the runs that wait to begin, GitHub keeps the newest."
                .into(),
            group: format!("{project}-deliver-{}", lane(pipeline)),
            cancel_in_progress: false,
        },
        Kind::Rollback => Concurrency {
            comment: "No rollback waits for another, and none is cancelled: of two that move the \
                      same alias one wins, and the other is told."
                .into(),
            group: format!("{project}-rollback-${{{{ github.run_id }}}}"),
            cancel_in_progress: false,
        },
        Kind::Preview => Concurrency {
            comment:
                "One copy at a time for each pull request. None is stopped: it removes what it \
                      made before the next one begins."
                    .into(),
            group: format!("{project}-preview-${{{{ github.event.pull_request.number }}}}"),
            cancel_in_progress: false,
        },
        Kind::Monitor => Concurrency {
            comment: "A look that takes long is not cut short by the next one.".into(),
            group: format!("{project}-monitor-${{{{ github.event.schedule || github.run_id }}}}"),
            cancel_in_progress: false,
        },
    }
}

/// What tells apart deliveries that may go side by side: those that share no environment.
fn lane(pipeline: &Pipeline) -> &'static str {
    match pipeline.triggers.branches.len() {
        0 | 1 => "${{ github.ref_type }}",
        _ => "${{ github.ref_type == 'tag' && 'tags' || github.ref_name }}",
    }
}
