//! An Azure DevOps pipeline, typed: the YAML schema of Azure Pipelines, reduced to what is
//! generated.
//!
//! The one decision here: one stage per environment and promotion, because Azure asks for approvals
//! where a stage begins. Only built-in tasks, so that nothing has to be installed in an
//! organisation first.

pub mod events;
pub mod model;
pub mod parts;

mod expression;
mod hook;
mod job;
mod pipeline;
mod publish;
mod step;
mod trigger;

pub use events::{Filter, Parameter, PullRequests, Pushes, Schedule, Trigger};
pub use model::{Job, Pipeline, Pool, Stage, Strategy, Variable};
pub use parts::{Count, Inputs, Parameters, Step};
pub use pipeline::{path, pipeline};
