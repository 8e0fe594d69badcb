//! The steps that bring the bundle of an environment to Databricks and make a model there.
//!
//! The one decision here: where a person is asked, the plan is a job of its own before that, with an
//! environment that needs to read only. The job after it deploys the kept plan, and cannot make one.

use super::call::{BundleCall, BundleDeed};
use crate::plan::action::Action;
use crate::plan::databricks::promotes_itself;
use crate::plan::environment::Variables;
use crate::plan::job::{CiEnvironment, Env, Job, Step, When};
use crate::plan::shell::BUNDLE_PLAN;
use crate::plan::step::{self, plain};
use crate::spec::databricks::Mode;
use crate::spec::{Environment, Install, Spec, Work};

/// Where the command line builds wheels.
const WHEELS: &str = "dist/";

const DEPLOY: &str =
    "Exactly what was planned: it is refused where somebody else deployed meanwhile.";

const TRAIN: &str =
    "The stages and the gates are tasks of this job. A gate that does not pass fails it.";

/// Whether the plan of an environment is made in a job of its own, before a person is asked. A copy
/// in development belongs to whoever deploys it, so nobody else can plan it.
pub(in crate::plan) fn is_planned_apart(environment: &Environment) -> bool {
    let mode = environment.databricks.as_ref().map(|it| it.mode);
    environment.approval.is_some() && mode == Some(Mode::Production)
}

/// The job that plans, where it is one of its own.
pub(in crate::plan) fn planning(
    spec: &Spec,
    environment: &Environment,
    when: &When,
) -> Option<Job> {
    if !is_planned_apart(environment) {
        return None;
    }
    let variables = Variables::of(environment);
    let mut steps = vec![step::checkout()];
    steps.extend(wheel_tools(spec));
    steps.push(command_line());
    let env = sign_in(&variables);
    let target = &environment.name;
    steps.push(plan(target, &env));
    steps.extend(kept(spec, target).map(|(artifact, file)| {
        plain(
            format!("Keep the {}", what(&file)),
            Action::Keep { artifact, file },
        )
    }));
    Some(Job {
        name: format!("{target} plan"),
        why: planning_why(spec, environment),
        needs: Vec::new(),
        when: when.clone(),
        environment: Some(reading(target, &variables)),
        timeout_minutes: step::ALLOWANCE,
        env: wheel_env(spec),
        outputs: Vec::new(),
        steps,
        id: step::plan_id(target),
    })
}

fn planning_why(spec: &Spec, environment: &Environment) -> String {
    let (name, id) = (&environment.name, step::plan_id(&environment.name));
    let builds = if builds_wheels(spec) {
        " It builds the project's wheel, which is kept with the plan."
    } else {
        ""
    };
    format!(
        "Says what a deployment to `{name}` changes, in the summary of the run, and keeps the plan: \
         it is there before anybody is asked.{builds} It changes nothing, so let the principal of \
         `{id}` only read."
    )
}

/// Why the job that deploys a kept plan is as it is.
pub(in crate::plan) fn deployment(environment: &Environment) -> String {
    let (name, id) = (&environment.name, step::plan_id(&environment.name));
    let reviewers = environment.approval.as_ref();
    let reviewers = reviewers.map(|it| it.reviewers.join(", "));
    format!(
        "Deploys to `{name}` exactly what `{id}` planned. Protect `{name}` with the reviewers {} \
         too: they read the plan in the summary, and then let it be deployed, or not.",
        reviewers.unwrap_or_default()
    )
}

/// What makes a model on Databricks. Nothing of the project is installed here, but for a wheel,
/// which is built when the bundle is planned.
pub(in crate::plan) fn steps(
    spec: &Spec,
    environment: &Environment,
    variables: &Variables,
) -> Vec<Step> {
    let apart = is_planned_apart(environment);
    let builds = builds_wheels(spec) && !apart;
    let judges = !promotes_itself(spec, environment);
    let mut steps = Vec::new();
    if builds {
        steps.extend(wheel_tools(spec));
    } else if judges && spec.ci.install == Install::Pypi {
        steps.push(plain("Install uv", Action::Uv));
    }
    if judges {
        steps.push(step::gatewright());
    }
    steps.push(command_line());
    let env = sign_in(variables);
    let target = &environment.name;
    if apart {
        steps.extend(kept(spec, target).map(|(artifact, file)| {
            let name = format!("Fetch the {}", what(&file));
            plain(name, Action::Restore { artifact, file })
        }));
    }
    steps.push(validate(target, &env));
    if !apart {
        steps.push(plan(target, &env));
    }
    steps.push(call("Deploy the bundle", BundleDeed::Deploy, target, &env).because(DEPLOY));
    steps.push(call("Train on Databricks", BundleDeed::Train, target, &env).because(TRAIN));
    steps
}

/// What travels from the plan to the deployment: the artifact's name, and the file or folder.
fn kept(spec: &Spec, target: &str) -> impl Iterator<Item = (String, String)> {
    let plan = (format!("{target}-bundle-plan"), BUNDLE_PLAN.to_owned());
    let wheels = (format!("{target}-wheel"), WHEELS.to_owned());
    let wheels = builds_wheels(spec).then_some(wheels);
    std::iter::once(plan).chain(wheels)
}

fn what(file: &str) -> &'static str {
    if file == WHEELS { "wheel" } else { "plan" }
}

/// Whether the command line builds a wheel of the project when it plans and deploys.
pub(super) fn builds_wheels(spec: &Spec) -> bool {
    let is_wheel = |work: &Work| matches!(work, Work::Wheel { .. });
    spec.stages.iter().any(|stage| is_wheel(&stage.work))
}

/// What building a wheel takes.
pub(super) fn wheel_tools(spec: &Spec) -> Vec<Step> {
    if !builds_wheels(spec) {
        return Vec::new();
    }
    let python = Action::Python(spec.python.version.clone());
    vec![
        plain("Set up Python", python),
        plain("Install uv", Action::Uv),
    ]
}

pub(super) fn wheel_env(spec: &Spec) -> Env {
    let python = builds_wheels(spec).then(|| step::uv_python(&spec.python));
    python.into_iter().collect()
}

pub(super) fn command_line() -> Step {
    plain("Use the Databricks CLI", Action::DatabricksCli)
}

/// The environment whose principal plans.
pub(super) fn reading(target: &str, variables: &Variables) -> CiEnvironment {
    CiEnvironment {
        name: step::plan_id(target),
        has_settings: variables.has_settings(),
        deploys: false,
    }
}

/// How a step signs in, and nothing else of the environment.
pub(super) fn sign_in(variables: &Variables) -> Env {
    let all = variables.step.iter();
    all.filter(|(name, _)| name.starts_with("DATABRICKS_"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

pub(super) fn call(name: &str, deed: BundleDeed, target: &str, env: &Env) -> Step {
    let call = BundleCall {
        deed,
        target: target.to_owned(),
        env: env.clone(),
    };
    plain(name, Action::Bundle(call))
}

/// Takes a principal that manages the bundle's folder: the command line makes the folder where there
/// is none, and asks who may do what in it.
fn validate(target: &str, env: &Env) -> Step {
    call("Validate the bundle", BundleDeed::Validate, target, env)
}

pub(super) fn plan(target: &str, env: &Env) -> Step {
    call("Plan the deployment", BundleDeed::Plan, target, env)
}
