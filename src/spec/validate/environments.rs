//! The environments: what deploys them, with which stores and secrets, behind which gates.

use super::context::{Context, join};
use super::databricks;
use super::stages::variables;
use super::{models, project};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::gate::Gate;
use crate::spec::databricks::Compute;
use crate::spec::setting::{Setting, is_variable_name};
use crate::spec::{Approval, Auth, Deploy, Environment, Mlflow, Model, Monitor, raw};

pub(super) fn environments(
    context: &mut Context<'_>,
    raw: &raw::Spec,
    (model, mlflow): (&Model, &Mlflow),
    gates: &[Gate],
    (compute, project): (&Compute, &str),
) -> Vec<Environment> {
    promotion(context, raw);
    let mut environments = Vec::new();
    for (name, environment) in &raw.environments {
        let mut valid = environment_of(context, raw, (name, environment), (model, mlflow), gates);
        on_databricks(context, &mut valid, environment, compute, project);
        valid.auth = auth(environment, &valid);
        valid.azure = azure(context, environment, &valid);
        endpoint_of_nothing(context, raw, &join("/environments", name), &valid);
        if valid.deploy.is_some() {
            deployed(context, &join("/environments", name), &valid);
        }
        environments.push(valid);
    }
    models::copies(context, &environments);
    models::shared_aliases(context, &environments);
    unreachable_gates(context, raw, gates, &environments);
    environments
}

/// Databricks is signed in to with the identity of the job, unless the spec says otherwise.
fn auth(raw: &raw::Environment, environment: &Environment) -> Option<Auth> {
    let mlflow = &environment.mlflow;
    let mut stores = mlflow.tracking_uri.iter().chain(&mlflow.registry_uri);
    match raw.auth.as_deref() {
        Some("token") => Some(Auth::Token),
        Some("oidc") => Some(Auth::Oidc),
        _ => (environment.databricks.is_some()
            || stores.any(|store| store.to_string().starts_with("databricks")))
        .then_some(Auth::Oidc),
    }
}

/// What runs on Databricks is signed in there; a session on the CI runner would be nobody's.
fn azure(context: &mut Context<'_>, raw: &raw::Environment, environment: &Environment) -> bool {
    let is_wanted = raw.auth.as_deref() == Some("azure");
    if is_wanted && environment.databricks.is_some() {
        let name = &environment.name;
        let message = format!(
            "`azure` signs in the commands of stages, and the stages of `{name}` run on Databricks"
        );
        let help = "remove it: the job signs in to Databricks as itself, on Azure as elsewhere";
        let pointer = join(&join("/environments", name), "auth");
        context.error(Code::InvalidValue, &pointer, message, help);
    }
    is_wanted
}

/// What looks after the environments. The schedules are the plan's business.
pub(super) fn monitors(context: &mut Context<'_>, raw: &raw::Spec) -> Vec<Monitor> {
    let mut monitors = Vec::new();
    for (name, monitor) in &raw.monitors {
        let pointer = join("/monitors", name);
        context.name("a monitor", &pointer, name);
        let environment = monitor.environment.clone().unwrap_or_default();
        if !environment.is_empty() && !raw.environments.contains_key(&environment) {
            let span = context.value_span(&join(&pointer, "environment"));
            let known = raw.environments.keys();
            unknown(context, span, "environment", &environment, known);
        }
        monitors.push(Monitor {
            name: name.clone(),
            schedule: monitor.schedule.clone().unwrap_or_default(),
            environment,
        });
    }
    monitors
}

fn environment_of(
    context: &mut Context<'_>,
    raw: &raw::Spec,
    (name, environment): (&str, &raw::Environment),
    (model, mlflow): (&Model, &Mlflow),
    gates: &[Gate],
) -> Environment {
    let pointer = join("/environments", name);
    context.name("an environment", &pointer, name);
    variables(
        context,
        &join(&pointer, "variables"),
        environment.variables.keys(),
    );
    secrets(context, &pointer, environment);
    let of_rollout = gate_of_rollout(raw);
    let all = || {
        let names = gates.iter().map(|gate| &gate.name);
        let of_versions = names.filter(|name| Some(name.as_str()) != of_rollout);
        of_versions.cloned().collect()
    };
    let wanted = raw
        .promotion
        .as_ref()
        .and_then(|promotion| promotion.gates.get(name));
    let own = environment.model.clone().unwrap_or_default();
    Environment {
        name: name.to_owned(),
        deploy: deploy(context, &pointer, environment.deploy.as_ref()),
        approval: environment.approval.as_ref().map(|approval| Approval {
            reviewers: approval.reviewers.clone().unwrap_or_default(),
            self_review: approval.self_review.unwrap_or(false),
            tag: approval.tag.clone(),
        }),
        model: project::model_over(
            context,
            &join(&pointer, "model"),
            (own.name, own.aliases),
            model,
        ),
        copy_from: own.copy_from,
        mlflow: project::mlflow(
            context,
            &join(&pointer, "mlflow"),
            environment.mlflow.as_ref(),
            &mlflow.experiment,
            Some(mlflow),
        ),
        variables: environment.variables.clone(),
        secrets: environment.secrets.clone(),
        gates: wanted.cloned().unwrap_or_else(all),
        verify: environment.verify.clone(),
        endpoint: environment
            .serving
            .as_ref()
            .and_then(|serving| serving.endpoint.clone()),
        compute: Compute::Runner,
        databricks: None,
        auth: None,
        azure: false,
    }
}

/// Where its stages run. On Databricks the store is that of the workspace, unless one is named.
fn on_databricks(
    context: &mut Context<'_>,
    environment: &mut Environment,
    raw: &raw::Environment,
    compute: &Compute,
    project: &str,
) {
    let pointer = join("/environments", &environment.name);
    let own = raw.compute.as_ref();
    environment.compute = databricks::compute_or(context, &join(&pointer, "compute"), own, compute);
    environment.databricks = raw.databricks.as_ref().map(|raw| {
        let deployed = environment.deploy.is_some();
        let pointer = join(&pointer, "databricks");
        databricks::workspace(context, &pointer, raw, project, deployed)
    });
    if let Some(here) = &environment.databricks {
        if raw.model.as_ref().is_none_or(|model| model.name.is_none()) {
            let name = &environment.model.name;
            environment.model.name = format!("{}.{}.{name}", here.catalog, here.schema);
        }
        let store = &mut environment.mlflow.tracking_uri;
        store.get_or_insert_with(|| Setting::literal("databricks"));
    }
}

fn secrets(context: &mut Context<'_>, pointer: &str, environment: &raw::Environment) {
    for (index, secret) in environment.secrets.iter().enumerate() {
        let at = join(&join(pointer, "secrets"), index);
        if !is_variable_name(secret) {
            let message = "this cannot name a secret".to_owned();
            let help = "list names only, such as `MLFLOW_TRACKING_TOKEN`; the value stays on the CI system";
            context.error(Code::SecretInSpec, &at, message, help);
        } else if secret.to_ascii_uppercase().starts_with("GITHUB_") {
            let message = format!("`{secret}` cannot name a secret: GitHub reserves `GITHUB_`");
            context.error(Code::InvalidValue, &at, message, "give it another name");
        } else if environment.variables.contains_key(secret) {
            let message = format!("`{secret}` is a variable and a secret");
            context.error(Code::NameClash, &at, message, "keep it in `secrets` only");
        }
    }
}

fn deploy(
    context: &mut Context<'_>,
    pointer: &str,
    deploy: Option<&raw::Deploy>,
) -> Option<Deploy> {
    let deploy = deploy?;
    match (&deploy.branch, &deploy.tag) {
        (Some(branch), None) => Some(Deploy::Branch(branch.clone())),
        (None, Some(tag)) => Some(Deploy::Tag(tag.clone())),
        (both, _) => {
            let message = if both.is_some() {
                "an environment is deployed by a branch or by a tag, not by both"
            } else {
                "nothing says what deploys this environment"
            };
            let help = "write `deploy: {branch: main}` or `deploy: {tag: \"v*\"}`";
            context.error(
                Code::InvalidValue,
                &join(pointer, "deploy"),
                message.to_owned(),
                help,
            );
            None
        }
    }
}

/// What must hold only where a pipeline acts.
fn deployed(context: &mut Context<'_>, pointer: &str, environment: &Environment) {
    let name = &environment.name;
    if environment.gates.is_empty() {
        let message = format!("`{name}` is deployed without any gate");
        let help = "add a gate under `gates:`; without one every model goes live";
        let span = context.key_span(pointer);
        context.report(Diagnostic::error(Code::UngatedEnvironment, span, message).help(help));
    }
}

fn promotion(context: &mut Context<'_>, raw: &raw::Spec) {
    let Some(promotion) = &raw.promotion else {
        return;
    };
    for (environment, gates) in &promotion.gates {
        let pointer = join("/promotion/gates", environment);
        if !raw.environments.contains_key(environment) {
            let span = context.key_span(&pointer);
            unknown(
                context,
                span,
                "environment",
                environment,
                raw.environments.keys(),
            );
        }
        for (index, gate) in gates
            .iter()
            .enumerate()
            .filter(|(_, gate)| !gate.is_empty())
        {
            if !raw.gates.contains_key(gate) {
                let span = context.value_span(&join(&pointer, index));
                unknown(context, span, "gate", gate, raw.gates.keys());
            }
        }
    }
}

pub(super) fn unknown<'k>(
    context: &mut Context<'_>,
    span: crate::diagnostic::Span,
    kind: &str,
    name: &str,
    known: impl Iterator<Item = &'k String> + Clone,
) {
    let help = nearest(name, known.clone().map(String::as_str)).map_or_else(
        || {
            format!(
                "{kind}s are: {}",
                known.map(String::as_str).collect::<Vec<_>>().join(", ")
            )
        },
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("there is no {kind} `{name}`");
    context.report(Diagnostic::error(Code::UnknownReference, span, message).help(help));
}

/// The gate of the rollout, which judges endpoints and not versions.
fn gate_of_rollout(raw: &raw::Spec) -> Option<&str> {
    let online = raw.serving.as_ref()?.online.as_ref()?;
    online.rollout.as_ref()?.gate.as_deref()
}

/// An endpoint's name where nothing is served means nothing.
fn endpoint_of_nothing(
    context: &mut Context<'_>,
    raw: &raw::Spec,
    pointer: &str,
    environment: &Environment,
) {
    let is_served = raw.serving.as_ref().is_some_and(|it| it.online.is_some());
    if environment.endpoint.is_some() && !is_served {
        let pointer = join(pointer, "serving");
        let message = "this names an endpoint, and the spec serves nothing".to_owned();
        let help = "add `serving: {online: {endpoint: ...}}` at the top of the spec";
        context.error(Code::InvalidValue, &pointer, message, help);
    }
}

fn unreachable_gates(
    context: &mut Context<'_>,
    raw: &raw::Spec,
    gates: &[Gate],
    environments: &[Environment],
) {
    if environments.is_empty() {
        return;
    }
    for gate in gates {
        if environments
            .iter()
            .any(|environment| environment.gates.contains(&gate.name))
            || gate_of_rollout(raw) == Some(&gate.name)
        {
            continue;
        }
        let span = context.key_span(&join("/gates", &gate.name));
        let message = format!("no environment asks for the gate `{}`", gate.name);
        context.report(
            Diagnostic::error(Code::UnreachableGate, span, message)
                .help("name it under `promotion.gates` of an environment, or remove it"),
        );
    }
}
