//! The pipeline that tries a pull request on Databricks, in a copy of its own.
//!
//! The one decision here: it runs the author's code with an identity, so it exists only where the spec
//! asks for it, is a pipeline of its own, and has an environment of its own. The copy is removed in
//! the run that made it, whatever became of that; what a lost machine left behind goes when the pull
//! request is closed.

use super::call::BundleDeed;
use super::delivery::{call, command_line, sign_in, wheel_env, wheel_tools};
use super::shell;
use crate::plan::databricks::PULL_REQUEST;
use crate::plan::environment::Variables;
use crate::plan::error::{PlanError, Problem};
use crate::plan::job::{CiEnvironment, Env, Job, Step, Value, When};
use crate::plan::process::{Kind, Pipeline, Triggers};
use crate::plan::settings_problem::SettingsProblem;
use crate::plan::step;
use crate::spec::{Environment, Spec};

const WHY: &str = "Tries a pull request on Databricks: deploys a copy of the bundle for it alone, \
    trains once, and removes the copy. It runs the author's code with the identity of the environment \
    `pr`, so it is there only because the spec asks for it, and not for forks. Let that principal do \
    nothing but this, in a catalog that nothing depends on.";

/// Plans the pipeline; `None` where the spec does not ask for it.
pub(in crate::plan) fn pipeline(spec: &Spec) -> Option<Pipeline> {
    let first = first(spec).filter(|_| spec.ci.databricks.preview)?;
    Some(Pipeline {
        kind: Kind::Preview,
        name: format!("{} preview", spec.project),
        why: WHY.to_owned(),
        triggers: Triggers {
            previews: true,
            ..Triggers::default()
        },
        env: indexmap::IndexMap::new(),
        jobs: vec![trial(spec, first), cleanup(first)],
    })
}

/// A preview that is asked for where there is nothing to copy.
pub(in crate::plan) fn check(spec: &Spec) -> Option<PlanError> {
    let is_in_vain = spec.ci.databricks.preview && first(spec).is_none();
    let problem = Problem::Settings(SettingsProblem::NothingToPreview);
    is_in_vain.then(|| PlanError::new(&["ci", "databricks", "preview"], problem))
}

/// The environment that is copied.
fn first(spec: &Spec) -> Option<&Environment> {
    let mut all = spec.environments.iter();
    all.find(|environment| environment.databricks.is_some())
}

fn trial(spec: &Spec, first: &Environment) -> Job {
    let env = env(first);
    let mut steps = vec![step::checkout()];
    steps.extend(wheel_tools(spec));
    steps.push(command_line());
    let copy = |name, deed| call(name, deed, PULL_REQUEST, &env);
    steps.push(copy("Deploy the copy", BundleDeed::DeployCopy));
    steps.push(copy("Train in the copy", BundleDeed::TrainCopy));
    steps.push(
        copy("Remove the copy", BundleDeed::DestroyCopy)
            .because("Whatever happened before: after a failure, and after a cancellation.")
            .in_any_case(),
    );
    Job {
        env: wheel_env(spec),
        ..job(
            "preview",
            "Preview",
            "Deploys the copy, trains in it and removes it.",
            When::Open,
            step::timeout(&spec.stages, &spec.ci.install),
            first,
            steps,
        )
    }
}

fn cleanup(first: &Environment) -> Job {
    let env = env(first);
    let steps = vec![
        step::checkout(),
        command_line(),
        call(
            "Remove the copy",
            BundleDeed::DestroyCopy,
            PULL_REQUEST,
            &env,
        ),
    ];
    let why = "Removes what a run left behind whose machine was lost. Mostly there is nothing.";
    let minutes = step::ALLOWANCE;
    job(
        "cleanup",
        "Cleanup",
        why,
        When::Closed,
        minutes,
        first,
        steps,
    )
}

fn job(
    id: &str,
    name: &str,
    why: &str,
    when: When,
    timeout_minutes: u32,
    first: &Environment,
    steps: Vec<Step>,
) -> Job {
    Job {
        id: id.to_owned(),
        name: name.to_owned(),
        why: why.to_owned(),
        needs: Vec::new(),
        when,
        environment: Some(CiEnvironment {
            name: PULL_REQUEST.to_owned(),
            has_settings: Variables::of(first).has_settings(),
            deploys: true,
        }),
        timeout_minutes,
        env: Env::new(),
        outputs: Vec::new(),
        steps,
    }
}

/// How it signs in, in the workspace of the environment that is copied, and the number.
fn env(first: &Environment) -> Env {
    let mut env = sign_in(&Variables::of(first));
    env.insert(shell::PULL_REQUEST.to_owned(), Value::PullRequest);
    env
}
