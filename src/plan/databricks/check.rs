//! What text from a spec must not hold, because Databricks would act on it.
//!
//! The one decision here: text means itself. `${` is the command line's and `{{` the job's; both
//! are allowed in the parameters of a stage, where the spec says what they may name, and nowhere
//! else.

use super::bundle::PULL_REQUEST;
use super::endpoint;
use crate::plan::error::{PlanError, Problem};
use crate::spec::databricks::{Cluster, Compute, Kind, Principal, Workspace};
use crate::spec::{Driver, Environment, Spec, Work};

/// Everything that keeps a spec from becoming a bundle.
pub(in crate::plan) fn check(spec: &Spec) -> Vec<PlanError> {
    let mut errors = Vec::new();
    let here = spec
        .environments
        .iter()
        .filter(|one| one.databricks.is_some());
    if here.clone().next().is_none() {
        return errors;
    }
    line(&mut errors, &["model", "name"], &spec.model.name);
    for stage in &spec.stages {
        let (key, path) = match &stage.work {
            Work::Notebook(path) => ("notebook", path),
            Work::PythonFile(path) => ("python_file", path),
            Work::Command(_) | Work::Wheel { .. } => continue,
        };
        let at = ["stages", stage.name.as_str(), key];
        line(&mut errors, &at, path);
    }
    for stage in &spec.stages {
        let at = ["stages", stage.name.as_str(), "compute"];
        machines(&mut errors, &at, stage.compute.as_ref());
    }
    for one in here {
        environment(&mut errors, one);
    }
    online(&mut errors, spec);
    errors.extend(endpoint::shared(spec));
    errors
}

fn online(errors: &mut Vec<PlanError>, spec: &Spec) {
    let Some(online) = &spec.online else { return };
    let Driver::Databricks { entity, size, .. } = &online.driver else {
        return;
    };
    let at = ["serving", "online"];
    line(errors, &[&at[..], &["endpoint"]].concat(), &online.endpoint);
    for (key, text) in [("entity", entity), ("size", size)] {
        if let Some(text) = text {
            line(errors, &[&at[..], &[key]].concat(), text);
        }
    }
}

fn environment(errors: &mut Vec<PlanError>, one: &Environment) {
    let at = ["environments", one.name.as_str()];
    if one.name == PULL_REQUEST {
        let problem = Problem::SameId {
            first: "the copy for pull requests".to_owned(),
            second: format!("the environment `{}`", one.name),
            id: PULL_REQUEST.to_owned(),
        };
        errors.push(PlanError::new(&at, problem));
    }
    for (name, value) in &one.variables {
        line(errors, &[&at[..], &["variables", name]].concat(), value);
    }
    line(
        errors,
        &[&at[..], &["mlflow", "experiment"]].concat(),
        &one.mlflow.experiment,
    );
    line(
        errors,
        &[&at[..], &["model", "name"]].concat(),
        &one.model.name,
    );
    if let Some(endpoint) = &one.endpoint {
        line(
            errors,
            &[&at[..], &["serving", "endpoint"]].concat(),
            endpoint,
        );
    }
    machines(
        errors,
        &[&at[..], &["compute"]].concat(),
        Some(&one.compute),
    );
    if let Some(workspace) = &one.databricks {
        people(errors, &[&at[..], &["databricks"]].concat(), workspace);
    }
}

fn people(errors: &mut Vec<PlanError>, at: &[&str], workspace: &Workspace) {
    for (index, permission) in workspace.permissions.iter().enumerate() {
        let (Principal::Group(name) | Principal::User(name) | Principal::ServicePrincipal(name)) =
            &permission.principal;
        line(
            errors,
            &[at, &["permissions", &index.to_string()]].concat(),
            name,
        );
    }
    for (index, grant) in workspace.grants.iter().enumerate() {
        line(
            errors,
            &[at, &["grants", &index.to_string()]].concat(),
            &grant.principal,
        );
    }
    for address in &workspace.on_failure {
        line(
            errors,
            &[at, &["notifications", "on_failure"]].concat(),
            address,
        );
    }
}

fn machines(errors: &mut Vec<PlanError>, at: &[&str], compute: Option<&Compute>) {
    let machines = compute.and_then(Compute::machines);
    if let Some(Kind::Cluster(cluster)) = machines.map(|machines| &machines.kind) {
        of_cluster(errors, &[at, &["cluster"]].concat(), cluster);
    }
}

fn of_cluster(errors: &mut Vec<PlanError>, at: &[&str], cluster: &Cluster) {
    line(
        errors,
        &[at, &["spark_version"]].concat(),
        &cluster.spark_version,
    );
    line(
        errors,
        &[at, &["node_type_id"]].concat(),
        &cluster.node_type_id,
    );
    if let Some(policy) = &cluster.policy_id {
        line(errors, &[at, &["policy_id"]].concat(), policy);
    }
    for (key, map) in [
        ("spark_conf", &cluster.spark_conf),
        ("custom_tags", &cluster.custom_tags),
    ] {
        for (name, value) in map {
            let at = [at, &[key, name]].concat();
            line(errors, &at, name);
            line(errors, &at, value);
        }
    }
}

/// A text of one line that nobody fills in.
fn line(errors: &mut Vec<PlanError>, at: &[&str], text: &str) {
    let opening = ["${", "{{"]
        .into_iter()
        .find(|opening| text.contains(opening));
    let broken = text.chars().any(char::is_control);
    let problem = match opening {
        Some(opening) => Some(Problem::Filled { opening }),
        None => broken.then_some(Problem::ControlCharacter),
    };
    errors.extend(problem.map(|problem| PlanError::new(at, problem)));
}
