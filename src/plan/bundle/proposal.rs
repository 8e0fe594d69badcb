//! What a proposed change would do to Databricks, for whoever reviews it.
//!
//! The one decision here: the principal may only read, and runs nothing that the change brings along.
//! A fork gets no identity; a wheel is not built, as that runs the author's build backend; and a
//! bundle with other files than ours is not read, as those may name commands.

use super::call::BundleDeed;
use super::delivery::{builds_wheels, call, command_line, plan, reading, sign_in};
use crate::plan::action::Action;
use crate::plan::databricks;
use crate::plan::environment::Variables;
use crate::plan::job::{Env, Job, When};
use crate::plan::refs;
use crate::plan::shell::BUNDLE_PLAN;
use crate::plan::step::{self, plain};
use crate::spec::databricks::Mode;
use crate::spec::{Environment, Spec};

/// The jobs, one for each environment that is deployed and there once, for all: copies in development
/// are their owners'. They come after the job `after`.
pub(in crate::plan) fn jobs(spec: &Spec, after: &str) -> Vec<Job> {
    if !spec.ci.databricks.plan || is_detached(spec) {
        return Vec::new();
    }
    let is_there = |environment: &&Environment| {
        let workspace = environment.databricks.as_ref();
        workspace.is_some_and(|it| it.mode == Mode::Production)
    };
    refs::deployed(spec)
        .map(|(environment, _)| environment)
        .filter(is_there)
        .map(|environment| job(spec, environment, after))
        .collect()
}

/// Whether a file of the bundle is the author's own, so that it may name commands.
fn is_detached(spec: &Spec) -> bool {
    let folder = spec.path.rsplit_once('/').map(|(folder, _)| folder);
    let from_root = |file: &str| match folder {
        Some(folder) => format!("{folder}/{file}"),
        None => file.to_owned(),
    };
    let main = std::iter::once("databricks.yml".to_owned());
    let mut all = main.chain(resources(spec));
    all.any(|file| spec.ci.detach.contains(&from_root(&file)))
}

const ONLY: &str =
    "The bundle takes whatever is in that folder, and a file there can name commands.";

fn job(spec: &Spec, environment: &Environment, after: &str) -> Job {
    let target = &environment.name;
    let variables = Variables::of(environment);
    let env = sign_in(&variables);
    let only = BundleDeed::OnlyThese(resources(spec));
    let mut steps = vec![
        step::checkout(),
        call("Look for other files", only, target, &Env::new()).because(ONLY),
        command_line(),
    ];
    if builds_wheels(spec) {
        steps.push(call("Read the bundle", BundleDeed::Read, target, &env));
    } else {
        steps.push(plan(target, &env));
        let keep = Action::Keep {
            artifact: format!("{target}-bundle-plan"),
            file: BUNDLE_PLAN.to_owned(),
        };
        steps.push(plain("Keep the plan", keep));
    }
    Job {
        name: format!("{target} plan"),
        why: why(spec, target),
        needs: vec![after.to_owned()],
        when: When::Reviewable,
        environment: Some(reading(target, &variables)),
        timeout_minutes: step::ALLOWANCE,
        env: Env::new(),
        outputs: Vec::new(),
        steps,
        id: step::plan_id(target),
    }
}

fn resources(spec: &Spec) -> Vec<String> {
    let bundles = databricks::bundles(spec);
    let files = bundles.map(|bundles| bundles.resources).unwrap_or_default();
    files.into_iter().map(|(path, _)| path).collect()
}

fn why(spec: &Spec, target: &str) -> String {
    let id = step::plan_id(target);
    let (says, left_out) = if builds_wheels(spec) {
        (
            "Whether the bundle can be read for",
            " A plan is left out: it would build the project's wheel, and that is the author's code.",
        )
    } else {
        ("What the change would do to", "")
    };
    format!(
        "{says} `{target}`, for whoever reviews it.{left_out} Forks get no identity, so this is left \
         out for them. It runs none of the author's code; but whoever may push a branch may change \
         this file too, so let the principal of `{id}` only read."
    )
}
