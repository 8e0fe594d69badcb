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
        why: why(spec),
        triggers: triggers(spec),
        env: step::pipeline_env(spec),
        jobs,
    })
}

fn why(spec: &Spec) -> String {
    let approvals: Vec<_> = refs::deployed(spec)
        .map(|(environment, _)| environment.approval.is_some())
        .collect();
    let approval = match (approvals.contains(&true), approvals.contains(&false)) {
        (true, false) => ", after an approval",
        (true, true) => ", after an approval where the spec wants one",
        (false, _) => "",
    };
    let copies = refs::deployed(spec).filter_map(|(environment, _)| {
        let (name, from) = (&environment.name, copied(environment)?);
        Some(format!(
            " `{name}` takes the version that is live in `{from}`."
        ))
    });
    format!(
        "Makes a model in each environment that a push deploys, asks the gates, and lets the \
         version that they passed live there{approval}.{}",
        copies.collect::<String>()
    )
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
    let mut env = Env::new();
    if copied(environment).is_none() {
        env.extend([step::uv_python(&spec.python)]);
    }
    env.extend(variables.job.clone());
    Job {
        id: name.to_owned(),
        name: name.to_owned(),
        why: making_why(spec, environment),
        needs: Vec::new(),
        when: When::Triggered,
        environment: Some(promotion::ci_environment(name, &variables)),
        timeout_minutes: making_timeout(spec, environment),
        env,
        outputs: candidate.map(output).into_iter().collect(),
        steps: making_steps(spec, environment, &variables),
    }
}

fn making_timeout(spec: &Spec, environment: &Environment) -> u32 {
    match copied(environment) {
        Some(_) => step::around(&spec.ci.install),
        None => step::timeout(&spec.stages, &spec.ci.install),
    }
}

fn making_steps(spec: &Spec, environment: &Environment, variables: &Variables) -> Vec<Step> {
    let name = environment.name.as_str();
    let mut steps = vec![step::checkout()];
    if environment.databricks.is_some() {
        steps.extend(bundle::steps(spec, environment, variables));
    } else if copied(environment).is_some() {
        steps.extend(step::gatewright_alone(&spec.ci.install));
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
        steps.extend(reports(spec, environment));
    }
    steps
}

/// The environment whose live version is the candidate: then there is nothing to train. Databricks
/// runs the stages of its job as they are.
fn copied(environment: &Environment) -> Option<&str> {
    let from = environment.copy_from.as_deref();
    from.filter(|_| environment.databricks.is_none())
}

fn making_why(spec: &Spec, environment: &Environment) -> String {
    let name = &environment.name;
    let promotion = step::promotion_id(name);
    if let Some(from) = copied(environment) {
        return format!(
            "Asks the gates of `{name}` about the version that is live in `{from}`. Nothing is \
             trained; this job reads, and its environment needs no credentials that may do more."
        );
    }
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
    .because(
        "It is a file on this machine, and the promotion runs on another. Nobody keeps it after \
         that: for more than a rehearsal, the spec has to name a server.",
    )
}

/// The reports that stages wrote, to be judged again before the promotion.
fn reports(spec: &Spec, environment: &Environment) -> impl Iterator<Item = Step> {
    let reports = promotion::reports(spec, environment).into_iter();
    reports.enumerate().map(|(index, (artifact, file))| {
        let name = format!("Keep {} for the promotion", promotion::called(&file));
        let step = plain(name, Action::Keep { artifact, file });
        match index {
            0 => step.because("Gates import it, and are asked again on another machine."),
            _ => step,
        }
    })
}
