//! What the spec says to the CI systems themselves: machines, variables, times, permissions.
//!
//! The one decision here: shapes are settled here, and what they name (pipelines, jobs, cron lines)
//! is the plan's business, which knows all of it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

use super::context::{Context, join};
use super::stages::{minutes, variables};
use crate::diagnostic::Code;
use crate::spec::{Azure, CiDatabricks, CiSettings, Github, Machine, Runner, raw};

const IMAGE: &str = "ubuntu-24.04";

pub(super) fn github(
    context: &mut Context<'_>,
    raw: raw::Github,
    pins: BTreeMap<String, String>,
) -> Github {
    let at = "/ci/github";
    variables(context, &join(at, "env"), raw.env.keys());
    Github {
        runner: runner(raw.runner.as_ref()),
        pins,
        settings: CiSettings {
            env: raw.env,
            schedules: raw.schedules,
            container: raw.container,
            timeouts: timeouts(context, at, raw.timeouts),
        },
        permissions: permissions(raw.permissions),
        caches: raw.caches.unwrap_or(false),
        cancel_outdated: raw
            .concurrency
            .and_then(|concurrency| concurrency.cancel_outdated)
            .unwrap_or(true),
        enterprise_server: raw.enterprise_server.unwrap_or(false),
    }
}

pub(super) fn azure(context: &mut Context<'_>, raw: raw::Azure) -> Azure {
    let at = "/ci/azure";
    variables(context, &join(at, "env"), raw.env.keys());
    if raw.pool.is_some() && raw.vm_image.is_some() {
        context.error(
            Code::InvalidValue,
            &join(at, "pool"),
            "a job runs in a pool of yours or on a hosted image, not on both".to_owned(),
            "remove `vm_image` or `pool`",
        );
    }
    Azure {
        machine: match raw.pool {
            Some(pool) => Machine::Pool {
                name: pool.name.unwrap_or_default(),
                demands: pool.demands,
            },
            None => Machine::Hosted(raw.vm_image.unwrap_or_else(|| IMAGE.to_owned())),
        },
        settings: CiSettings {
            env: raw.env,
            schedules: raw.schedules,
            container: raw.container,
            timeouts: timeouts(context, at, raw.timeouts),
        },
        service_connection: raw.service_connection,
        service_connections: raw.service_connections,
    }
}

pub(super) fn databricks(raw: &raw::CiDatabricks) -> CiDatabricks {
    CiDatabricks {
        plan: raw.plan.unwrap_or(true),
        preview: raw.preview.unwrap_or(false),
    }
}

/// The schema has seen to it that it has one of the three shapes.
fn runner(raw: Option<&Value>) -> Runner {
    let texts = |value: &Value| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    match raw {
        Some(Value::String(label)) => Runner::Label(label.clone()),
        Some(labels @ Value::Array(_)) => Runner::Labels(texts(labels)),
        Some(Value::Object(group)) => Runner::Group {
            group: group
                .get("group")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            labels: group.get("labels").map(texts).unwrap_or_default(),
        },
        _ => Runner::Label(IMAGE.to_owned()),
    }
}

type ByJob<T> = IndexMap<String, IndexMap<String, T>>;

fn timeouts(context: &mut Context<'_>, at: &str, raw: ByJob<String>) -> Vec<(String, String, u32)> {
    let mut timeouts = Vec::new();
    for (pipeline, jobs) in raw {
        for (job, text) in jobs {
            // Six days is the longest that any of the providers lets a job run.
            let minutes = minutes(&text).filter(|minutes| (1..=6 * 24 * 60).contains(minutes));
            if let Some(minutes) = minutes {
                timeouts.push((pipeline.clone(), job, minutes));
                continue;
            }
            let pointer = join(&join(&join(at, "timeouts"), &pipeline), &job);
            let message = format!("`{}` is no time for a job", text.escape_debug());
            let help = "write minutes or hours, such as `45m` or `2h`";
            context.error(Code::InvalidValue, &pointer, message, help);
        }
    }
    timeouts
}

fn permissions(raw: ByJob<IndexMap<String, String>>) -> Vec<(String, String, String, String)> {
    let mut permissions = Vec::new();
    for (pipeline, jobs) in raw {
        for (job, scopes) in jobs {
            for (scope, access) in scopes {
                permissions.push((pipeline.clone(), job.clone(), scope, access));
            }
        }
    }
    permissions
}
