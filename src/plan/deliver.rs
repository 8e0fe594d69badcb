//! The pipeline that makes a model in its environments and lets it live there.
//!
//! The one decision here: two jobs and two environments on the CI system where an approval is
//! asked for. The first runs training code; the second, behind the approval, runs none, and only
//! its environment may hold the credentials that move the live alias.

use super::environment::{self, Variables};
use super::process::{
    Action, CiEnvironment, Env, Job, Kind, Output, Pipeline, Step, Triggers, Value, When,
};
use super::refs;
use super::shell::CANDIDATE;
use super::step::{self, plain};
use crate::spec::{Approval, Deploy, Environment, Spec};

const WHY: &str = "Makes a model in each environment that a push deploys, asks the gates, and \
    where the spec wants an approval, judges the approved version once more after it.";

const CANDIDATE_OUTPUT: &str = "candidate_version";

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
    let mut triggers = Triggers::default();
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
    let variables = Variables::of(environment);
    let mut making = making(spec, environment, &variables);
    making.needs.extend(before(spec, environment, deploy));
    making.when = refs::when(deploy);
    let Some(approval) = &environment.approval else {
        return vec![making];
    };
    let mut promotion = promotion(spec, environment, approval, &variables);
    promotion.when = refs::when(deploy);
    vec![making, promotion]
}

/// The last job of the environment before this one that the same push deploys.
fn before(spec: &Spec, environment: &Environment, deploy: &Deploy) -> Option<String> {
    refs::deployed(spec)
        .take_while(|(earlier, _)| earlier.name != environment.name)
        .filter(|(_, its)| *its == deploy)
        .last()
        .map(|(earlier, _)| match earlier.approval {
            Some(_) => step::promotion_id(&earlier.name),
            None => earlier.name.clone(),
        })
}

fn making(spec: &Spec, environment: &Environment, variables: &Variables) -> Job {
    let name = environment.name.as_str();
    let candidate = environment
        .gates
        .last()
        .filter(|_| environment.approval.is_some());
    let output = |gate: &String| Output {
        name: CANDIDATE_OUTPUT.to_owned(),
        step: step::gate_id(gate),
    };
    let mut env: Env = [step::uv_python(&spec.python)].into_iter().collect();
    env.extend(variables.job.clone());
    Job {
        id: name.to_owned(),
        name: name.to_owned(),
        why: making_why(environment),
        needs: Vec::new(),
        when: When::Triggered,
        environment: Some(ci_environment(name, variables)),
        timeout_minutes: step::timeout(&spec.stages, &spec.ci.install),
        env,
        outputs: candidate.map(output).into_iter().collect(),
        steps: making_steps(spec, environment, variables),
    }
}

fn making_steps(spec: &Spec, environment: &Environment, variables: &Variables) -> Vec<Step> {
    let name = environment.name.as_str();
    let mut steps = vec![step::checkout()];
    steps.extend(step::python_project(&spec.python));
    steps.push(step::gatewright());
    steps.extend(
        spec.stages
            .iter()
            .map(|stage| step::stage(stage, variables)),
    );
    steps.extend(
        environment
            .gates
            .iter()
            .map(|gate| step::gate(gate, name, variables, false)),
    );
    if !environment.gates.is_empty() {
        steps.push(step::decisions(format!("{name}-decisions")));
    }
    if environment.approval.is_some() {
        steps.extend(stores(environment).map(|(artifact, file)| keep(artifact, file)));
    }
    steps
}

fn making_why(environment: &Environment) -> String {
    let name = &environment.name;
    let promotion = step::promotion_id(name);
    let why = format!("Makes a model in `{name}` and asks the gates about it.");
    if environment.approval.is_none() {
        return why;
    }
    format!(
        "{why} This job runs training code: give its environment no credentials that may move the \
         live alias. They belong to `{promotion}`."
    )
}

fn promotion(
    spec: &Spec,
    environment: &Environment,
    approval: &Approval,
    variables: &Variables,
) -> Job {
    let name = environment.name.as_str();
    let id = step::promotion_id(name);
    let candidate = environment.gates.last().map(|gate| {
        let (job, step) = (name.to_owned(), step::gate_id(gate));
        let name = CANDIDATE_OUTPUT.to_owned();
        (CANDIDATE.to_owned(), Value::JobOutput { job, step, name })
    });
    Job {
        name: format!("{name} promotion"),
        why: promotion_why(&id, approval),
        needs: vec![name.to_owned()],
        when: When::Triggered,
        environment: Some(ci_environment(&id, variables)),
        timeout_minutes: step::around(&spec.ci.install),
        env: candidate.into_iter().chain(variables.job.clone()).collect(),
        outputs: Vec::new(),
        steps: promotion_steps(spec, environment, variables),
        id,
    }
}

fn promotion_steps(spec: &Spec, environment: &Environment, variables: &Variables) -> Vec<Step> {
    let name = environment.name.as_str();
    let mut steps = vec![step::checkout()];
    steps.extend(step::gatewright_alone(&spec.ci.install));
    steps.extend(stores(environment).map(|(artifact, file)| restore(artifact, file)));
    for (index, gate) in environment.gates.iter().enumerate() {
        let step = step::gate(gate, name, variables, true);
        steps.push(if index == 0 {
            step.because(AFRESH)
        } else {
            step
        });
    }
    let artifact = format!("{}-decisions", step::promotion_id(name));
    steps.push(step::decisions(artifact));
    steps
}

const AFRESH: &str = "Judged afresh, and exactly the version that was approved: the champion may \
    have moved while the approval was pending.";

fn promotion_why(id: &str, approval: &Approval) -> String {
    let own = if approval.self_review {
        "may"
    } else {
        "may not"
    };
    format!(
        "Waits for the approval that the environment `{id}` asks for. Approvals are not set in \
         this file: protect `{id}` with the reviewers {}; who started the run {own} approve it. It \
         is an environment of its own, so that the job that runs training code need not hold the \
         credentials that may move the live alias. The alias itself is moved by hand for now.",
        approval.reviewers.join(", ")
    )
}

fn ci_environment(name: &str, variables: &Variables) -> CiEnvironment {
    CiEnvironment {
        name: name.to_owned(),
        has_settings: variables.has_settings(),
    }
}

/// The stores that are files, each with the name of the artifact it travels as.
fn stores(environment: &Environment) -> impl Iterator<Item = (String, String)> {
    let files = environment::files(environment).unwrap_or_default();
    files
        .into_iter()
        .map(|(name, file)| (format!("{}-{name}", environment.name), file))
}

fn keep(artifact: String, file: String) -> Step {
    plain(
        "Keep the MLflow store for the promotion",
        Action::Keep { artifact, file },
    )
    .because("It is a file on this machine, and the promotion runs on another.")
}

fn restore(artifact: String, file: String) -> Step {
    plain("Fetch the MLflow store", Action::Restore { artifact, file })
}
