//! Where stages run: `runner`, `databricks`, or a mapping that says more.

use serde_json::Value;

use crate::diagnostic::Code;
use crate::spec::databricks::{Cluster, Compute, Kind, Machines, Workers};
use crate::spec::raw;
use crate::spec::validate::context::{Context, join};

/// The version of the serverless environment where the spec names none.
const ENVIRONMENT_VERSION: &str = "4";

/// The compute at a pointer, or another one where nothing is said.
pub(in crate::spec::validate) fn compute_or(
    context: &mut Context<'_>,
    pointer: &str,
    value: Option<&Value>,
    fallback: &Compute,
) -> Compute {
    compute(context, pointer, value).unwrap_or_else(|| fallback.clone())
}

/// The compute at a pointer; `None` where nothing is said, or what the schema has complained about.
pub(in crate::spec::validate) fn compute(
    context: &mut Context<'_>,
    pointer: &str,
    value: Option<&Value>,
) -> Option<Compute> {
    let value = value.filter(|_| !context.is_misfit(pointer))?;
    if let Value::String(word) = value {
        let serverless = raw::ComputeSettings::default();
        return Some(match word.as_str() {
            "databricks" => Compute::Databricks(machines(context, pointer, &serverless)),
            _ => Compute::Runner,
        });
    }
    let settings: raw::ComputeSettings = serde_json::from_value(value.clone()).ok()?;
    if settings.kind.as_deref() == Some("runner") {
        let more = settings.serverless.is_some()
            || settings.cluster.is_some()
            || settings.environment_version.is_some()
            || !settings.dependencies.is_empty();
        if more {
            let message = "a runner has none of these settings".to_owned();
            let help =
                "write `compute: runner`; its machine is `ci.github.runner` or `ci.azure.vm_image`";
            context.error(Code::InvalidValue, pointer, message, help);
        }
        return Some(Compute::Runner);
    }
    Some(Compute::Databricks(machines(context, pointer, &settings)))
}

fn machines(context: &mut Context<'_>, pointer: &str, settings: &raw::ComputeSettings) -> Machines {
    let serverless = settings.serverless;
    if let (Some(true), Some(_)) = (serverless, &settings.cluster) {
        let message = "serverless has no cluster".to_owned();
        let help = "remove `serverless` or `cluster`";
        context.error(Code::InvalidValue, &join(pointer, "cluster"), message, help);
    }
    if let (Some(false), None) = (serverless, &settings.cluster) {
        let message = "without serverless there has to be a `cluster`".to_owned();
        let help = "add `cluster: {spark_version: ..., node_type_id: ..., num_workers: 1}`";
        context.error(
            Code::MissingKey,
            &join(pointer, "serverless"),
            message,
            help,
        );
    }
    if let (Some(_), Some(_)) = (&settings.environment_version, &settings.cluster) {
        let message = "a cluster has no serverless environment".to_owned();
        let help = "its Python is that of `spark_version`; remove `environment_version`";
        let pointer = join(pointer, "environment_version");
        context.error(Code::InvalidValue, &pointer, message, help);
    }
    let version = settings.environment_version.as_deref();
    Machines {
        kind: match &settings.cluster {
            Some(raw) => Kind::Cluster(Box::new(cluster(context, &join(pointer, "cluster"), raw))),
            None => Kind::Serverless(version.unwrap_or(ENVIRONMENT_VERSION).to_owned()),
        },
        dependencies: settings.dependencies.clone(),
    }
}

fn cluster(context: &mut Context<'_>, pointer: &str, raw: &raw::Cluster) -> Cluster {
    Cluster {
        spark_version: raw.spark_version.clone().unwrap_or_default(),
        node_type_id: raw.node_type_id.clone().unwrap_or_default(),
        workers: workers(context, pointer, raw),
        policy_id: raw.policy_id.clone(),
        spark_conf: raw.spark_conf.clone(),
        custom_tags: raw.custom_tags.clone(),
    }
}

fn workers(context: &mut Context<'_>, pointer: &str, raw: &raw::Cluster) -> Workers {
    let fixed = whole(
        context,
        &join(pointer, "num_workers"),
        raw.num_workers.as_ref(),
    );
    match (&raw.autoscale, &raw.num_workers) {
        (None, Some(_)) => Workers::Fixed(fixed),
        (Some(range), None) => {
            let pointer = join(pointer, "autoscale");
            let min = whole(
                context,
                &join(&pointer, "min_workers"),
                range.min_workers.as_ref(),
            );
            let max = whole(
                context,
                &join(&pointer, "max_workers"),
                range.max_workers.as_ref(),
            );
            if min > max {
                let message = format!("{min} workers at least are more than {max} at most");
                context.error(Code::InvalidValue, &pointer, message, "exchange the two");
            }
            Workers::Between { min, max }
        }
        (both, _) => {
            let message = if both.is_some() {
                "a cluster has a fixed number of workers or a range, not both"
            } else {
                "nothing says how many workers the cluster has"
            };
            let help = "write `num_workers: 2` or `autoscale: {min_workers: 1, max_workers: 4}`";
            context.error(Code::InvalidValue, pointer, message.to_owned(), help);
            Workers::Fixed(fixed)
        }
    }
}

fn whole(context: &mut Context<'_>, pointer: &str, number: Option<&serde_json::Number>) -> u32 {
    let whole = context.whole(pointer, number).unwrap_or(0);
    u32::try_from(whole).unwrap_or_else(|_| {
        let message = format!("{whole} are more workers than any cluster has");
        context.error(
            Code::InvalidValue,
            pointer,
            message,
            "write a smaller number",
        );
        0
    })
}
