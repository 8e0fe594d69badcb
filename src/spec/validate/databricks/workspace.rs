//! The workspace of an environment.

use crate::diagnostic::Code;
use crate::spec::databricks::{Grant, Mode, Permission, Principal, Workspace};
use crate::spec::raw;
use crate::spec::validate::context::{Context, join};

use super::schedule;

/// The workspace at a pointer. `deployed` is whether a pipeline deploys the environment.
pub(in crate::spec::validate) fn workspace(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Databricks,
    project: &str,
    deployed: bool,
) -> Workspace {
    let mode = match (raw.mode.as_deref(), deployed) {
        (Some("production"), _) | (None, true) => Mode::Production,
        _ => Mode::Development,
    };
    if mode == Mode::Production && raw.service_principal.is_none() {
        let message = "in production jobs run as a service principal, and there is none";
        let help = "add `service_principal:` with its application id; a job that runs as a person ends when the person leaves";
        context.error(Code::MissingKey, pointer, message.to_owned(), help);
    }
    path(context, pointer, raw, mode);
    let notifications = raw.notifications.clone().unwrap_or_default();
    let cron = raw.schedule.as_ref();
    Workspace {
        host: raw.host.clone().unwrap_or_default(),
        catalog: raw.catalog.clone().unwrap_or_default(),
        schema: raw
            .schema
            .clone()
            .unwrap_or_else(|| project.replace('-', "_")),
        service_principal: raw.service_principal.clone(),
        mode,
        path: raw.workspace_path.clone(),
        permissions: permissions(context, &join(pointer, "permissions"), &raw.permissions),
        grants: raw.grants.iter().map(grant).collect(),
        on_failure: notifications.on_failure,
        schedule: cron.and_then(|raw| schedule(context, &join(pointer, "schedule"), raw)),
    }
}

/// The command line refuses a development folder that two people would share.
fn path(context: &mut Context<'_>, pointer: &str, raw: &raw::Databricks, mode: Mode) {
    let Some(path) = &raw.workspace_path else {
        return;
    };
    let pointer = join(pointer, "workspace_path");
    let user = "${workspace.current_user.userName}";
    let own = path.starts_with("~/") || path.contains(user);
    if mode == Mode::Development && !own {
        let message = "in development everyone needs a folder of their own".to_owned();
        let help = "begin with `~/`, or remove it for the usual one";
        context.error(Code::InvalidValue, &pointer, message, help);
    }
    let rest = path.replace(user, "");
    if rest.contains(['$', '{', '}']) || rest.split('/').any(|part| part == "..") {
        let message = format!("`{}` is no folder in a workspace", path.escape_debug());
        let help = "write it in full; only `${workspace.current_user.userName}` is filled in";
        context.error(Code::InvalidValue, &pointer, message, help);
    }
    if path.starts_with("/Workspace/Shared/") {
        let message = "everyone in the workspace may write to this folder".to_owned();
        let help = "whoever does can have a job run other code as its service principal; use a folder below `/Workspace/Users/`";
        context.error(Code::InvalidValue, &pointer, message, help);
    }
}

fn permissions(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &[raw::Permission],
) -> Vec<Permission> {
    let mut permissions = Vec::new();
    for (index, raw) in raw.iter().enumerate() {
        let named = [
            raw.group.clone().map(Principal::Group),
            raw.user.clone().map(Principal::User),
            raw.service_principal
                .clone()
                .map(Principal::ServicePrincipal),
        ];
        let mut principals = named.into_iter().flatten();
        if let (Some(principal), None) = (principals.next(), principals.next()) {
            let level = raw.level.clone().unwrap_or_default();
            permissions.push(Permission { principal, level });
        } else {
            let message = "a permission is for one group, user or service principal".to_owned();
            let help = "write `{group: ml-team, level: CAN_VIEW}`, and a line for each";
            let pointer = join(pointer, index);
            context.error(Code::InvalidValue, &pointer, message, help);
        }
    }
    permissions
}

fn grant(raw: &raw::Grant) -> Grant {
    Grant {
        principal: raw.principal.clone().unwrap_or_default(),
        privileges: raw.privileges.clone().unwrap_or_default(),
    }
}
