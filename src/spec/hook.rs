//! Hooks, validated: files of the user's own that the generated pipelines call.
//!
//! The one decision here: a hook names a place of the plan, and for each provider the file that is
//! called there. The place has one name; the files differ, because the providers do.

/// A file of the user's own, and where it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The pipeline, where it is named.
    pub pipeline: Option<String>,
    /// What it is called beside.
    pub place: HookPlace,
    /// On which side of it.
    pub side: Side,
    /// What GitHub calls, from the repository root: a workflow beside a job, an action's folder
    /// between steps.
    pub github: Option<String>,
    /// The steps template that Azure calls, from the repository root.
    pub azure: Option<String>,
    /// The names of the secrets that it gets on GitHub.
    pub secrets: Vec<String>,
}

/// What a hook is called beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookPlace {
    /// A stage, wherever it is a step.
    Stage(String),
    /// A job: the hook is a job of its own.
    Job(String),
    /// A step of a job.
    Step {
        /// The job's id.
        job: String,
        /// The step's id.
        step: String,
    },
}

/// A side of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Before,
    /// After it, when all went well.
    After,
}

impl Side {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}
