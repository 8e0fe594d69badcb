//! Held against the real thing: MLflow itself, and every checker of workflow files.
//!
//! `tests/run` installs what these tests need. Where something is missing, a test says so and is
//! skipped on a person's machine; under `CI=true` it fails.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::string_slice,
    clippy::too_many_lines,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test stops where it stumbles"
)]

#[cfg(feature = "object-stores")]
mod artifacts;
mod changes;
mod databricks_cli;
mod demo_project;
mod docs;
mod doors;
mod evidence;
mod executed;
mod faults;
mod launcher;
mod mlflow;
#[cfg(feature = "object-stores")]
mod model_files;
mod pipelines;
mod promotion_story;
mod races;
mod reports;
mod rollout;
mod signature;
mod signed_in;
mod statistics;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod tools;
mod validator;
mod versions;
