//! How the registered models of the environments stand to each other.
//!
//! The one decision here: stores that are named by a variable may be different ones in each
//! environment, as CI systems have it, so that only what is certainly one registry is spoken of.

use super::context::{Context, join};
use super::environments::unknown;
use crate::diagnostic::{Code, Diagnostic};
use crate::spec::{Environment, Mlflow};

/// A version can only be copied from an environment before, to another model of one registry.
pub(super) fn copies(context: &mut Context<'_>, environments: &[Environment]) {
    for (index, environment) in environments.iter().enumerate() {
        let Some(from) = &environment.copy_from else {
            continue;
        };
        let place = environments.iter().position(|other| other.name == *from);
        match place.and_then(|place| Some((place, environments.get(place)?))) {
            None => {
                let pointer = pointer(environment);
                let span = context.value_span(&pointer);
                let names = environments.iter().map(|environment| &environment.name);
                unknown(context, span, "environment", from, names);
            }
            Some((place, _)) if place >= index => later(context, environment, from),
            Some((_, origin)) => distinct(context, environment, origin),
        }
    }
}

fn pointer(environment: &Environment) -> String {
    let pointer = join("/environments", &environment.name);
    join(&join(&pointer, "model"), "copy_from")
}

fn later(context: &mut Context<'_>, environment: &Environment, from: &str) {
    let message = if from == environment.name {
        format!("`{from}` copies its model from itself")
    } else {
        format!("`{from}` comes after `{}`", environment.name)
    };
    let help =
        "name an environment that stands before this one: environments are in promotion order";
    context.error(Code::InvalidValue, &pointer(environment), message, help);
}

fn distinct(context: &mut Context<'_>, environment: &Environment, origin: &Environment) {
    let registry = |mlflow: &Mlflow| (mlflow.tracking_uri.clone(), mlflow.registry_uri.clone());
    if registry(&environment.mlflow) != registry(&origin.mlflow) {
        let message = format!(
            "`{}` and `{}` have different stores, and a version is copied inside of one registry",
            environment.name, origin.name
        );
        let help = "give both the same `mlflow`; in Unity Catalog that is one registry with a catalog for each";
        context.error(Code::InvalidValue, &pointer(environment), message, help);
    } else if environment.model.name == origin.model.name {
        let message = format!(
            "`{}` and `{}` have the same registered model, so that there is nothing to copy",
            environment.name, origin.name
        );
        let help = format!(
            "give it another name: `environments.{}.model.name`",
            environment.name
        );
        context.error(Code::InvalidValue, &pointer(environment), message, &help);
    }
}

/// Two deployed environments that move one alias of one model: what goes live in one goes live in
/// the other.
pub(super) fn shared_aliases(context: &mut Context<'_>, environments: &[Environment]) {
    let deployed = || environments.iter().filter(|one| one.deploy.is_some());
    for (index, environment) in deployed().enumerate() {
        let earlier = deployed()
            .take(index)
            .find(|other| is_shared(environment, other));
        let Some(earlier) = earlier else { continue };
        let pointer = join("/environments", &environment.name);
        let span = context.key_span(&pointer);
        let message = format!(
            "`{}` and `{}` move the same alias `{}` of `{}`, in one registry",
            earlier.name, environment.name, environment.model.live_alias, environment.model.name
        );
        let help = format!(
            "give each an alias or a model of its own, such as `environments.{0}.model.aliases.live: champion-{0}`; what serves `{0}` then follows that alias",
            environment.name
        );
        let earlier = context.key_span(&join("/environments", &earlier.name));
        context.report(
            Diagnostic::warning(Code::SharedAlias, span, message)
                .related(earlier, "this one moves it as well")
                .help(help),
        );
    }
}

fn is_shared(one: &Environment, other: &Environment) -> bool {
    one.model.name == other.model.name
        && one.model.live_alias == other.model.live_alias
        && registry(&one.mlflow).is_some()
        && registry(&one.mlflow) == registry(&other.mlflow)
}

/// Where versions are, where the spec says so without a variable.
fn registry(mlflow: &Mlflow) -> Option<String> {
    let setting = mlflow
        .registry_uri
        .as_ref()
        .or(mlflow.tracking_uri.as_ref())?;
    let text = setting.to_string();
    // A SQLite file is one on each runner.
    let is_known = setting.variables().next().is_none() && !text.starts_with("sqlite");
    is_known.then_some(text)
}
