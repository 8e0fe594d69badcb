//! Stores of deployed environments that nobody keeps.
//!
//! The one decision here: only what is certainly lost is spoken of, and it is a warning. A delivery
//! on such a store is a rehearsal, which the pipelines can do; what a variable of the CI system
//! names is taken for a server, and the disk of a runner of one's own for one that stays.

use super::context::{Context, join};
use crate::diagnostic::{Code, Diagnostic};
use crate::spec::model::DEFAULT_TRACKING_URI;
use crate::spec::{Ci, Environment, Machine, Piece, Runner, Setting, Spec};

/// Where the file of a store is.
#[derive(Debug, PartialEq, Eq)]
enum FileAt {
    /// In the checkout, or nowhere: it goes with the job, whatever the runner.
    Checkout,
    /// On the disk of the runner.
    Disk,
}

/// Says which deployed environments promote in a store that is gone with the job.
pub(super) fn ephemeral(context: &mut Context<'_>, spec: &Spec) {
    let loses_disks = loses_disks(&spec.ci);
    for environment in spec.environments.iter().filter(|it| it.deploy.is_some()) {
        let stores = [
            ("store", "tracking_uri", tracking(environment)),
            ("registry", "registry_uri", registry(environment)),
        ];
        let lost = stores.into_iter().find(|(_, _, address)| {
            let file = address.as_deref().and_then(file_at);
            file.is_some_and(|file| file == FileAt::Checkout || loses_disks)
        });
        if let Some((what, key, _)) = lost {
            report(context, environment, (what, key));
        }
    }
}

fn report(context: &mut Context<'_>, environment: &Environment, (what, key): (&str, &str)) {
    let name = &environment.name;
    let unseen = match environment.verify {
        Some(_) => ", and `verify`, on another machine, finds none",
        None => "",
    };
    let message = format!(
        "`{name}` is deployed, and its MLflow {what} is a file on the runner that is gone when the job ends: so is what was promoted there{unseen}"
    );
    let help = format!(
        "name a server under `environments.{name}`: `mlflow: {{{key}: \"https://...\"}}`; a runner of your own keeps a file at an absolute path, such as `sqlite:////srv/mlflow.db`"
    );
    let span = context.key_span(&join("/environments", name));
    context.report(Diagnostic::warning(Code::EphemeralStore, span, message).help(help));
}

/// What MLflow itself would take: the setting, else the variable, else the default file.
fn tracking(environment: &Environment) -> Option<String> {
    match &environment.mlflow.tracking_uri {
        Some(setting) => beginning(setting, environment),
        None if is_named("MLFLOW_TRACKING_URI", environment) => {
            environment.variables.get("MLFLOW_TRACKING_URI").cloned()
        }
        None => Some(DEFAULT_TRACKING_URI.to_owned()),
    }
}

fn registry(environment: &Environment) -> Option<String> {
    match &environment.mlflow.registry_uri {
        Some(setting) => beginning(setting, environment),
        None => environment.variables.get("MLFLOW_REGISTRY_URI").cloned(),
    }
}

fn is_named(variable: &str, environment: &Environment) -> bool {
    environment.variables.contains_key(variable)
        || environment.secrets.iter().any(|secret| secret == variable)
}

/// As much of an address as the spec says, up to the first variable that it leaves to others.
fn beginning(setting: &Setting, environment: &Environment) -> Option<String> {
    let mut known = String::new();
    for piece in setting.pieces() {
        match piece {
            Piece::Literal(text) => known.push_str(text),
            Piece::Variable(name) => match environment.variables.get(name) {
                Some(text) => known.push_str(text),
                None => break,
            },
        }
    }
    Some(known).filter(|known| !known.is_empty())
}

/// Reads the forms that stores are named in, as far as they name files.
fn file_at(address: &str) -> Option<FileAt> {
    let (scheme, rest) = address.split_once(':').unwrap_or(("", address));
    let path = match scheme.to_ascii_lowercase().as_str() {
        "sqlite" | "sqlite+pysqlite" => rest.strip_prefix("///").unwrap_or_default(),
        "file" => {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            path.strip_prefix("localhost").unwrap_or(path)
        }
        "" if !matches!(rest.trim(), "" | "databricks" | "databricks-uc" | "uc") => rest,
        // A drive of Windows.
        drive if drive.len() == 1 => return Some(FileAt::Disk),
        _ => return None,
    };
    Some(if path.starts_with('/') {
        FileAt::Disk
    } else {
        FileAt::Checkout
    })
}

/// Whether any job of the pipelines may run where no disk outlives it.
fn loses_disks(ci: &Ci) -> bool {
    let github = ci.github.as_ref().is_some_and(|github| {
        let is_hosted = match &github.runner {
            Runner::Label(label) => is_image(label),
            Runner::Labels(labels) => labels.iter().any(|label| is_image(label)),
            Runner::Group { .. } => false,
        };
        // GitHub Enterprise Server has no runners but one's own.
        (is_hosted && !github.enterprise_server) || github.settings.container.is_some()
    });
    let azure = ci.azure.as_ref().is_some_and(|azure| {
        matches!(azure.machine, Machine::Hosted(_)) || azure.settings.container.is_some()
    });
    github || azure
}

/// Whether a label is one of GitHub's own images; larger ones have any name.
fn is_image(label: &str) -> bool {
    ["ubuntu-", "windows-", "macos-"]
        .iter()
        .any(|system| label.starts_with(system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_from_servers_and_the_disk_from_the_checkout() {
        for address in [
            "sqlite:///mlflow.db",
            "SQLite:///mlflow.db",
            "sqlite+pysqlite:///a/b.db",
            "sqlite://",
            "./mlruns",
            "mlruns",
            "file:mlruns",
        ] {
            assert_eq!(file_at(address), Some(FileAt::Checkout), "{address}");
        }
        for address in [
            "sqlite:////srv/mlflow.db",
            "/srv/mlruns",
            "file:///srv/mlruns",
            "file://localhost/srv/mlruns",
            "C:\\mlruns",
        ] {
            assert_eq!(file_at(address), Some(FileAt::Disk), "{address}");
        }
        for address in [
            "https://mlflow.example.com",
            "databricks",
            "databricks-uc",
            "databricks://prod",
            "postgresql://db/mlflow",
        ] {
            assert_eq!(file_at(address), None, "{address}");
        }
    }
}
