//! The validated spec: what every other room reads. A value of these types is known to be right.
//!
//! The one decision here: whatever a default or a reference can settle is settled before this type
//! exists, so that no later room asks "and if it is absent?".

use indexmap::IndexMap;

use super::ci::Ci;
use super::databricks::{Compute, QualityMonitor, Schedule, Workspace};
use super::serving::Online;
use super::setting::Setting;
use crate::gate::{Candidate, Gate};

/// The tracking store of a project that names none: a SQLite file beside the spec.
pub const DEFAULT_TRACKING_URI: &str = "sqlite:///mlflow.db";

/// One reviewed description of how a model is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Where it was read from, as the user would type it from the repository root, with `/`.
    pub path: String,
    /// `sha256:` and the hexadecimal digest of the file's bytes.
    pub digest: String,
    /// The project's name: lower-case letters, digits and `-`; safe in file names and ids.
    pub project: String,
    /// The minor version of gatewright the project uses, such as `0.1`.
    pub tool_version: String,
    /// The registered model.
    pub model: Model,
    /// The MLflow stores, where an environment says nothing else.
    pub mlflow: Mlflow,
    /// How the Python project is installed, linted and tested.
    pub python: Python,
    /// The steps of making the model, each after everything it needs.
    pub stages: Vec<Stage>,
    /// Where the process is deployed, in promotion order.
    pub environments: Vec<Environment>,
    /// The gates, in the order written.
    pub gates: Vec<Gate>,
    /// The tables of predictions that Databricks profiles, in the order written.
    pub quality_monitors: Vec<QualityMonitor>,
    /// What a promotion takes.
    pub promotion: PromotionPolicy,
    /// What looks after the live models, in the order written.
    pub monitors: Vec<Monitor>,
    /// The serving endpoint, where there is one.
    pub online: Option<Online>,
    /// Which pipelines are generated, and how.
    pub ci: Ci,
}

impl Spec {
    /// The environment of this name.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments
            .iter()
            .find(|environment| environment.name == name)
    }

    /// The registered model of an environment; the spec's own where none is named, or where there
    /// is no such environment.
    #[must_use]
    pub fn model_of(&self, environment: Option<&str>) -> &Model {
        environment
            .and_then(|name| self.environment(name))
            .map_or(&self.model, |environment| &environment.model)
    }

    /// The registered model that an environment's candidate is a version of: that of the
    /// environment it is copied from, else its own.
    #[must_use]
    pub fn candidate_model_of(&self, environment: Option<&str>) -> &Model {
        let copied = environment
            .and_then(|name| self.environment(name))
            .and_then(|environment| environment.copy_from.as_deref());
        self.model_of(copied.or(environment))
    }

    /// A gate as an environment asks it: the aliases that it takes from the model are those of the
    /// environment, and what is copied from another environment is that one's live version.
    #[must_use]
    pub fn gate_in(&self, gate: &Gate, environment: Option<&str>) -> Gate {
        let mut gate = gate.clone();
        let copied = environment
            .and_then(|name| self.environment(name))
            .is_some_and(|environment| environment.copy_from.is_some());
        let origin = self.candidate_model_of(environment);
        if gate.candidate == Candidate::Alias(self.model.candidate_alias.clone()) {
            gate.candidate = Candidate::Alias(if copied {
                origin.live_alias.clone()
            } else {
                origin.candidate_alias.clone()
            });
        }
        if gate.baseline.alias == self.model.live_alias {
            let live = &self.model_of(environment).live_alias;
            gate.baseline.alias.clone_from(live);
        }
        gate
    }

    /// The same about a model of another name, in every environment: a copy of the model for one
    /// person or one pull request. Without a name it stays what it is.
    #[must_use]
    pub fn about(mut self, model: Option<&str>) -> Self {
        let Some(name) = model else { return self };
        let models = self.environments.iter_mut().map(|one| &mut one.model);
        for model in models.chain([&mut self.model]) {
            name.clone_into(&mut model.name);
        }
        self
    }

    /// The gate of this name.
    #[must_use]
    pub fn gate(&self, name: &str) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.name == name)
    }

    /// The gates that judge versions, in the order written: all but the one that judges the steps
    /// of a rollout, which looks at an endpoint, unless a promotion asks for it too.
    pub fn gates_of_versions(&self) -> impl Iterator<Item = &Gate> {
        let of_rollout = self.online.as_ref().and_then(|it| it.rollout.gate.as_ref());
        self.gates.iter().filter(move |gate| {
            let is_asked_for = |here: &Environment| here.gates.contains(&gate.name);
            Some(&gate.name) != of_rollout || self.environments.iter().any(is_asked_for)
        })
    }
}

/// The registered model and the aliases that give its versions their roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The name in the MLflow registry.
    pub name: String,
    /// The alias of the version under judgement.
    pub candidate_alias: String,
    /// The alias of the version that is live.
    pub live_alias: String,
}

/// What a promotion takes, beside the gates of its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionPolicy {
    /// How old a decision may be when it is acted on, in whole minutes.
    pub max_decision_age_minutes: u32,
    /// Whether decisions are signed as attestations where the provider can.
    pub attest: bool,
    /// Whether its decision has to be attested.
    pub require_attestation: bool,
    /// Whose attestations count.
    pub attestation: Attestors,
}

/// Whose attestations count; where none is named, nobody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attestors {
    /// The file of the public key, relative to the spec's folder.
    pub key: Option<String>,
    /// The GitHub repository whose workflows attest, as `owner/name`.
    pub repository: Option<String>,
    /// The one workflow that does, by its path in the repository.
    pub workflow: Option<String>,
}

/// Where runs and models are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mlflow {
    /// The tracking store: `sqlite:///mlflow.db`, `https://...`, or `${NAME}` references. `None`
    /// where the spec says nothing: then it is what MLflow itself would take, the variable
    /// `MLFLOW_TRACKING_URI` where it is set and [`DEFAULT_TRACKING_URI`] where it is not.
    pub tracking_uri: Option<Setting>,
    /// The registry, where it is another store than the tracking store.
    pub registry_uri: Option<Setting>,
    /// The experiment that training runs belong to.
    pub experiment: String,
}

/// How the Python project is prepared on a fresh machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Python {
    /// The interpreter's version, such as `3.12`.
    pub version: String,
    /// Shell command that installs the project.
    pub install: String,
    /// Shell command that checks style; `None` to leave it out.
    pub lint: Option<String>,
    /// Shell command that runs the tests; `None` to leave it out.
    pub test: Option<String>,
    /// Where `test` writes its JUnit report, relative to the spec's folder.
    pub test_report: String,
}

/// One step of making the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its name, unique in the spec.
    pub name: String,
    /// What it does.
    pub work: Work,
    /// The stages that must have succeeded before.
    pub needs: Vec<String>,
    /// Extra environment variables, literal values only.
    pub env: IndexMap<String, String>,
    /// How long it may take, in whole minutes.
    pub timeout_minutes: u32,
    /// What a task on Databricks is told, in the order written.
    pub parameters: IndexMap<String, String>,
    /// Its compute, where it is not the environment's.
    pub compute: Option<Compute>,
    /// When it runs by itself, as a job of its own on Databricks.
    pub schedule: Option<Schedule>,
    /// How often it is tried again after a failure.
    pub retries: u32,
}

impl Stage {
    /// The shell command of a stage that runs on the machine of a CI job.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        match &self.work {
            Work::Command(command) => Some(command),
            Work::Notebook(_) | Work::PythonFile(_) | Work::Wheel { .. } => None,
        }
    }
}

/// What a stage does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A shell command, on the machine of a CI job.
    Command(String),
    /// A notebook on Databricks, relative to the spec's folder.
    Notebook(String),
    /// A Python file on Databricks, relative to the spec's folder.
    PythonFile(String),
    /// A function in the project's wheel, on Databricks.
    Wheel {
        /// The package.
        package: String,
        /// The entry point.
        entry_point: String,
    },
}

/// One place where the process is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name, unique in the spec.
    pub name: String,
    /// What deploys it; `None` for an environment that no pipeline deploys.
    pub deploy: Option<Deploy>,
    /// Who must approve before a model may go live there.
    pub approval: Option<Approval>,
    /// Its MLflow stores, the spec's own filled in where it says nothing.
    pub mlflow: Mlflow,
    /// Its registered model, the spec's own filled in where it says nothing.
    pub model: Model,
    /// The earlier environment whose live version is the candidate here, and is copied.
    pub copy_from: Option<String>,
    /// Plain settings handed to every stage.
    pub variables: IndexMap<String, String>,
    /// Names of secrets handed to every stage; never their values.
    pub secrets: Vec<String>,
    /// The gates a model must pass there, in order.
    pub gates: Vec<String>,
    /// Where its stages run.
    pub compute: Compute,
    /// Its workspace, when they run on Databricks.
    pub databricks: Option<Workspace>,
    /// The shell command that looks at what is live after a promotion.
    pub verify: Option<String>,
    /// The serving endpoint's name there, where it is another one.
    pub endpoint: Option<String>,
    /// How it signs in to Databricks, where it does.
    pub auth: Option<Auth>,
    /// Whether the commands of its stages are signed in to Azure, as their job.
    pub azure: bool,
}

/// The event that deploys an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deploy {
    /// A push to this branch.
    Branch(String),
    /// A push of a tag that matches this pattern.
    Tag(String),
}

/// A person's word, asked for after the gate passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// User or team names, as the CI system knows them.
    pub reviewers: Vec<String>,
    /// Whether who started the run may approve it.
    pub self_review: bool,
    /// The tag of the version that has to say `Approved`, where a Databricks deployment job asks a
    /// person.
    pub tag: Option<String>,
}

/// What looks after the live model of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// Its name, unique in the spec.
    pub name: String,
    /// When it looks: a cron line of five fields, in UTC.
    pub schedule: String,
    /// The environment.
    pub environment: String,
}

/// How an environment signs in to Databricks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// With the identity of the job.
    Oidc,
    /// With a token that is kept as a secret.
    Token,
}
