//! Hooks: each names one place, one side of it, and files of the form that is called there. Whether
//! the place exists, the plan knows; whether the file does, the disk.

use super::context::{Context, join};
use super::stages::variables;
use crate::diagnostic::Code;
use crate::spec::{Hook, HookPlace, Side, raw};

/// Where GitHub looks for reusable workflows, and nowhere below:
/// <https://docs.github.com/actions/how-tos/reuse-automations/reuse-workflows>.
const WORKFLOWS: &str = ".github/workflows/";

/// Validates every hook.
pub(super) fn hooks(context: &mut Context<'_>, raw: Vec<raw::Hook>) -> Vec<Hook> {
    let hooks = raw.into_iter().enumerate();
    hooks
        .filter_map(|(index, hook)| one(context, &join("/ci/hooks", index), hook))
        .collect()
}

fn one(context: &mut Context<'_>, pointer: &str, raw: raw::Hook) -> Option<Hook> {
    variables(context, &join(pointer, "secrets"), raw.secrets.iter());
    let place = place(context, pointer, raw.stage, raw.job, raw.step);
    let (side, files) = match (raw.before, raw.after) {
        (Some(files), None) => (Side::Before, files),
        (None, Some(files)) => (Side::After, files),
        _ => {
            let message = "a hook is called on one side of its place".to_owned();
            let help = "give it one of `before` and `after`; write two hooks for two sides";
            context.error(Code::InvalidValue, pointer, message, help);
            return None;
        }
    };
    let at = join(pointer, side.name());
    if files.github.is_none() && files.azure.is_none() {
        let message = "the hook calls nothing".to_owned();
        let help = "name a file for `github`, `azure`, or both";
        context.error(Code::InvalidValue, &at, message, help);
    }
    let place = place?;
    let github = files.github.map(|path| plain(&path));
    if let Some(path) = &github {
        on_github(context, &join(&at, "github"), path, &place);
    }
    let azure = files.azure.map(|path| plain(&path));
    if let Some(path) = &azure {
        on_azure(context, &join(&at, "azure"), path);
    }
    Some(Hook {
        pipeline: raw.pipeline,
        place,
        side,
        github,
        azure,
        secrets: raw.secrets,
    })
}

fn place(
    context: &mut Context<'_>,
    pointer: &str,
    stage: Option<String>,
    job: Option<String>,
    step: Option<String>,
) -> Option<HookPlace> {
    match (stage, job, step) {
        (Some(stage), None, None) => Some(HookPlace::Stage(stage)),
        (None, Some(job), None) => Some(HookPlace::Job(job)),
        (None, Some(job), Some(step)) => Some(HookPlace::Step { job, step }),
        _ => {
            let message = "a hook is called beside one thing".to_owned();
            let help = "give it a `stage`, a `job`, or a `job` and one of its steps as `step`";
            context.error(Code::InvalidValue, pointer, message, help);
            None
        }
    }
}

/// Without the `./` that GitHub wants and the `/` that Azure wants: both are from the root.
fn plain(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.trim_end_matches('/').to_owned()
}

/// A path in the repository, and not one in another: an `@` would name that.
fn inside(context: &mut Context<'_>, pointer: &str, path: &str) -> bool {
    let before = context.diagnostics.len();
    context.path(pointer, path, "the repository", "the repository root");
    if path.contains('@') {
        let message = format!("`{}` may lie in another repository", path.escape_debug());
        let help = "a hook is a file of this repository, without `@` in its path";
        context.error(Code::InvalidValue, pointer, message, help);
    }
    context.diagnostics.len() == before
}

fn on_github(context: &mut Context<'_>, pointer: &str, path: &str, place: &HookPlace) {
    if !inside(context, pointer, path) {
        return;
    }
    let name = path.strip_prefix(WORKFLOWS);
    let is_workflow = name.is_some_and(|name| !name.contains('/')) && is_yaml(path);
    let shown = path.escape_debug();
    match place {
        HookPlace::Job(_) if !is_workflow => {
            let message = format!("`{shown}` is no workflow, and beside a job GitHub calls one");
            let help = "name a reusable workflow, `.github/workflows/NAME.yml`; for an action, \
                        name a step of the job too";
            context.error(Code::InvalidValue, pointer, message, help);
        }
        HookPlace::Stage(_) | HookPlace::Step { .. } if is_yaml(path) => {
            let message = format!("`{shown}` is a file, and between steps GitHub calls an action");
            let help = "name the folder that holds its `action.yml`; a reusable workflow is a job, \
                        and goes beside one: `job: ...`";
            context.error(Code::InvalidValue, pointer, message, help);
        }
        _ => {}
    }
}

fn on_azure(context: &mut Context<'_>, pointer: &str, path: &str) {
    if inside(context, pointer, path) && !is_yaml(path) {
        let message = format!("`{}` is no template", path.escape_debug());
        let help = "name a steps template, such as `ci/fetch-data.yml`";
        context.error(Code::InvalidValue, pointer, message, help);
    }
}

fn is_yaml(path: &str) -> bool {
    [".yml", ".yaml"].iter().any(|end| path.ends_with(end))
}
