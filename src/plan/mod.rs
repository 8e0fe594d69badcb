//! What is to happen, before anyone says it in YAML: jobs, steps, order, conditions, permissions.
//!
//! The one decision here: everything that can be wrong is found while planning, all of it at once
//! ([`PlanError`]), so that turning a [`Process`] into the types of [`github`] or [`azure`] cannot
//! fail, and templates have nothing left to decide.

pub mod action;
pub mod azure;
pub mod comment;
pub mod databricks;
pub mod error;
pub mod github;
pub mod hook_plan;
pub mod job;
pub mod mapping;
pub mod pins;
pub mod process;

mod build;
mod bundle;
mod check;
mod ci;
mod clash;
mod command;
mod cron;
mod deliver;
mod environment;
mod graph;
mod graph_problem;
mod hook;
mod hook_job;
mod hook_problem;
mod monitor;
mod patch;
mod patch_problem;
mod place;
mod promotion;
mod refs;
mod rollback;
mod settings;
mod settings_problem;
mod shell;
mod step;
mod store;
mod text;
mod traffic;

pub use action::{
    Action, GateCheck, History, HookCall, MonitorCheck, PromoteCall, RollbackCall, RolloutCall,
};
pub use build::process;
pub use bundle::{BundleCall, BundleDeed, SecondPhase};
pub use comment::Comment;
pub use cron::CronProblem;
pub use error::{PlanError, Problem, PushProblem};
pub use graph_problem::GraphProblem;
pub use hook_problem::HookProblem;
pub use job::{CHANGED, CiEnvironment, Env, Job, Moment, Output, Push, Step, Tag, Value, When};
pub use mapping::Mapping;
pub use patch_problem::PatchProblem;
pub use pins::{Pin, Pinned, Pins};
pub use process::{
    Answer, AzureTarget, GithubTarget, Input, Kind, Pipeline, Process, Schedule, Triggers,
};
pub use settings_problem::SettingsProblem;
