//! A job of the plan: when it runs, where, with which variables, and its steps in order.
//!
//! The one decision here: a condition says which case is meant, never an expression. Each provider
//! has its own spelling of every case.

use indexmap::IndexMap;

use super::action::Action;

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
    /// In which case it runs.
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

/// In which case a job runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// On every event that starts the pipeline.
    Triggered,
    /// Whatever became of the jobs before it.
    Always,
    /// When the change touches the project, as the job [`CHANGED`] found out.
    Touched,
    /// On a pull request whose author may write to the repository: others get no token that writes.
    Reviewable,
    /// As [`When::Reviewable`], while the pull request is open.
    Open,
    /// When such a pull request was closed. Azure does not tell.
    Closed,
    /// On a push that deploys an environment, or when a person asks for it on such a branch or tag.
    Deployed {
        /// The push.
        push: Push,
        /// The environments that a person may have asked for.
        chosen: Vec<String>,
    },
    /// When a person chose this environment.
    Chosen(String),
    /// When its time has come, or when a person asks.
    Due {
        /// What its schedule is for.
        name: String,
        /// When.
        cron: String,
        /// Whether the pipeline has other times too.
        among_others: bool,
    },
    /// When a promotion was made and what came after it did not say that all is well.
    Unverified {
        /// The job that promoted.
        promotion: String,
        /// The job that looked at it.
        verification: String,
    },
}

/// The job that finds out whether a change touches the project, its step, and its output: `true` or
/// `false`.
pub const CHANGED: (&str, &str, &str) = ("changed", "changed", "project");

/// A push that deploys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    /// To this branch.
    Branch(String),
    /// Of a tag.
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
    /// Whether something is deployed there; otherwise only its settings are wanted.
    pub deploys: bool,
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
    /// What a person answered.
    Input(&'static str),
    /// How Databricks knows the identity of the job, in the words of its clients.
    WorkloadIdentity,
    /// The number of the pull request.
    PullRequest,
    /// Where people find this run.
    RunUrl,
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
    /// After a failure and after a cancellation too.
    InAnyCase,
}
