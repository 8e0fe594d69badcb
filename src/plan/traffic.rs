//! The step that turns the traffic of an endpoint to what is live, where the spec serves something.
//!
//! The one decision here: traffic follows the alias. Whatever moves the alias, forth or back, is
//! followed by the same step; and its job has the time for all of it.

use super::action::{Action, RolloutCall};
use super::environment::Variables;
use super::job::Step;
use super::step::{plain, sign_in as sign_in_of};
use crate::spec::{Driver, Environment, Spec};

/// How long the endpoint may take for one change, in minutes: what `gatewright rollout` waits where
/// nothing else is said.
const CHANGE: u32 = 30;

const WHY: &str = "In steps, each with its gate; what does not pass goes back by itself. Stopped at \
    any moment, it goes on from there when the job is run again.";

const SIGN_IN: &str = "For the program that turns the traffic, and before anything has moved.";

const WHY_BACK: &str = "At once, and no gate is asked: what is live now is what was good before. \
    Stopped at any moment, it goes on from there when the job is run again.";

/// The step, with what its gate decided kept for later; `None` where nothing is served.
pub(super) fn forth(spec: &Spec, environment: &Environment, variables: &Variables) -> Option<Step> {
    let kept = spec.online.as_ref()?.rollout.gate.clone();
    Some(step(environment, kept, variables).because(WHY))
}

/// The step after the alias was put back; `None` where nothing is served.
pub(super) fn back(spec: &Spec, environment: &Environment, variables: &Variables) -> Option<Step> {
    spec.online
        .as_ref()
        .map(|_| step(environment, None, variables).because(WHY_BACK))
}

fn step(environment: &Environment, kept: Option<String>, variables: &Variables) -> Step {
    let call = RolloutCall {
        environment: environment.name.clone(),
        kept,
        env: variables.step.clone(),
    };
    plain("Roll out", Action::Rollout(call))
}

/// Signs that program in, where the environment asks for it: before the alias moves, so that what
/// cannot sign in has moved nothing.
pub(super) fn sign_in(spec: &Spec, environment: &Environment) -> Option<Step> {
    let step = sign_in_of(environment).filter(|_| runs_a_program(spec));
    step.map(|step| step.because(SIGN_IN))
}

/// How long it may take, in whole minutes: every step bakes and is a change of the endpoint, and a
/// last change takes off what is served no more.
pub(super) fn timeout(spec: &Spec) -> u32 {
    let Some(online) = &spec.online else { return 0 };
    let steps = u32::try_from(online.rollout.steps.shares().len()).unwrap_or(u32::MAX);
    let bake = online.rollout.bake_ms.saturating_add(59_999) / 60_000;
    let bake = u32::try_from(bake).unwrap_or(0);
    steps
        .saturating_mul(bake.saturating_add(CHANGE))
        .saturating_add(CHANGE)
}

/// Whether it runs a program of the project.
pub(super) fn runs_a_program(spec: &Spec) -> bool {
    let driver = spec.online.as_ref().map(|online| &online.driver);
    matches!(driver, Some(Driver::Command(_)))
}
