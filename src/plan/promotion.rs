//! The jobs of a delivery after a model was made: promote it, look at what is live, put it back.
//!
//! The one decision here: the environment behind the approval, and only it, may hold the
//! credentials that move the live alias, so no job there runs a line of the project's code, but for
//! the program that turns the traffic of an endpoint where the spec names one. What looks at the live model is the project's code; it gets a job of its own, and its failure is
//! acted upon in a third.

use std::collections::BTreeSet;

use super::action::{Action, PromoteCall};
use super::bundle;
use super::databricks::promotes_itself;
use super::environment::{self, Variables};
use super::job::{CiEnvironment, Env, Job, Output, Step, Value, When};
use super::rollback;
use super::shell::{CANDIDATE, REASON, ROLLBACK_TO};
use super::step::{self, plain};
use super::traffic;
use crate::spec::{Environment, Spec};

/// What the job that makes a model hands over.
pub(super) const CANDIDATE_OUTPUT: &str = "candidate_version";

/// What the promotion hands over: the version that was live before it.
const CHAMPION_OUTPUT: &str = "champion_version";

/// Plans the jobs; none where no gate says which version is meant, or where Databricks promotes.
pub(super) fn jobs(spec: &Spec, environment: &Environment, when: &When) -> Vec<Job> {
    let Some(gate) = environment.gates.last() else {
        return Vec::new();
    };
    if promotes_itself(spec, environment) {
        return Vec::new();
    }
    let place = Place {
        spec,
        environment,
        gate,
        variables: Variables::of(environment),
    };
    let mut jobs = vec![place.promotion(when)];
    if let Some(command) = &environment.verify {
        jobs.push(place.verification(command, when));
        jobs.push(place.undoing());
    }
    jobs
}

/// The last job that must have succeeded before the next environment is begun.
pub(super) fn last(spec: &Spec, environment: &Environment) -> String {
    let name = &environment.name;
    let is_made_last = environment.gates.is_empty() || promotes_itself(spec, environment);
    match (is_made_last, &environment.verify) {
        (true, _) => name.clone(),
        (false, None) => step::promotion_id(name),
        (false, Some(_)) => step::verification_id(name),
    }
}

/// Where something is deployed, with the settings that are kept for it.
pub(super) fn ci_environment(name: &str, variables: &Variables) -> CiEnvironment {
    CiEnvironment {
        name: name.to_owned(),
        has_settings: variables.has_settings(),
        deploys: true,
    }
}

/// One environment, and the gate whose version is meant.
struct Place<'s> {
    spec: &'s Spec,
    environment: &'s Environment,
    gate: &'s str,
    variables: Variables,
}

impl Place<'_> {
    fn name(&self) -> &str {
        &self.environment.name
    }

    fn promotion(&self, when: &When) -> Job {
        let (name, id) = (self.name(), step::promotion_id(self.name()));
        let candidate = self.output(name, CANDIDATE_OUTPUT);
        let mut env: Env = [(CANDIDATE.to_owned(), candidate)].into_iter().collect();
        env.extend(self.variables.job.clone());
        let output = Output {
            name: CHAMPION_OUTPUT.to_owned(),
            step: step::gate_id(self.gate),
        };
        Job {
            name: format!("{name} promotion"),
            why: promotion_why(self.spec, self.environment),
            needs: vec![name.to_owned()],
            when: when.clone(),
            environment: Some(ci_environment(&id, &self.variables)),
            timeout_minutes: self.timeout(),
            env,
            outputs: self
                .environment
                .verify
                .iter()
                .map(|_| output.clone())
                .collect(),
            steps: self.promotion_steps(&id),
            id,
        }
    }

    fn promotion_steps(&self, id: &str) -> Vec<Step> {
        let gates = &self.environment.gates;
        let mut steps = self.promoter();
        let reports = reports(self.spec, self.environment).into_iter();
        steps.extend(reports.map(|(artifact, file)| {
            let name = format!("Fetch {}", called(&file));
            plain(name, Action::Restore { artifact, file })
        }));
        for (index, gate) in gates.iter().enumerate() {
            let step = step::gate(self.spec, gate, self.name(), &self.variables, true);
            steps.push(if index == 0 {
                step.because(afresh(self.environment))
            } else {
                step
            });
        }
        if self.spec.promotion.attest {
            steps.extend(gates.iter().map(|gate| attest(gate)));
        }
        let call = PromoteCall {
            environment: self.name().to_owned(),
            candidate: CANDIDATE.to_owned(),
            gates: gates.clone(),
            attested: self.spec.promotion.attest,
            approved: self.environment.approval.is_some(),
            env: self.variables.step.clone(),
        };
        steps.push(plain("Promote", Action::Promote(call)).because(PROMOTE));
        steps.extend(bundle::second_phase(
            self.spec,
            self.environment,
            &self.variables,
            false,
        ));
        steps.extend(traffic::forth(self.spec, self.environment, &self.variables));
        steps.push(step::decisions(format!("{id}-decisions")));
        steps
    }

    /// What moves the alias waits for the traffic as well.
    fn timeout(&self) -> u32 {
        step::around(&self.spec.ci.install).saturating_add(traffic::timeout(self.spec))
    }

    /// Runs the project's code, so it has the credentials of the job that makes models.
    fn verification(&self, command: &str, when: &When) -> Job {
        let (name, id) = (self.name(), step::verification_id(self.name()));
        let promotion = step::promotion_id(name);
        let run = Action::Command {
            run: command.to_owned(),
            env: self.variables.step.clone(),
            timeout_minutes: None,
            retries: 0,
        };
        let mut steps = vec![step::checkout()];
        steps.extend(step::python_project(&self.spec.python));
        steps.extend(step::sign_in(self.environment));
        steps.push(plain("Verify", run));
        let mut env: Env = [step::uv_python(&self.spec.python)].into_iter().collect();
        env.extend(self.variables.job.clone());
        Job {
            name: format!("{name} verification"),
            why: format!(
                "Looks at what is live in `{name}` now. It runs the project's code, so it has the \
                 environment `{name}` and not `{promotion}`."
            ),
            needs: vec![promotion],
            when: when.clone(),
            environment: Some(ci_environment(name, &self.variables)),
            timeout_minutes: step::ALLOWANCE * 2,
            env,
            outputs: Vec::new(),
            steps,
            id,
        }
    }

    fn undoing(&self) -> Job {
        let (name, id) = (self.name(), step::undoing_id(self.name()));
        let (promotion, verification) = (step::promotion_id(name), step::verification_id(name));
        let mut env: Env = [(REASON.to_owned(), reason())].into_iter().collect();
        env.extend(self.variables.step.clone());
        let mut steps = self.promoter();
        steps.push(rollback::step(self.environment, env));
        steps.extend(traffic::back(self.spec, self.environment, &self.variables));
        let before = self.output(&promotion, CHAMPION_OUTPUT);
        let mut env: Env = [(ROLLBACK_TO.to_owned(), before)].into_iter().collect();
        env.extend(self.variables.job.clone());
        Job {
            name: format!("{name} rollback"),
            why: undoing_why(self.environment, &promotion),
            needs: vec![promotion.clone(), verification.clone()],
            when: When::Unverified {
                promotion: promotion.clone(),
                verification,
            },
            environment: Some(ci_environment(&promotion, &self.variables)),
            timeout_minutes: self.timeout(),
            env,
            outputs: Vec::new(),
            steps,
            id,
        }
    }

    /// A machine with the spec, gatewright and the store, and none of the project's code installed.
    fn promoter(&self) -> Vec<Step> {
        let mut steps = step::judge(&self.spec.ci.install);
        steps.extend(stores(self.environment).map(|(artifact, file)| restore(artifact, file)));
        steps.extend(traffic::sign_in(self.spec, self.environment));
        steps
    }

    fn output(&self, job: &str, name: &str) -> Value {
        Value::JobOutput {
            job: job.to_owned(),
            step: step::gate_id(self.gate),
            name: name.to_owned(),
        }
    }
}

fn afresh(environment: &Environment) -> &'static str {
    if environment.approval.is_some() {
        "Judged afresh, and exactly the version that was approved: the champion may have moved \
         while the approval was pending."
    } else {
        "Judged afresh, and exactly the version that the gates passed: the champion may have moved \
         since."
    }
}

const PROMOTE: &str = "Moves the live alias only if it still stands where the decisions saw it.";

fn reason() -> Value {
    Value::Joined(vec![
        Value::Literal("verification failed in ".to_owned()),
        Value::RunUrl,
    ])
}

fn attest(gate: &str) -> Step {
    let name = format!("Attest the decision of {gate}");
    plain(name, Action::Attest(gate.to_owned()))
}

fn restore(artifact: String, file: String) -> Step {
    plain("Fetch the MLflow store", Action::Restore { artifact, file })
        .because("A copy: what is promoted in it is gone with this machine.")
}

fn promotion_why(spec: &Spec, environment: &Environment) -> String {
    let (name, id) = (&environment.name, step::promotion_id(&environment.name));
    let but = if traffic::runs_a_program(spec) {
        " but the program that turns the traffic"
    } else {
        ""
    };
    let own = format!(
        "It is an environment of its own, and runs no code of the project{but}, so that only this \
         job holds the credentials that may move the live alias."
    );
    let Some(approval) = &environment.approval else {
        return match &environment.copy_from {
            Some(from) => format!("Lets what is live in `{from}` live in `{name}` too. {own}"),
            None => format!("Lets the model that `{name}` made live there. {own}"),
        };
    };
    let starter = if approval.self_review {
        "may"
    } else {
        "may not"
    };
    format!(
        "Waits for the approval that the environment `{id}` asks for, then lets the approved \
         version live in `{name}`. Approvals are not set in this file: protect `{id}` with the \
         reviewers {}; who started the run {starter} approve it. {own}",
        approval.reviewers.join(", ")
    )
}

fn undoing_why(environment: &Environment, promotion: &str) -> String {
    let name = &environment.name;
    let why = format!(
        "Puts back in `{name}` exactly the version that was live before, unless the verification \
         said that all is well. The run stays red."
    );
    match environment.approval {
        Some(_) => {
            format!("{why} As it moves the alias, `{promotion}` asks for its approval again.")
        }
        None => why,
    }
}

/// The stores that are files, each with the name of the artifact it travels as.
pub(super) fn stores(environment: &Environment) -> impl Iterator<Item = (String, String)> {
    let files = environment::files(environment).unwrap_or_default();
    files
        .into_iter()
        .map(|(name, file)| (format!("{}-{name}", environment.name), file))
}

/// The reports that the gates import, each with the name of the artifact it travels as: they were
/// written by the stages, on another machine. A file at an absolute path is where it was.
pub(super) fn reports(spec: &Spec, environment: &Environment) -> Vec<(String, String)> {
    let gates = environment.gates.iter().filter_map(|name| spec.gate(name));
    let all: BTreeSet<_> = gates.flat_map(environment::reports).collect();
    let relative = all.into_iter().filter(|path| !path.starts_with('/'));
    let name = |number| format!("{}-report-{number}", environment.name);
    relative
        .enumerate()
        .map(|(index, path)| (name(index + 1), path.to_owned()))
        .collect()
}

/// What steps call a report: by its file's name, unless that is longer than a name of a step.
pub(super) fn called(report: &str) -> &str {
    let name = report.rsplit('/').next().unwrap_or(report);
    if name.chars().count() <= 50 {
        name
    } else {
        "a report"
    }
}
