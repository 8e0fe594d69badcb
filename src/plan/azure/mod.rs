//! An Azure DevOps pipeline, typed: the YAML schema of Azure Pipelines, reduced to what is
//! generated.
//!
//! The one decision here: one stage per environment and promotion, because Azure asks for approvals
//! where a stage begins. Only built-in tasks, so that nothing has to be installed in an
//! organisation first.

pub mod model;

mod expression;
mod job;
mod pipeline;
mod step;

pub use model::{
    Filter, Inputs, Job, Pipeline, Pool, PullRequests, Stage, Step, Strategy, Trigger, Variable,
};
pub use pipeline::{path, pipeline};
