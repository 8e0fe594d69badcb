//! Words of the commands about files: `validate`, `generate`, `templates`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::SpecPath;

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// The specs. Default: `gatewright.yaml` here, or in the nearest folder above.
    #[arg(value_name = "SPEC")]
    pub specs: Vec<PathBuf>,
    /// How to report.
    #[arg(long, value_enum, default_value_t = DiagnosticFormat::Text)]
    pub format: DiagnosticFormat,
}

/// How diagnostics are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiagnosticFormat {
    /// With source lines, for people.
    Text,
    /// One JSON document.
    Json,
    /// Annotations for GitHub Actions.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// Arguments of `generate`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags that are given or not, each for itself"
)]
pub struct Generate {
    /// The specs. Default: `gatewright.yaml` here, or in the nearest folder above.
    #[arg(value_name = "SPEC", conflicts_with_all = ["spec", "all"])]
    pub specs: Vec<PathBuf>,
    /// The spec.
    #[command(flatten)]
    pub spec: SpecPath,
    /// Generate every spec of the repository, and remove the files of specs that are gone.
    #[arg(long, conflicts_with = "spec")]
    pub all: bool,
    /// Write nothing; name every file that is not current, and exit 1 if there is one.
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show what would change as a unified diff, and exit 1 if something would.
    #[arg(long)]
    pub diff: bool,
    /// Overwrite files that were edited by hand, or that gatewright did not write.
    #[arg(long, conflicts_with_all = ["check", "diff"])]
    pub force: bool,
    /// Put back the pins of the spec and of gatewright where a bot has updated them on disk.
    #[arg(long)]
    pub update_pins: bool,
    /// Write `.github/dependabot.yml` as well, if it is not there.
    #[arg(long, conflicts_with_all = ["check", "diff"])]
    pub dependabot: bool,
    /// How to report.
    #[arg(long, value_enum, default_value_t = GenerateFormat::Text)]
    pub format: GenerateFormat,
}

/// How it is reported what was generated, or what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GenerateFormat {
    /// A list, for people.
    Text,
    /// One JSON document.
    Json,
}

/// Subcommands of `templates`.
#[derive(Debug, Subcommand)]
pub enum Templates {
    /// Name every built-in template.
    List,
    /// Print a built-in template.
    Show {
        /// Its name, such as `github/step.yml`.
        name: String,
    },
    /// Write a built-in template to a folder of the repository, to be changed there.
    ///
    /// With `ci.templates` in the spec it is used in the place of the built-in one. Whatever it
    /// prints is still read back and must be what was planned: it may change comments and layout.
    Eject(Eject),
}

/// Arguments of `templates eject`.
#[derive(Debug, Args)]
pub struct Eject {
    /// Its name, such as `github/step.yml`.
    pub name: String,
    /// The folder to write to. Default: `ci.templates` of the spec, else `ci/templates`.
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
    /// The spec.
    #[command(flatten)]
    pub spec: SpecPath,
}
