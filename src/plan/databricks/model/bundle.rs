//! `databricks.yml`: the bundle, its variables and its targets.

use serde::{Deserialize, Serialize};

use super::Resources;
use crate::plan::{Comment, Mapping};

/// A `databricks.yml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// Its name, and the command line it needs.
    pub bundle: Identity,
    /// The files with the resources.
    #[serde(default)]
    pub include: Vec<String>,
    /// What is built before a deployment.
    #[serde(default)]
    pub artifacts: Mapping<Artifact>,
    /// What differs from target to target.
    pub variables: Mapping<Variable>,
    /// The places it is deployed to.
    pub targets: Mapping<Target>,
    /// What it holds, where that is in no other file.
    pub resources: Option<Resources>,
}

/// A bundle's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The versions of the command line that may deploy it.
    pub databricks_cli_version: String,
    /// What deploys it.
    pub engine: String,
}

/// Something that is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// `whl`.
    #[serde(rename(deserialize = "type"))]
    pub kind: String,
    /// The command.
    pub build: String,
    /// The folder it is run in.
    pub path: String,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// What it is.
    pub description: String,
    /// Its value, where a target gives none.
    pub default: Option<String>,
}

/// A place that a bundle is deployed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// Whether it is there once or once per person; `None` for neither rule.
    pub mode: Option<Mode>,
    /// Whether it is meant where none is named.
    pub default: Option<bool>,
    /// What is done to every resource.
    pub presets: Option<Presets>,
    /// Where it is.
    pub workspace: Workspace,
    /// Who its jobs run as.
    pub run_as: Option<RunAs>,
    /// Who may do what.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// The values of the variables.
    #[serde(default)]
    pub variables: Mapping<String>,
}

/// Whether a deployment is there once or once per person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A copy for each person.
    Development,
    /// One for all.
    Production,
}

/// What is done to every resource of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presets {
    /// What every name begins with.
    pub name_prefix: String,
    /// Whether schedules wait.
    pub trigger_pause_status: super::Pause,
}

/// Where a target is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// The address.
    pub host: String,
    /// The folder, where it is not the usual one.
    pub root_path: Option<String>,
}

/// Who jobs run as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunAs {
    /// A service principal's application id.
    pub service_principal_name: String,
}

/// What someone may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// A group.
    pub group_name: Option<String>,
    /// A person.
    pub user_name: Option<String>,
    /// A service principal.
    pub service_principal_name: Option<String>,
    /// The level.
    pub level: String,
}
