//! The steps that bring the bundle of an environment to Databricks and make a model there.
//!
//! The one decision here: what is deployed is what was planned in the same run. The command line
//! refuses a plan whose state has moved since, and nothing plans again by itself.

use super::action::{Action, BundleCall, BundleDeed};
use super::databricks::promotes_itself;
use super::environment::Variables;
use super::job::{Env, Step};
use super::step::{self, plain};
use crate::spec::{Environment, Install, Spec, Work};

/// What the steps do, in order.
const DEEDS: [(BundleDeed, &str, &str); 4] = [
    (BundleDeed::Validate, "Validate the bundle", ""),
    (BundleDeed::Plan, "Plan the deployment", ""),
    (
        BundleDeed::Deploy,
        "Deploy the bundle",
        "Exactly what was planned: it is refused where somebody else deployed meanwhile.",
    ),
    (
        BundleDeed::Train,
        "Train on Databricks",
        "The stages and the gates are tasks of this job. A gate that does not pass fails it.",
    ),
];

/// What makes a model on Databricks. Nothing of the project is installed here, but for a wheel,
/// which is built when the bundle is planned and deployed.
pub(super) fn steps(spec: &Spec, environment: &Environment, variables: &Variables) -> Vec<Step> {
    let is_wheel = |work: &Work| matches!(work, Work::Wheel { .. });
    let mut steps = Vec::new();
    let builds = spec.stages.iter().any(|stage| is_wheel(&stage.work));
    if builds {
        let python = Action::Python(spec.python.version.clone());
        steps.push(plain("Set up Python", python));
    }
    let judges = !promotes_itself(environment);
    if builds || (judges && spec.ci.install == Install::Pypi) {
        steps.push(plain("Install uv", Action::Uv));
    }
    if judges {
        steps.push(step::gatewright());
    }
    steps.push(plain("Use the Databricks CLI", Action::DatabricksCli));
    let env: Env = variables
        .step
        .iter()
        .filter(|(name, _)| name.starts_with("DATABRICKS_"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    steps.extend(DEEDS.map(|(deed, name, why)| {
        let call = BundleCall {
            deed,
            target: environment.name.clone(),
            env: env.clone(),
        };
        plain(name, Action::Bundle(call)).because(why)
    }));
    steps
}
