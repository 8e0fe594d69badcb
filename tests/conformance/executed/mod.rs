//! The generated GitHub pipelines, executed: real git, real bash, real uv, real MLflow, and GitHub's
//! own evaluator for every expression.
//!
//! Only GitHub is played: `tests/tools/runner` orders the jobs, runs the steps and does what the
//! actions do; a server on loopback answers for the API.

mod delivery;
mod forge;
mod proposal;
mod ran;
