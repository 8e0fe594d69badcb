//! Words of the commands about gatewright itself: `demo`, `explain`, `schema`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder to write the project to; it must not exist yet, or be empty.
    #[arg(default_value = "gatewright-demo")]
    pub folder: PathBuf,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code, such as `unknown-key` or `metric-nan`. Default: list all of them.
    pub code: Option<String>,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// Whose schema.
    #[arg(value_enum, default_value_t = SchemaOf::Spec)]
    pub of: SchemaOf,
}

/// A document that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// `gatewright.yaml`.
    Spec,
    /// The document that `gate check` writes as `json`.
    Decision,
    /// What hooks of the generated pipelines are told.
    Hook,
}
