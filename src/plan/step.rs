//! Steps that more than one pipeline has, and the ids that jobs and steps go by.

use indexmap::IndexMap;

use super::action::{Action, GateCheck, History};
use super::environment::Variables;
use super::job::{Env, Moment, Step, Value};
use super::shell::{CANDIDATE, FOLDER, UV_PYTHON, VERSION};
use crate::spec::{Environment, Install, Python, Spec, Stage};

/// What a job may take besides the stages it runs, in minutes.
pub(super) const ALLOWANCE: u32 = 15;

/// The id of the job that says what a deployment to an environment changes, and the name of the
/// environment on the CI system that it has.
pub(super) fn plan_id(environment: &str) -> String {
    format!("{environment}-plan")
}

/// The id of the job that lets a model live in an environment.
pub(super) fn promotion_id(environment: &str) -> String {
    format!("{environment}-promotion")
}

/// The id of the job that looks at what is live in an environment.
pub(super) fn verification_id(environment: &str) -> String {
    format!("{environment}-verify")
}

/// The id of the job that puts back what was live in an environment.
pub(super) fn undoing_id(environment: &str) -> String {
    format!("{environment}-rollback")
}

/// The id of the step that asks a gate.
pub(super) fn gate_id(gate: &str) -> String {
    format!("gate-{gate}")
}

/// A step that runs while all is well and needs no explanation.
pub(super) fn plain(name: impl Into<String>, action: Action) -> Step {
    Step {
        name: name.into(),
        why: String::new(),
        moment: Moment::WhileGood,
        action,
    }
}

impl Step {
    pub(super) fn because(self, why: &str) -> Self {
        Self {
            why: why.to_owned(),
            ..self
        }
    }

    pub(super) fn after_failure_too(self) -> Self {
        Self {
            moment: Moment::AfterFailureToo,
            ..self
        }
    }

    pub(super) fn in_any_case(self) -> Self {
        Self {
            moment: Moment::InAnyCase,
            ..self
        }
    }
}

/// Fetches the repository.
pub(super) fn checkout() -> Step {
    plain("Check out the repository", Action::Checkout(History::Tip))
}

/// A machine with the spec and gatewright, and none of the project's code installed.
pub(super) fn judge(install: &Install) -> Vec<Step> {
    let mut steps = vec![checkout()];
    steps.extend(gatewright_alone(install));
    steps
}

/// Puts gatewright on the path of a job that has no Python project.
pub(super) fn gatewright_alone(install: &Install) -> Vec<Step> {
    let mut steps = Vec::new();
    if *install == Install::Pypi {
        steps.push(plain("Install uv", Action::Uv));
    }
    steps.push(gatewright());
    steps
}

/// Puts gatewright on the path.
pub(super) fn gatewright() -> Step {
    plain("Install gatewright", Action::Gatewright)
}

/// Puts the Python project and its tools on the path.
pub(super) fn python_project(python: &Python) -> Vec<Step> {
    vec![
        plain("Set up Python", Action::Python(python.version.clone())),
        plain("Install uv", Action::Uv),
        command("Install the project", &python.install),
        plain(
            "Use the project's virtual environment",
            Action::VirtualEnvironment,
        )
        .because("Later steps find `python` and the project's tools there."),
    ]
}

/// Signs in what comes after it, where the environment asks for it: not the installation before,
/// which runs other people's code.
pub(super) fn sign_in(environment: &Environment) -> Option<Step> {
    environment.azure.then(|| {
        plain("Sign in to Azure", Action::SignInToAzure)
            .because("No secret: the job proves who it is. After the installation, which runs other people's code.")
    })
}

/// Runs a command of the spec.
pub(super) fn command(name: &str, run: &str) -> Step {
    let action = Action::Command {
        run: run.to_owned(),
        env: Env::new(),
        timeout_minutes: None,
        retries: 0,
    };
    plain(name, action)
}

/// Runs a stage, where that is a command: on Databricks a stage is a task of a job.
pub(super) fn stage(stage: &Stage, variables: &Variables) -> Option<Step> {
    let action = Action::Command {
        run: stage.command()?.to_owned(),
        env: variables.with(&stage.env),
        timeout_minutes: Some(stage.timeout_minutes),
        retries: stage.retries,
    };
    Some(plain(stage_name(&stage.name), action))
}

/// What the step of a stage is called.
pub(super) fn stage_name(stage: &str) -> String {
    format!("Stage {stage}")
}

/// What every job of a pipeline needs to know to get gatewright.
pub(super) fn pipeline_env(spec: &Spec) -> IndexMap<String, String> {
    let (name, value) = match &spec.ci.install {
        Install::Pypi | Install::Cargo => (VERSION, &spec.tool_version),
        Install::Path(folder) => (FOLDER, folder),
    };
    [(name.to_owned(), value.clone())].into_iter().collect()
}

/// What `uv` needs to know to take the project's interpreter.
pub(super) fn uv_python(python: &Python) -> (String, Value) {
    (UV_PYTHON.to_owned(), Value::Literal(python.version.clone()))
}

/// Asks a gate of an environment.
pub(super) fn gate(
    spec: &Spec,
    gate: &str,
    environment: &str,
    variables: &Variables,
    approved: bool,
) -> Step {
    plain(
        format!("Gate {gate}"),
        Action::Gate(GateCheck {
            id: gate_id(gate),
            gate: gate.to_owned(),
            environment: Some(environment.to_owned()),
            tracking_uri: None,
            candidate: approved.then(|| CANDIDATE.to_owned()),
            report_only: false,
            attest: approved && spec.promotion.attest,
            env: variables.step.clone(),
        }),
    )
}

/// Keeps what the gates of a job decided.
pub(super) fn decisions(artifact: String) -> Step {
    plain("Publish the decisions", Action::PublishDecisions(artifact))
        .because("A refusal is evidence too: published whatever the gates said.")
        .after_failure_too()
}

/// How long the stages may take together, with the work around them.
pub(super) fn timeout(stages: &[Stage], install: &Install) -> u32 {
    let stages = stages.iter().fold(0_u32, |sum, stage| {
        let attempts = stage.retries.saturating_add(1);
        sum.saturating_add(stage.timeout_minutes.saturating_mul(attempts))
    });
    stages.saturating_add(around(install))
}

/// How long the work around the stages may take.
pub(super) fn around(install: &Install) -> u32 {
    // A clean build of gatewright takes minutes on a runner with two cores.
    if *install == Install::Cargo {
        ALLOWANCE * 2
    } else {
        ALLOWANCE
    }
}
