//! The project itself: its name, model, stores, Python and pipelines.

use std::collections::BTreeMap;

use super::context::{Context, join};
use super::hooks::hooks;
use super::patches::patches;
use crate::diagnostic::Code;
use crate::spec::setting::Setting;
use crate::spec::{Ci, Install, Mlflow, Model, Python, raw};

pub(super) fn name(_: &mut Context<'_>, raw: &raw::Spec) -> String {
    raw.project.clone().unwrap_or_default()
}

/// Another minor version would generate other files, so it has to be asked for.
pub(super) fn tool_version(context: &mut Context<'_>, raw: &raw::Spec, running: &str) -> String {
    let minor = minor_version(running);
    match &raw.gatewright {
        Some(wanted) if *wanted != minor => {
            let message = format!("the project uses gatewright {wanted}, and this is {running}");
            let help = format!(
                "install that version: `uv tool install 'gatewright=={wanted}.*'`; or upgrade the project: write `gatewright: \"{minor}\"` and run `gatewright generate`"
            );
            context.error(Code::ToolVersion, "/gatewright", message, &help);
            wanted.clone()
        }
        _ => minor,
    }
}

fn minor_version(version: &str) -> String {
    let mut parts = version.split('.');
    format!(
        "{}.{}",
        parts.next().unwrap_or("0"),
        parts.next().unwrap_or("0")
    )
}

pub(super) fn model(context: &mut Context<'_>, raw: &raw::Spec, project: &str) -> Model {
    let model = raw.model.clone().unwrap_or_default();
    let fallback = Model {
        name: project.to_owned(),
        candidate_alias: "challenger".to_owned(),
        live_alias: "champion".to_owned(),
    };
    model_over(context, "/model", (model.name, model.aliases), &fallback)
}

/// A registered model that says of itself what differs from another.
pub(super) fn model_over(
    context: &mut Context<'_>,
    pointer: &str,
    (name, aliases): (Option<String>, Option<raw::Aliases>),
    fallback: &Model,
) -> Model {
    let aliases = aliases.unwrap_or_default();
    let written = name.is_some() || aliases.candidate.is_some() || aliases.live.is_some();
    let model = Model {
        name: name.unwrap_or_else(|| fallback.name.clone()),
        candidate_alias: (aliases.candidate).unwrap_or_else(|| fallback.candidate_alias.clone()),
        live_alias: aliases.live.unwrap_or_else(|| fallback.live_alias.clone()),
    };
    if written {
        usable_model(context, pointer, &model);
    }
    model
}

fn usable_model(context: &mut Context<'_>, pointer: &str, model: &Model) {
    let name = &model.name;
    if name.contains(['/', ':']) {
        context.error(
            Code::InvalidValue,
            &join(pointer, "name"),
            format!("`{name}` cannot be the name of a registered model"),
            "MLflow allows neither `/` nor `:` in it",
        );
    }
    let aliases = join(pointer, "aliases");
    for (key, alias) in [
        ("candidate", &model.candidate_alias),
        ("live", &model.live_alias),
    ] {
        alias_is_free(context, &join(&aliases, key), alias);
    }
    if model.candidate_alias == model.live_alias {
        context.error(
            Code::NameClash,
            &aliases,
            format!(
                "the candidate and the live model have the same alias `{}`",
                model.live_alias
            ),
            "a candidate needs an alias of its own, such as `challenger`",
        );
    }
}

/// MLflow reserves `latest` and `v<number>` (`mlflow/utils/validation.py`).
pub(super) fn alias_is_free(context: &mut Context<'_>, pointer: &str, alias: &str) {
    let is_version = alias
        .strip_prefix(['v', 'V'])
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()));
    if is_version || alias.eq_ignore_ascii_case("latest") {
        context.error(
            Code::InvalidValue,
            pointer,
            format!("`{alias}` is reserved by MLflow and cannot be an alias"),
            "choose a word, such as `champion`",
        );
    }
}

/// The stores of the spec, or of an environment over the spec's own.
pub(super) fn mlflow(
    context: &mut Context<'_>,
    pointer: &str,
    raw: Option<&raw::Mlflow>,
    project: &str,
    fallback: Option<&Mlflow>,
) -> Mlflow {
    let raw = raw.cloned().unwrap_or_default();
    let tracking_uri = raw
        .tracking_uri
        .map(|uri| setting(context, &join(pointer, "tracking_uri"), &uri));
    let registry_uri = raw
        .registry_uri
        .map(|uri| setting(context, &join(pointer, "registry_uri"), &uri));
    Mlflow {
        tracking_uri: tracking_uri.or_else(|| fallback?.tracking_uri.clone()),
        registry_uri: registry_uri.or_else(|| fallback?.registry_uri.clone()),
        experiment: raw
            .experiment
            .or_else(|| Some(fallback?.experiment.clone()))
            .unwrap_or_else(|| project.to_owned()),
    }
}

/// Text with references, and without a password in it.
fn setting(context: &mut Context<'_>, pointer: &str, text: &str) -> Setting {
    if has_password(text) {
        context.error(
            Code::SecretInSpec,
            pointer,
            "a password does not belong in a spec".to_owned(),
            "take it out of the URL, and set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD where the gate runs",
        );
    }
    Setting::parse(text).unwrap_or_else(|bad| {
        let help = "write `${NAME}`, with letters, digits and `_`";
        context.error(Code::InvalidReference, pointer, bad.to_string(), help);
        Setting::literal(text)
    })
}

/// `scheme://user:password@host`, unless the password is a reference.
fn has_password(uri: &str) -> bool {
    let Some((_, rest)) = uri.split_once("://") else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else {
        return false;
    };
    user.split_once(':')
        .is_some_and(|(_, password)| !password.is_empty() && !password.starts_with("${"))
}

pub(super) fn python(context: &mut Context<'_>, raw: &raw::Spec) -> Python {
    let python = raw.python.clone().unwrap_or_default();
    let wanted = |command: Option<String>, default: &str| {
        Some(command.unwrap_or_else(|| default.to_owned()))
            .filter(|command| !command.trim().is_empty())
    };
    let test_report = python
        .test_report
        .unwrap_or_else(|| "test-results.xml".to_owned());
    context.path(
        "/python/test_report",
        &test_report,
        "the project",
        "the spec",
    );
    Python {
        version: python.version.unwrap_or_else(|| "3.12".to_owned()),
        install: python.install.unwrap_or_else(|| "uv sync".to_owned()),
        lint: wanted(python.lint, "ruff check ."),
        test: wanted(python.test, "pytest --junitxml=test-results.xml"),
        test_report,
    }
}

pub(super) fn ci(context: &mut Context<'_>, raw: &raw::Spec) -> Ci {
    let ci = raw.ci.clone().unwrap_or_default();
    if let Some(folder) = &ci.templates {
        let base = "the repository root";
        context.path("/ci/templates", folder, "the repository", base);
    }
    Ci {
        templates: ci
            .templates
            .map(|folder| folder.trim_end_matches('/').to_owned()),
        detach: ci.detach,
        hooks: hooks(context, ci.hooks),
        paths: ci.paths,
        patches: patches(context, ci.patches),
        github: ci.github.map(|github| {
            let pins = pins(context, github.pins.clone());
            super::providers::github(context, github, pins)
        }),
        azure: ci
            .azure
            .map(|azure| super::providers::azure(context, azure)),
        databricks: super::providers::databricks(&ci.databricks.unwrap_or_default()),
        install: install(context, ci.install.unwrap_or_default()),
    }
}

/// A pin is a full commit, never a tag: a tag can be moved to other code.
fn pins(
    context: &mut Context<'_>,
    pins: impl IntoIterator<Item = (String, String)>,
) -> BTreeMap<String, String> {
    pins.into_iter()
        .inspect(|(action, pin)| {
            let commit = pin.split_whitespace().next().unwrap_or_default();
            if commit.len() != 40 || !commit.chars().all(|c| c.is_ascii_hexdigit()) {
                context.error(
                    Code::InvalidValue,
                    &join("/ci/github/pins", action),
                    format!("`{pin}` is not a pin"),
                    "write the 40 hexadecimal digits of the commit, then ` # ` and the version",
                );
            }
        })
        .collect()
}

fn install(context: &mut Context<'_>, install: raw::Install) -> Install {
    match (install.from.as_deref(), install.path) {
        (Some("path"), Some(path)) => Install::Path(path),
        (Some("path"), None) => {
            context.error(
                Code::MissingKey,
                "/ci/install",
                "`from: path` needs the path".to_owned(),
                "add `path:` with the folder on the runner that holds gatewright",
            );
            Install::Pypi
        }
        (from, Some(_)) => {
            context.error(
                Code::InvalidValue,
                "/ci/install/path",
                "`path` has a meaning only with `from: path`".to_owned(),
                "write `from: path`, or remove `path`",
            );
            if from == Some("cargo") {
                Install::Cargo
            } else {
                Install::Pypi
            }
        }
        (Some("cargo"), None) => Install::Cargo,
        _ => Install::Pypi,
    }
}
