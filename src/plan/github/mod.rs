//! A GitHub Actions workflow, typed: what GitHub's own documentation calls workflow syntax, reduced
//! to what is generated.
//!
//! The one decision here: the types are strict. They know no key that is not printed, so parsing a
//! rendered file back into them proves that it holds what was planned and nothing else.

pub mod events;
pub mod model;
pub mod parts;
pub mod runner;

mod expression;
mod hook;
mod job;
mod publish;
mod step;
mod trigger;
mod workflow;

pub use events::{Dispatch, Input, PullRequest, Push, Schedule, Triggers};
pub use model::{Concurrency, Defaults, Job, Permission, Run, Workflow};
pub use parts::{Inputs, Step};
pub use runner::RunsOn;
pub use workflow::{path, workflow};
