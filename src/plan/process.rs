//! The provider-neutral plan: what each pipeline does, and nothing about how GitHub or Azure say it.
//!
//! The one decision here: a plan says what is *meant*. The key, the shell line, the action or the
//! task that does it is the business of [`super::github`] and [`super::azure`].

use indexmap::IndexMap;

use super::databricks::Bundles;
use super::job::Job;
use super::pins::Pins;
use crate::spec::{Azure, Github, Install};

/// Every pipeline of one project, and what the providers need to know to write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// The project's name.
    pub project: String,
    /// Where the spec stands, from the repository root, with `/`.
    pub spec_path: String,
    /// The folder of the spec; `None` for the repository root.
    pub folder: Option<String>,
    /// Where a job gets gatewright from.
    pub install: Install,
    /// GitHub Actions, when wanted.
    pub github: Option<GithubTarget>,
    /// Azure DevOps, when wanted.
    pub azure: Option<AzureTarget>,
    /// Where a change must be to be one of the project, from the repository root: a folder, which
    /// ends with `/`, and the generated files. Empty where every change may be.
    pub sources: Vec<String>,
    /// Patterns of files elsewhere whose change is one of the project as well.
    pub shared: Vec<String>,
    /// The pipelines, `ci` first.
    pub pipelines: Vec<Pipeline>,
    /// What Databricks is to have, when stages run there.
    pub bundles: Option<Bundles>,
}

impl Process {
    /// The spec's file name in its folder, where it is not the one that gatewright looks for.
    #[must_use]
    pub fn spec_file(&self) -> Option<&str> {
        let name = self.spec_name();
        (name != "gatewright.yaml").then_some(name)
    }

    /// The spec's file name in its folder.
    #[must_use]
    pub fn spec_name(&self) -> &str {
        self.spec_path.rsplit('/').next().unwrap_or(&self.spec_path)
    }
}

/// What GitHub workflows need besides the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubTarget {
    /// What the spec says to GitHub.
    pub github: Github,
    /// The commit of every action.
    pub pins: Pins,
}

/// What Azure pipelines need besides the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AzureTarget {
    /// What the spec says to Azure.
    pub azure: Azure,
}

/// One pipeline: when it starts and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Which of the project's pipelines this is.
    pub kind: Kind,
    /// What people see in a list of pipelines.
    pub name: String,
    /// Why it exists, for the reader of the generated file.
    pub why: String,
    /// What starts it.
    pub triggers: Triggers,
    /// Variables of every job. Literal values only.
    pub env: IndexMap<String, String>,
    /// The jobs, each after those it needs.
    pub jobs: Vec<Job>,
}

/// Which of the project's pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Judges a change before it is merged, without any credentials.
    Ci,
    /// Makes a model in its environments, and lets it live there.
    Deliver,
    /// Puts back the version that was live before.
    Rollback,
    /// Looks after the live model.
    Monitor,
    /// Tries a pull request on Databricks, in a copy of its own.
    Preview,
}

impl Kind {
    /// Every kind, in the order in which a project meets them.
    pub const ALL: [Self; 5] = [
        Self::Ci,
        Self::Deliver,
        Self::Rollback,
        Self::Monitor,
        Self::Preview,
    ];

    /// The kind of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// As it is written in file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ci => "ci",
            Self::Deliver => "deliver",
            Self::Rollback => "rollback",
            Self::Monitor => "monitor",
            Self::Preview => "preview",
        }
    }
}

/// The events that start a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Triggers {
    /// Proposed changes: pull requests, and the merge queue where there is one.
    pub changes: bool,
    /// Pull requests from their opening to their closing, where they touch the project.
    pub previews: bool,
    /// Whether a person may start it by hand.
    pub manual: bool,
    /// What a person is asked for who does.
    pub inputs: Vec<Input>,
    /// Times.
    pub schedules: Vec<Schedule>,
    /// The branch whose files count when a time comes, one of a provider's included.
    pub scheduled_branch: String,
    /// Pushes to these branches.
    pub branches: Vec<String>,
    /// Pushes of tags that match these patterns.
    pub tags: Vec<String>,
}

/// Something that a person is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// What it means, to that person.
    pub description: &'static str,
    /// What may be answered.
    pub answer: Answer,
}

/// What may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// One of these.
    Choice(Vec<String>),
    /// Any text but none.
    Text,
    /// Any text, or none.
    TextOrNothing,
}

/// A time that starts a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// What it is for.
    pub name: String,
    /// A cron line of five fields, in UTC.
    pub cron: String,
}
