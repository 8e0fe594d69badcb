//! The second phase: what can exist only once a model is live.
//!
//! The one decision here: deploying it never turns traffic. The bundle is told the version that the
//! endpoint serves; where there is no endpoint yet, the one that was promoted.

use super::call::{BundleDeed, SecondPhase};
use super::delivery::{call, command_line, sign_in};
use crate::plan::databricks::{endpoint_of, has_second_phase};
use crate::plan::environment::Variables;
use crate::plan::job::Step;
use crate::spec::{Environment, Spec};

const WHY: &str = "The second phase. What the endpoint serves stays: its traffic is turned by a \
    rollout, not by a deployment.";

const WHY_MONITORS: &str = "The second phase, once there are predictions to profile.";

/// The steps after a promotion; none where there is no second phase.
pub(in crate::plan) fn steps(
    spec: &Spec,
    environment: &Environment,
    variables: &Variables,
    has_command_line: bool,
) -> Vec<Step> {
    let Some(workspace) = environment.databricks.as_ref() else {
        return Vec::new();
    };
    if !has_second_phase(spec, environment) {
        return Vec::new();
    }
    let full = |table: &String| format!("{}.{}.{table}", workspace.catalog, workspace.schema);
    let monitors = spec.quality_monitors.iter();
    let phase = SecondPhase {
        endpoint: endpoint_of(spec, environment),
        tables: monitors.map(|monitor| full(&monitor.table)).collect(),
    };
    let why = if phase.endpoint.is_some() {
        WHY
    } else {
        WHY_MONITORS
    };
    let env = sign_in(variables);
    let name = "Deploy what needs a live model";
    let deploy = call(name, BundleDeed::Serve(phase), &environment.name, &env).because(why);
    let tool = (!has_command_line).then(command_line);
    tool.into_iter().chain([deploy]).collect()
}
