//! Two things that would get one id.
//!
//! The one decision here: ids are compared as the strictest wanted provider writes them. Azure
//! knows no `-` in names, so there `a-b` and `a_b` are the same.

use std::collections::BTreeMap;

use super::bundle;
use super::databricks::promotes_itself;
use super::environment::Variables;
use super::error::{PlanError, Problem};
use super::refs;
use super::step::{gate_id, plan_id, promotion_id, undoing_id, verification_id};
use crate::spec::{Environment, Spec};

/// Every id and every variable name that stands for two things.
pub(super) fn check(spec: &Spec) -> Vec<PlanError> {
    let mut errors = jobs(spec);
    errors.extend(monitors(spec));
    for environment in &spec.environments {
        errors.extend(gates(spec, environment));
    }
    for (environment, _) in refs::deployed(spec) {
        for error in variables(spec, environment) {
            // One stage is looked at once per environment.
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
    }
    errors
}

fn jobs(spec: &Spec) -> Vec<PlanError> {
    let mut ids = Ids::new(spec);
    for (environment, _) in refs::deployed(spec) {
        let name = environment.name.as_str();
        ids.add(
            name,
            format!("the environment `{name}`"),
            &["environments", name],
        );
        for (id, what) in added(spec, environment) {
            let whose = format!("the {what} of `{name}`");
            ids.add(&id, whose, &["environments", name]);
        }
    }
    ids.errors
}

/// The jobs that an environment has besides the one that makes the model.
fn added(spec: &Spec, environment: &Environment) -> Vec<(String, &'static str)> {
    let name = environment.name.as_str();
    let mut jobs = Vec::new();
    if bundle::is_planned_apart(environment) {
        jobs.push((plan_id(name), "plan"));
    }
    if !environment.gates.is_empty() && !promotes_itself(spec, environment) {
        jobs.push((promotion_id(name), "promotion"));
        if environment.verify.is_some() {
            jobs.push((verification_id(name), "verification"));
            jobs.push((undoing_id(name), "rollback"));
        }
    }
    jobs
}

fn monitors(spec: &Spec) -> Vec<PlanError> {
    let mut ids = Ids::new(spec);
    for monitor in &spec.monitors {
        let name = monitor.name.as_str();
        ids.add(name, format!("the monitor `{name}`"), &["monitors", name]);
    }
    ids.errors
}

fn gates(spec: &Spec, environment: &Environment) -> Vec<PlanError> {
    let mut ids = Ids::new(spec);
    for gate in &environment.gates {
        ids.add(
            &gate_id(gate),
            format!("the gate `{gate}`"),
            &["gates", gate],
        );
    }
    ids.errors
}

struct Ids {
    azure: bool,
    known: BTreeMap<String, String>,
    errors: Vec<PlanError>,
}

impl Ids {
    fn new(spec: &Spec) -> Self {
        Self {
            azure: spec.ci.azure.is_some(),
            known: BTreeMap::new(),
            errors: Vec::new(),
        }
    }

    fn add(&mut self, id: &str, whose: String, path: &[&str]) {
        let id = if self.azure {
            id.replace('-', "_")
        } else {
            id.to_owned()
        };
        match self.known.get(&id) {
            Some(first) => {
                let problem = Problem::SameId {
                    first: first.clone(),
                    second: whose,
                    id,
                };
                self.errors.push(PlanError::new(path, problem));
            }
            None => drop(self.known.insert(id, whose)),
        }
    }
}

/// GitHub refuses two keys of `env` that differ in case only, and Azure mixes them up.
fn variables(spec: &Spec, environment: &Environment) -> Vec<PlanError> {
    let shared = Variables::of(environment);
    let mut errors = Vec::new();
    for stage in &spec.stages {
        let env = shared.with(&stage.env);
        let mut known: BTreeMap<String, &str> = BTreeMap::new();
        for name in shared.job.keys().chain(env.keys()) {
            if let Some(first) = known.insert(name.to_ascii_uppercase(), name) {
                let problem = Problem::SameVariable {
                    first: first.to_owned(),
                    second: name.clone(),
                };
                errors.push(PlanError::new(&["stages", &stage.name, "env"], problem));
            }
        }
    }
    errors
}
