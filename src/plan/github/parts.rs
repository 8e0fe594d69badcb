//! The types of a step, in the order in which the keys are printed.

use serde::{Deserialize, Serialize};

use crate::plan::{Comment, Mapping};

/// A step: an action (`uses`) or a shell script (`run`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "kebab-case"))]
pub struct Step {
    /// Why it is there, where that is not plain.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// What people see in the log.
    pub name: String,
    /// What other steps call it.
    pub id: Option<String>,
    /// The condition.
    #[serde(rename(deserialize = "if"))]
    pub condition: Option<String>,
    /// Whether the job goes on as if nothing had happened when it fails.
    pub continue_on_error: Option<bool>,
    /// How long it may take.
    pub timeout_minutes: Option<u32>,
    /// `owner/name@<commit>`.
    pub uses: Option<String>,
    /// The version that the commit was released as.
    #[serde(skip_deserializing)]
    pub uses_comment: Comment,
    /// What the action is told.
    #[serde(rename(deserialize = "with"))]
    pub inputs: Option<Inputs>,
    /// Its variables.
    #[serde(default)]
    pub env: Mapping<String>,
    /// The script.
    pub run: Option<String>,
}

/// The inputs of every action that is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "kebab-case"))]
pub struct Inputs {
    /// Why so, where that is not plain.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// `actions/checkout`: how many commits; `0` for all.
    pub fetch_depth: Option<u32>,
    /// `actions/checkout`: whether the token stays in `.git/config`.
    pub persist_credentials: Option<bool>,
    /// `actions/setup-python`: the interpreter's version.
    pub python_version: Option<String>,
    /// `astral-sh/setup-uv`: whether packages are kept from run to run.
    pub enable_cache: Option<bool>,
    /// `azure/login`: the identity that the job becomes.
    pub client_id: Option<String>,
    /// `azure/login`: its directory.
    pub tenant_id: Option<String>,
    /// `azure/login`: the subscription that it works in.
    pub subscription_id: Option<String>,
    /// Artifacts: the name.
    pub name: Option<String>,
    /// Artifacts: the file or folder.
    pub path: Option<String>,
    /// `actions/upload-artifact`: what to do when there is nothing.
    pub if_no_files_found: Option<String>,
    /// `actions/upload-artifact`: whether files and folders that begin with a dot are kept too.
    pub include_hidden_files: Option<bool>,
    /// `actions/attest`: the file with the digests of what it is about.
    pub subject_checksums: Option<String>,
    /// `actions/attest`: the kind of what is said about it.
    pub predicate_type: Option<String>,
    /// `actions/attest`: the file that says it.
    pub predicate_path: Option<String>,
    /// A hook: the plan of its place, as JSON.
    pub plan: Option<String>,
}
