//! Patches of the generated pipelines, validated.
//!
//! The one decision here: a patch is of the plan, not of a file, so that it says the same on every
//! provider, and whatever it adds is checked and quoted like everything else in the spec.

use indexmap::IndexMap;

/// One change of a planned pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The pipeline, where it is named.
    pub pipeline: Option<String>,
    /// The job's id.
    pub job: String,
    /// The step's id; `None` for the job itself.
    pub step: Option<String>,
    /// What is changed.
    pub change: PatchChange,
}

/// What is changed about a job or a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchChange {
    /// Something about it.
    Set(PatchSettings),
    /// A step comes before it, or first in the job.
    InsertBefore(PatchStep),
    /// A step comes after it, or last in the job.
    InsertAfter(PatchStep),
    /// It is left out.
    Remove,
}

/// What is different about a job or a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatchSettings {
    /// What people see.
    pub name: Option<String>,
    /// The command of a step.
    pub run: Option<String>,
    /// How long it may take, in whole minutes.
    pub timeout_minutes: Option<u32>,
    /// More environment variables, literal values only.
    pub env: IndexMap<String, String>,
}

/// A step of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchStep {
    /// What people see in the log.
    pub name: String,
    /// The shell command.
    pub run: String,
    /// How long it may take, in whole minutes.
    pub timeout_minutes: Option<u32>,
    /// Its environment variables, literal values only.
    pub env: IndexMap<String, String>,
}
