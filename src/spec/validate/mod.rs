//! Raw to valid: every rule looks at the whole spec and reports, none stops.
//!
//! The one decision here: the valid spec is built even when rules complain, so that one pass over
//! the file finds everything; whoever reads it drops the value when a diagnostic is an error.

mod context;
mod databricks;
mod environments;
mod gates;
mod hooks;
mod models;
mod patches;
mod project;
mod promotion;
mod providers;
mod secrets;
mod serving;
mod stages;
mod stores;

use serde_json::Value;

pub(super) use self::context::Context;

use super::databricks::Compute;
use super::yaml::Node;
use super::{Spec, raw};
use crate::diagnostic::{Code, Diagnostic};

/// The version of the spec format that is read.
const SPEC_VERSION: f64 = 1.0;

/// The most stages, environments, gates or monitors of a spec.
const MOST_OF_A_KIND: usize = 1_000;

/// A spec of another version is refused at once: what else there is to say would be noise.
pub(super) fn unsupported_version(tree: &Node, value: &Value) -> Option<Diagnostic> {
    let version = value.get("version")?.as_f64()?;
    if version.to_bits() == SPEC_VERSION.to_bits() {
        return None;
    }
    let message =
        format!("this gatewright reads version {SPEC_VERSION} of the spec, not {version}");
    let help = if version > SPEC_VERSION {
        "upgrade gatewright: `uv tool upgrade gatewright`, or `cargo install gatewright`"
    } else {
        "write `version: 1`"
    };
    let span = tree.nearest("/version").span();
    Some(Diagnostic::error(Code::UnsupportedVersion, span, message).help(help))
}

/// A spec of more of a kind than any project has is refused at once: rules look at environments in
/// the light of gates, and at stages in the light of stages, and would take time and memory for
/// their product.
pub(super) fn crowd(tree: &Node, raw: &raw::Spec) -> Option<Diagnostic> {
    let counts = [
        ("stages", raw.stages.len()),
        ("environments", raw.environments.len()),
        ("gates", raw.gates.len()),
        ("monitors", raw.monitors.len()),
    ];
    let (kind, count) = counts
        .into_iter()
        .find(|(_, count)| *count > MOST_OF_A_KIND)?;
    let message =
        format!("there are {count} {kind}, and {MOST_OF_A_KIND} is the most that is read");
    let span = tree.nearest(&format!("/{kind}")).span();
    Some(Diagnostic::error(Code::YamlLimit, span, message).help("write several specs"))
}

/// Applies every rule. The spec is `None` only when not even a name could be made out.
pub(super) fn validate(
    mut context: Context<'_>,
    raw: &raw::Spec,
    tool_version: &str,
    digest: String,
) -> (Option<Spec>, Vec<Diagnostic>) {
    let tree = context.tree;
    secrets::look_alikes(&mut context, tree);
    let project = project::name(&mut context, raw);
    let tool_version = project::tool_version(&mut context, raw, tool_version);
    let model = project::model(&mut context, raw, &project);
    let mlflow = project::mlflow(&mut context, "/mlflow", raw.mlflow.as_ref(), &project, None);
    let gates = gates::gates(&mut context, raw, &model);
    let online = serving::online(&mut context, raw);
    let compute = databricks::compute_or(
        &mut context,
        "/compute",
        raw.compute.as_ref(),
        &Compute::Runner,
    );
    let environments = environments::environments(
        &mut context,
        raw,
        (&model, &mlflow),
        &gates,
        (&compute, &project),
    );
    let spec = Spec {
        path: context.source.path.replace('\\', "/"),
        digest,
        model,
        mlflow,
        tool_version,
        python: project::python(&mut context, raw),
        stages: stages::stages(&mut context, raw),
        environments,
        promotion: promotion::policy(&mut context, raw),
        gates,
        quality_monitors: databricks::quality_monitors(&mut context, raw),
        monitors: environments::monitors(&mut context, raw),
        online,
        ci: project::ci(&mut context, raw),
        project,
    };
    stores::ephemeral(&mut context, &spec);
    databricks::placement(&mut context, &spec, &compute);
    (Some(spec), context.diagnostics)
}
