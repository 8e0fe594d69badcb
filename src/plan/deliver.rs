//! The pipeline that makes a model in its environments and lets it live there.
//!
//! The one decision here: two jobs and two environments on the CI system for each environment of
//! the spec. The first runs training code; the second, behind the approval where one is asked for,
//! runs none, and only its environment may hold the credentials that move the live alias.

use super::action::Action;
use super::bundle;
use super::databricks::promotes_itself;
use super::environment::Variables;
use super::job::{Env, Job, Output, Step, When};
use super::process::{Answer, Input, Kind, Pipeline, Triggers};
use super::promotion::{self, CANDIDATE_OUTPUT};
use super::step::{self, plain};
use super::{refs, rollback};
use crate::spec::{Deploy, Environment, Spec};

const WHY: &str = "Makes a model in each environment that a push deploys, asks the gates, and lets \
    the version that they passed live there, after an approval where the spec wants one.";

/// Plans the pipeline; `None` where no environment is deployed.
pub(super) fn pipeline(spec: &Spec) -> Option<Pipeline> {
    let jobs: Vec<_> = refs::deployed(spec)
        .flat_map(|(environment, deploy)| jobs(spec, environment, deploy))
        .collect();
    if jobs.is_empty() {
        return None;
    }
    Some(Pipeline {
        kind: Kind::Deliver,
        name: format!("{} deliver", spec.project),
        why: WHY.to_owned(),
        triggers: triggers(spec),
        env: step::pipeline_env(spec),
        jobs,
    })
}

fn triggers(spec: &Spec) -> Triggers {
    let names = refs::deployed(spec).map(|(environment, _)| environment.name.clone());
    let mut triggers = Triggers {
        manual: true,
        inputs: vec![Input {
            name: rollback::ENVIRONMENT,
            description: "Where to make a model, on a branch or tag that deploys it",
            answer: Answer::Choice(names.collect()),
        }],
        scheduled_branch: refs::main_branch(spec),
        ..Triggers::default()
    };
    for (_, deploy) in refs::deployed(spec) {
        let (names, name) = match deploy {
            Deploy::Branch(branch) => (&mut triggers.branches, branch),
            Deploy::Tag(pattern) => (&mut triggers.tags, pattern),
        };
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    triggers
}

fn jobs(spec: &Spec, environment: &Environment, deploy: &Deploy) -> Vec<Job> {
    let reached = refs::from_here(spec, &environment.name, deploy);
    let when = When::Deployed {
        push: refs::push(deploy),
        chosen: reached.iter().map(|one| one.name.clone()).collect(),
    };
    let mut making = making(spec, environment);
    making.when = when.clone();
    let mut jobs: Vec<_> = bundle::planning(spec, environment, &when)
        .into_iter()
        .collect();
    making.needs.extend(jobs.iter().map(|plan| plan.id.clone()));
    jobs.push(making);
    if let Some(first) = jobs.first_mut() {
        first.needs.extend(before(spec, environment, deploy));
    }
    jobs.extend(promotion::jobs(spec, environment, &when));
    jobs
}

/// The last job of the environment before this one that the same push deploys.
fn before(spec: &Spec, environment: &Environment, deploy: &Deploy) -> Option<String> {
    refs::deployed(spec)
        .take_while(|(earlier, _)| earlier.name != environment.name)
        .filter(|(_, its)| *its == deploy)
        .last()
        .map(|(earlier, _)| promotion::last(spec, earlier))
}

fn making(spec: &Spec, environment: &Environment) -> Job {
    let name = environment.name.as_str();
    let variables = Variables::of(environment);
    let candidate = environment
        .gates
        .last()
        .filter(|_| !promotes_itself(spec, environment));
    let output = |gate: &String| Output {
        name: CANDIDATE_OUTPUT.to_owned(),
        step: step::gate_id(gate),
    };
    let mut env: Env = [step::uv_python(&spec.python)].into_iter().collect();
    env.extend(variables.job.clone());
    Job {
        id: name.to_owned(),
        name: name.to_owned(),
        why: making_why(spec, environment),
        needs: Vec::new(),
        when: When::Triggered,
        environment: Some(promotion::ci_environment(name, &variables)),
        timeout_minutes: step::timeout(&spec.stages, &spec.ci.install),
        env,
        outputs: candidate.map(output).into_iter().collect(),
        steps: making_steps(spec, environment, &variables),
    }
}

fn making_steps(spec: &Spec, environment: &Environment, variables: &Variables) -> Vec<Step> {
    let name = environment.name.as_str();
    let mut steps = vec![step::checkout()];
    if environment.databricks.is_some() {
        steps.extend(bundle::steps(spec, environment, variables));
    } else {
        steps.extend(step::python_project(&spec.python));
        steps.push(step::gatewright());
        steps.extend(step::sign_in(environment));
        steps.extend(
            spec.stages
                .iter()
                .filter_map(|stage| step::stage(stage, variables)),
        );
    }
    if promotes_itself(spec, environment) {
        steps.extend(bundle::second_phase(spec, environment, variables, true));
        return steps;
    }
    steps.extend(
        environment
            .gates
            .iter()
            .map(|gate| step::gate(spec, gate, name, variables, false)),
    );
    if !environment.gates.is_empty() {
        steps.push(step::decisions(format!("{name}-decisions")));
        steps.extend(stores(environment));
    }
    steps
}

fn making_why(spec: &Spec, environment: &Environment) -> String {
    let name = &environment.name;
    let promotion = step::promotion_id(name);
    let mut why = format!("Makes a model in `{name}` and asks the gates about it.");
    if bundle::is_planned_apart(environment) {
        why = format!("{} {why}", bundle::deployment(environment));
    }
    if promotes_itself(spec, environment) {
        return format!(
            "Deploys the bundle to `{name}`, and runs its job: the stages, the gates and the \
             promotion. A gate that does not pass fails it."
        );
    }
    if environment.gates.is_empty() {
        return why;
    }
    format!(
        "{why} This job runs training code: give its environment no credentials that may move the \
         live alias. They belong to `{promotion}`."
    )
}

/// The stores that are files, to be kept for the promotion.
fn stores(environment: &Environment) -> impl Iterator<Item = Step> {
    promotion::stores(environment).map(|(artifact, file)| keep(artifact, file))
}

fn keep(artifact: String, file: String) -> Step {
    plain(
        "Keep the MLflow store for the promotion",
        Action::Keep { artifact, file },
    )
    .because("It is a file on this machine, and the promotion runs on another.")
}
