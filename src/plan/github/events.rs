//! The types of what starts a workflow, in the order in which the keys are printed.

use serde::de::{Deserializer, Error, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::plan::{Comment, Mapping};

/// The events that start a workflow. A key without value is `true` here, or a value of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// A pull request is opened or gets new commits.
    #[serde(default, deserialize_with = "pull_request")]
    pub pull_request: Option<PullRequest>,
    /// The merge queue asks for checks.
    #[serde(default, deserialize_with = "present")]
    pub merge_group: bool,
    /// Times.
    #[serde(default)]
    pub schedule: Vec<Schedule>,
    /// Pushes.
    pub push: Option<Push>,
    /// A person, by hand.
    #[serde(default, deserialize_with = "dispatch")]
    pub workflow_dispatch: Option<Dispatch>,
}

/// Reads a key that has no value.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Option::<IgnoredAny>::deserialize(deserializer)? {
        None => Ok(true),
        Some(_) => Err(D::Error::custom("expected no value")),
    }
}

/// Reads a key that is there, whether it has a value or not.
fn pull_request<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PullRequest>, D::Error> {
    let pull_request = Option::<PullRequest>::deserialize(deserializer)?;
    Ok(Some(pull_request.unwrap_or_default()))
}

/// What of pull requests starts a workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullRequest {
    /// What happens to one; empty for its opening and new commits.
    #[serde(default)]
    pub types: Vec<String>,
    /// Patterns of the files that it changes; empty for any.
    #[serde(default)]
    pub paths: Vec<String>,
}

/// Reads a key that is there, whether it has a value or not.
fn dispatch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Dispatch>, D::Error> {
    let dispatch = Option::<Dispatch>::deserialize(deserializer)?;
    Ok(Some(dispatch.unwrap_or_default()))
}

/// A time, by a cron line in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The line.
    pub cron: String,
    /// What for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
}

/// Which pushes start a workflow. Without branches no push of a branch does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// Names of branches.
    #[serde(default)]
    pub branches: Vec<String>,
    /// Patterns of tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Patterns of files, for pushes of branches only.
    #[serde(default)]
    pub paths: Vec<String>,
}

/// What a person is asked for who starts a workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// The questions, by name.
    #[serde(default)]
    pub inputs: Mapping<Input>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What it means.
    pub description: String,
    /// Whether there must be an answer.
    pub required: bool,
    /// `choice` or `string`.
    #[serde(rename(deserialize = "type"))]
    pub kind: String,
    /// Of a choice: the answers there are.
    #[serde(default)]
    pub options: Vec<String>,
}
