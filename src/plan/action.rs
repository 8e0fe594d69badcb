//! What a step does.
//!
//! The one decision here: what is the same call of gatewright is the same variant, whichever
//! pipeline makes it, so that there is one shell line for it.

use super::bundle::BundleCall;
use super::job::Env;

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Fetch the repository.
    Checkout(History),
    /// Put a Python interpreter of this version on the path.
    Python(String),
    /// Put `uv` on the path.
    Uv,
    /// Put gatewright on the path.
    Gatewright,
    /// Put the command line of Databricks on the path.
    DatabricksCli,
    /// Do something with the bundle.
    Bundle(BundleCall),
    /// Sign the commands after it in to Azure, with the identity of the job.
    SignInToAzure,
    /// Put the project's `.venv/bin` on the path.
    VirtualEnvironment,
    /// Run a command that the user wrote.
    Command {
        /// The command, exactly as written.
        run: String,
        /// Its variables.
        env: Env,
        /// How long it may take, in whole minutes; every attempt of it.
        timeout_minutes: Option<u32>,
        /// How often it is tried again after a failure.
        retries: u32,
    },
    /// Find out whether the change touches the project.
    Compare,
    /// Validate the spec.
    ValidateSpec,
    /// Compare the generated files with the spec.
    CheckDrift,
    /// Judge a candidate.
    Gate(GateCheck),
    /// Lay these files, relative to the spec's folder, beside the evidence that was recorded.
    GatherEvidence(Vec<String>),
    /// Keep the comment of this gate on the pull request, from the evidence.
    Comment(String),
    /// Let a version live.
    Promote(PromoteCall),
    /// Turn the traffic to what is live.
    Rollout(RolloutCall),
    /// Sign what this gate decided.
    Attest(String),
    /// Put a version back.
    Rollback(RollbackCall),
    /// Look after the live model.
    Monitor(MonitorCheck),
    /// Publish the `JUnit` report at this path, relative to the spec's folder.
    PublishTests(String),
    /// Publish what the gates of the job decided, under this artifact name.
    PublishDecisions(String),
    /// Publish the evidence that was gathered, under this artifact name.
    PublishEvidence(String),
    /// Fetch published evidence, by its artifact's name.
    FetchEvidence(String),
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
    /// Fail unless every job this one needs succeeded, or was left out because nothing changed. These
    /// are left out too unless [`super::When::Reviewable`] holds.
    Aggregate(Vec<String>),
    /// Call a file of the user's own.
    Hook(HookCall),
}

impl Action {
    /// The variables of a step that has some.
    #[must_use]
    pub fn env(&self) -> Option<&Env> {
        match self {
            Self::Command { env, .. } => Some(env),
            Self::Bundle(call) => Some(&call.env),
            Self::Gate(check) => Some(&check.env),
            Self::Promote(call) => Some(&call.env),
            Self::Rollout(call) => Some(&call.env),
            Self::Rollback(call) => Some(&call.env),
            Self::Monitor(check) => Some(&check.env),
            Self::Hook(call) => Some(&call.env),
            _ => None,
        }
    }
}

/// How much of the past is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// None of it.
    Tip,
    /// As much as it takes to compare a change with what it is made to.
    Base,
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
    /// Whether a verdict other than `pass` leaves the job as it is, and the evidence is kept.
    pub report_only: bool,
    /// Whether a statement to sign is written as well.
    pub attest: bool,
    /// Its variables.
    pub env: Env,
}

/// One call of a file of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookCall {
    /// What GitHub calls, from the repository root: a workflow where the call is a whole job, the
    /// folder of an action otherwise.
    pub github: Option<String>,
    /// The steps template that Azure calls, from the repository root.
    pub azure: Option<String>,
    /// Whether its job is there for nothing else.
    pub is_job: bool,
    /// What it is told: the plan of its place as JSON, on one line.
    pub plan: String,
    /// The secrets that it gets where it is called with some.
    pub env: Env,
}

/// One call of `gatewright promote`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromoteCall {
    /// The environment.
    pub environment: String,
    /// The job variable with the version that goes live.
    pub candidate: String,
    /// The gates whose decisions it takes.
    pub gates: Vec<String>,
    /// Whether the decisions were signed.
    pub attested: bool,
    /// Whether somebody approves it, who goes on record.
    pub approved: bool,
    /// Its variables.
    pub env: Env,
}

/// One call of `gatewright rollout`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolloutCall {
    /// The environment.
    pub environment: String,
    /// The gate whose decisions are kept, one for each step; `None` to keep none.
    pub kept: Option<String>,
    /// Its variables.
    pub env: Env,
}

/// One call of `gatewright rollback`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollbackCall {
    /// The environment.
    pub environment: String,
    /// The variable with the reason.
    pub reason: String,
    /// The variable with the version to put back. Where it is empty, the one that was live before.
    pub version: String,
    /// Its variables.
    pub env: Env,
}

/// One call of `gatewright monitor check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorCheck {
    /// The monitor.
    pub monitor: String,
    /// The environment.
    pub environment: String,
    /// Whether it may start a delivery.
    pub trigger: bool,
    /// Its variables.
    pub env: Env,
}
