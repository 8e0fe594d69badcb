//! The environment variables that the steps of an environment get, and where each comes from.
//!
//! The one decision here: what is plain text belongs to the job, what the CI system keeps belongs
//! to the steps that need it, so that no action and no installation ever sees a secret.

use super::job::{Env, Value};
use super::store::{Place, place};
use crate::gate::{Gate, Level, Rule};
use crate::spec::model::DEFAULT_TRACKING_URI;
use crate::spec::{Auth, Environment, Piece, Setting};

const TRACKING_URI: &str = "MLFLOW_TRACKING_URI";
const REGISTRY_URI: &str = "MLFLOW_REGISTRY_URI";
const EXPERIMENT: &str = "MLFLOW_EXPERIMENT_NAME";

/// The variables of an environment.
pub(super) struct Variables {
    /// For every step of the job.
    pub(super) job: Env,
    /// For every stage and every gate.
    pub(super) step: Env,
}

impl Variables {
    /// The variables of a deployed environment.
    pub(super) fn of(environment: &Environment) -> Self {
        let mut variables = Self {
            job: Env::new(),
            step: Env::new(),
        };
        for (name, text) in &environment.variables {
            variables
                .step
                .insert(name.clone(), Value::Literal(text.clone()));
        }
        variables.references(environment);
        variables.sign_in(environment);
        for name in &environment.secrets {
            variables
                .step
                .insert(name.clone(), Value::Secret(name.clone()));
        }
        for (name, value) in [
            (TRACKING_URI, tracking_uri(environment)),
            (REGISTRY_URI, registry_uri(environment)),
            (
                EXPERIMENT,
                Some(Value::Literal(environment.mlflow.experiment.clone())),
            ),
        ] {
            variables.set(name, value);
        }
        variables
    }

    /// The variables of a rehearsal on an embedded store, which needs nothing from anyone.
    pub(super) fn rehearsal(experiment: &str) -> Self {
        let literal = |text: &str| Some(Value::Literal(text.to_owned()));
        let mut variables = Self {
            job: Env::new(),
            step: Env::new(),
        };
        variables.set(TRACKING_URI, literal(DEFAULT_TRACKING_URI));
        variables.set(EXPERIMENT, literal(experiment));
        variables
    }

    /// The variables of a stage: its own, where the environment says nothing else.
    pub(super) fn with(&self, own: &indexmap::IndexMap<String, String>) -> Env {
        let mut env: Env = own
            .iter()
            .filter(|(name, _)| !self.job.contains_key(*name) && !self.step.contains_key(*name))
            .map(|(name, text)| (name.clone(), Value::Literal(text.clone())))
            .collect();
        env.extend(self.step.clone());
        env
    }

    /// Whether any of it is kept by the CI system.
    pub(super) fn has_settings(&self) -> bool {
        self.step
            .values()
            .any(|value| !matches!(value, Value::Literal(_)))
    }

    /// gatewright reads the spec's `${NAME}` by itself, so it needs the variables referred to.
    fn references(&mut self, environment: &Environment) {
        let mlflow = &environment.mlflow;
        for setting in mlflow.tracking_uri.iter().chain(&mlflow.registry_uri) {
            for name in setting.variables() {
                let value = || Value::Variable(name.to_owned());
                self.step.entry(name.to_owned()).or_insert_with(value);
            }
        }
    }

    /// What the environment says itself stands.
    fn sign_in(&mut self, environment: &Environment) {
        let Some(auth) = environment.auth else {
            return;
        };
        let kept = |name: &str| Value::Variable(name.to_owned());
        let host = environment.databricks.as_ref().map_or_else(
            || kept("DATABRICKS_HOST"),
            |workspace| Value::Literal(workspace.host.clone()),
        );
        let mut entries = vec![("DATABRICKS_HOST", host)];
        match auth {
            Auth::Oidc => entries.extend([
                ("DATABRICKS_AUTH_TYPE", Value::WorkloadIdentity),
                ("DATABRICKS_CLIENT_ID", kept("DATABRICKS_CLIENT_ID")),
            ]),
            Auth::Token => {
                let token = "DATABRICKS_TOKEN";
                entries.push((token, Value::Secret(token.to_owned())));
            }
        }
        for (name, value) in entries {
            self.step.entry(name.to_owned()).or_insert(value);
        }
    }

    fn set(&mut self, name: &str, value: Option<Value>) {
        let Some(value) = value else { return };
        self.step.shift_remove(name);
        let env = if matches!(value, Value::Literal(_)) {
            &mut self.job
        } else {
            &mut self.step
        };
        env.insert(name.to_owned(), value);
    }
}

/// The files that hold the stores of an environment, by the name of the artifact they travel as,
/// or the address of a store that cannot travel.
pub(super) fn files(environment: &Environment) -> Result<Vec<(&'static str, String)>, String> {
    let mut files: Vec<(&'static str, String)> = Vec::new();
    for (name, address) in [
        ("tracking-store", tracking_uri(environment)),
        ("registry-store", registry_uri(environment)),
    ] {
        let Some(address) = address else { continue };
        match place(&address) {
            Place::Elsewhere => {}
            Place::Unknown => return Err(written(environment, name)),
            Place::File(file) if files.iter().any(|(_, known)| *known == file) => {}
            Place::File(file) => files.push((name, file)),
        }
    }
    Ok(files)
}

/// The reports of other tools that a gate could block for, as their paths are written.
pub(super) fn reports(gate: &Gate) -> impl Iterator<Item = &str> {
    gate.checks.iter().filter_map(|check| match &check.rule {
        Rule::Import(rule) if check.level == Level::Error => Some(rule.path.as_str()),
        _ => None,
    })
}

fn written(environment: &Environment, name: &str) -> String {
    let mlflow = &environment.mlflow;
    let setting = if name == "tracking-store" {
        &mlflow.tracking_uri
    } else {
        &mlflow.registry_uri
    };
    setting
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// What MLflow itself would take: the setting, else the variable, else the default file.
fn tracking_uri(environment: &Environment) -> Option<Value> {
    let default = || Value::Literal(DEFAULT_TRACKING_URI.to_owned());
    let setting = environment.mlflow.tracking_uri.as_ref();
    setting
        .map(|setting| value(setting, environment))
        .or_else(|| variable(TRACKING_URI, environment))
        .or_else(|| Some(default()))
}

fn registry_uri(environment: &Environment) -> Option<Value> {
    let setting = environment.mlflow.registry_uri.as_ref();
    setting
        .map(|setting| value(setting, environment))
        .or_else(|| variable(REGISTRY_URI, environment))
}

fn variable(name: &str, environment: &Environment) -> Option<Value> {
    if environment.secrets.iter().any(|secret| secret == name) {
        return Some(Value::Secret(name.to_owned()));
    }
    environment
        .variables
        .get(name)
        .map(|text| Value::Literal(text.clone()))
}

fn value(setting: &Setting, environment: &Environment) -> Value {
    let part = |piece: &Piece| match piece {
        Piece::Literal(text) => Value::Literal(text.clone()),
        Piece::Variable(name) => {
            variable(name, environment).unwrap_or_else(|| Value::Variable(name.clone()))
        }
    };
    let mut parts: Vec<Value> = Vec::new();
    for next in setting.pieces().iter().map(part) {
        match (parts.last_mut(), next) {
            (Some(Value::Literal(text)), Value::Literal(more)) => text.push_str(&more),
            (_, next) => parts.push(next),
        }
    }
    match parts.len() {
        0 => Value::Literal(String::new()),
        1 => parts.swap_remove(0),
        _ => Value::Joined(parts),
    }
}
