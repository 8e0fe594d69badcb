//! What a stage's parameters may refer to: `${var.catalog}` when a bundle is deployed,
//! `{{job.parameters.model_name}}` when a job runs.
//!
//! The one decision here: only what is known to exist. The command line leaves an unknown
//! `{{...}}` in place without a word, and the stage gets it as text.

use crate::diagnostic::nearest;
use crate::spec::Spec;
use crate::spec::databricks::{JOB_PARAMETERS, VARIABLES};

/// What the bundle itself knows.
const BUNDLE: [&str; 9] = [
    "bundle.name",
    "bundle.target",
    "bundle.git.branch",
    "bundle.git.commit",
    "bundle.git.origin_url",
    "workspace.host",
    "workspace.file_path",
    "workspace.current_user.userName",
    "workspace.current_user.short_name",
];

/// What a job knows of its own run.
const RUN: [&str; 12] = [
    "job.id",
    "job.name",
    "job.run_id",
    "job.repair_count",
    "job.start_time.iso_date",
    "job.start_time.iso_datetime",
    "job.start_time.timestamp_ms",
    "job.trigger.type",
    "task.name",
    "task.run_id",
    "task.execution_count",
    "workspace.id",
];

/// The first reference in `text` that leads nowhere, with what to do about it.
pub(super) fn dangling(spec: &Spec, text: &str) -> Option<(String, String)> {
    each(text, "${", "}")
        .find_map(|name| unknown("${", name, "}", &of_bundle()))
        .or_else(|| each(text, "{{", "}}").find_map(|name| of_run(spec, name)))
}

fn of_bundle() -> Vec<String> {
    let variables = VARIABLES.iter().map(|name| format!("var.{name}"));
    BUNDLE
        .iter()
        .map(|name| (*name).to_owned())
        .chain(variables)
        .collect()
}

fn of_run(spec: &Spec, name: &str) -> Option<(String, String)> {
    let name = name.trim();
    let values = name
        .strip_prefix("tasks.")
        .and_then(|rest| rest.split_once(".values."));
    if let Some((task, _)) = values {
        let tasks: Vec<_> = spec
            .stages
            .iter()
            .map(|stage| stage.name.replace('-', "_"))
            .collect();
        return unknown("{{tasks.", task, "...}}", &tasks);
    }
    let own = spec
        .environments
        .iter()
        .flat_map(|one| one.variables.keys());
    let parameters = JOB_PARAMETERS
        .iter()
        .copied()
        .chain(own.map(String::as_str));
    let known = RUN.iter().map(|name| (*name).to_owned());
    let parameters = parameters.map(|name| format!("job.parameters.{name}"));
    unknown(
        "{{",
        name,
        "}}",
        &known.chain(parameters).collect::<Vec<_>>(),
    )
}

fn unknown(open: &str, name: &str, close: &str, known: &[String]) -> Option<(String, String)> {
    if known.iter().any(|one| one == name) {
        return None;
    }
    let help = nearest(name, known.iter().map(String::as_str)).map_or_else(
        || format!("known here: {}", known.join(", ")),
        |near| format!("did you mean `{open}{near}{close}`?"),
    );
    let message = format!("`{open}{}{close}` leads nowhere", name.escape_debug());
    Some((message, help))
}

/// What stands between each opening and the next closing; to the end where there is none.
fn each<'t>(text: &'t str, open: &'t str, close: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(open)
        .skip(1)
        .map(move |rest| rest.split_once(close).map_or(rest, |(name, _)| name))
}
