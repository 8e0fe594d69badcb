//! What is to happen, before anyone says it in YAML: jobs, steps, order, conditions, permissions.
//!
//! The one decision here: everything that can be wrong is found while planning, all of it at once
//! ([`PlanError`]), so that turning a [`Process`] into the types of [`github`] or [`azure`] cannot
//! fail, and templates have nothing left to decide.

pub mod azure;
pub mod comment;
pub mod error;
pub mod github;
pub mod mapping;
pub mod pins;
pub mod process;

mod build;
mod check;
mod ci;
mod clash;
mod deliver;
mod environment;
mod refs;
mod shell;
mod step;
mod store;
mod text;

pub use build::process;
pub use comment::Comment;
pub use error::{PlanError, Problem, PushProblem};
pub use mapping::Mapping;
pub use pins::{Pin, Pinned, Pins};
pub use process::{
    Action, AzureTarget, CiEnvironment, Env, GateCheck, GithubTarget, Job, Kind, Moment, Output,
    Pipeline, Process, Step, Tag, Triggers, Value, When,
};
