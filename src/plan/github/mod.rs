//! A GitHub Actions workflow, typed: what GitHub's own documentation calls workflow syntax, reduced
//! to what is generated.
//!
//! The one decision here: the types are strict. They know no key that is not printed, so parsing a
//! rendered file back into them proves that it holds what was planned and nothing else.

pub mod model;

mod expression;
mod job;
mod step;
mod workflow;

pub use model::{
    Concurrency, Defaults, Inputs, Job, Permissions, Push, Run, Step, Triggers, Workflow,
};
pub use workflow::{path, workflow};
