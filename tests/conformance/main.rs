//! Held against the real thing: MLflow itself, and every checker of workflow files.
//!
//! `tests/run` installs what these tests need. Where something is missing, a test says so and is
//! skipped on a person's machine; under `CI=true` it fails.
#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test stops where it stumbles"
)]

mod demo_project;
mod mlflow;
mod pipelines;
mod tools;
mod validator;
