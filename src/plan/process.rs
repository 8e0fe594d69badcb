//! The provider-neutral plan: what each pipeline does, and nothing about how GitHub or Azure say it.
//!
//! The one decision here: a step says what it *means*. The shell line, the action or the task that
//! does it is the business of [`super::github`] and [`super::azure`].

use indexmap::IndexMap;

use super::pins::Pins;
use crate::spec::Install;

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
    /// The pipelines, `ci` first.
    pub pipelines: Vec<Pipeline>,
}

impl Process {
    /// The spec's file name in its folder, where it is not the one that gatewright looks for.
    #[must_use]
    pub fn spec_file(&self) -> Option<&str> {
        let name = self.spec_path.rsplit('/').next().unwrap_or(&self.spec_path);
        (name != "gatewright.yaml").then_some(name)
    }
}

/// What GitHub workflows need besides the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubTarget {
    /// The runner label of every job.
    pub runner: String,
    /// The commit of every action.
    pub pins: Pins,
}

/// What Azure pipelines need besides the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AzureTarget {
    /// The image of every job.
    pub vm_image: String,
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
}

impl Kind {
    /// As it is written in file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ci => "ci",
            Self::Deliver => "deliver",
        }
    }
}

/// The events that start a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Triggers {
    /// Proposed changes: pull requests, and the merge queue where there is one.
    pub changes: bool,
    /// A person, by hand.
    pub manual: bool,
    /// Pushes to these branches.
    pub branches: Vec<String>,
    /// Pushes of tags that match these patterns.
    pub tags: Vec<String>,
}

/// A sequence of steps on one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Unique in its pipeline: a letter, then letters, digits, `-` and `_`.
    pub id: String,
    /// What people see.
    pub name: String,
    /// Why it exists, for the reader of the generated file.
    pub why: String,
    /// The ids of the jobs that must have succeeded before.
    pub needs: Vec<String>,
    /// On which event it runs.
    pub when: When,
    /// The environment on the CI system that holds its secrets and approvals.
    pub environment: Option<CiEnvironment>,
    /// How long it may take, in whole minutes.
    pub timeout_minutes: u32,
    /// Variables of every step: [`Value::Literal`] and [`Value::JobOutput`] only.
    pub env: Env,
    /// What it hands to later jobs.
    pub outputs: Vec<Output>,
    /// What it does, in order.
    pub steps: Vec<Step>,
}

/// On which event a job runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// On every event that starts the pipeline.
    Triggered,
    /// Whatever became of the jobs before it.
    Always,
    /// On a push to this branch.
    Branch(String),
    /// On a push of a tag.
    Tag(Tag),
}

/// Which tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// This one.
    Exact(String),
    /// Those that begin with this.
    Prefix(String),
    /// Whichever started the pipeline: it is the only tag pattern there.
    Any,
}

/// An environment on the CI system: the place where secrets and approvals are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CiEnvironment {
    /// Its name there.
    pub name: String,
    /// Whether the pipeline reads settings or secrets that are kept there.
    pub has_settings: bool,
}

/// Environment variables by name, in the order they are printed.
pub type Env = IndexMap<String, Value>;

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// This text, meant literally.
    Literal(String),
    /// The secret of this name.
    Secret(String),
    /// The setting of this name that the CI system keeps, not secret.
    Variable(String),
    /// What an earlier job handed over.
    JobOutput {
        /// The job's id.
        job: String,
        /// The id of the step that knew it.
        step: String,
        /// The output's name.
        name: String,
    },
    /// The parts, one after the other.
    Joined(Vec<Value>),
}

/// Something a step knows and later jobs need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its name, for the job and for the step.
    pub name: String,
    /// The id of the step.
    pub step: String,
}

/// One thing a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What people see in the log.
    pub name: String,
    /// Why it is there, where that is not plain; empty otherwise.
    pub why: String,
    /// When it runs.
    pub moment: Moment,
    /// What it does.
    pub action: Action,
}

/// When a step runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// While everything before it succeeded.
    WhileGood,
    /// After a failure too, not after a cancellation.
    AfterFailureToo,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Fetch the repository.
    Checkout,
    /// Put a Python interpreter of this version on the path.
    Python(String),
    /// Put `uv` on the path.
    Uv,
    /// Put gatewright on the path.
    Gatewright,
    /// Put the project's `.venv/bin` on the path.
    VirtualEnvironment,
    /// Run a command that the user wrote.
    Command {
        /// The command, exactly as written.
        run: String,
        /// Its variables.
        env: Env,
        /// How long it may take, in whole minutes.
        timeout_minutes: Option<u32>,
    },
    /// Validate the spec.
    ValidateSpec,
    /// Compare the generated files with the spec.
    CheckDrift,
    /// Judge a candidate.
    Gate(GateCheck),
    /// Publish the `JUnit` report at this path, relative to the spec's folder.
    PublishTests(String),
    /// Publish what the gates of the job decided, under this artifact name.
    PublishDecisions(String),
    /// Keep a file for a later job.
    Keep {
        /// The artifact's name.
        artifact: String,
        /// The file, absolute or relative to the spec's folder.
        file: String,
    },
    /// Put a kept file back where it was.
    Restore {
        /// The artifact's name.
        artifact: String,
        /// The file, absolute or relative to the spec's folder.
        file: String,
    },
    /// Fail unless every job this one needs succeeded.
    Aggregate,
}

/// One call of `gatewright gate check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateCheck {
    /// The step's id, unique in its job.
    pub id: String,
    /// The gate.
    pub gate: String,
    /// The environment it judges for; `None` to judge without one.
    pub environment: Option<String>,
    /// The store to read, where it is not the environment's.
    pub tracking_uri: Option<String>,
    /// The job variable with the version to judge; `None` for what the alias says.
    pub candidate: Option<String>,
    /// Whether a verdict other than `pass` leaves the job as it is.
    pub report_only: bool,
    /// Its variables.
    pub env: Env,
}
