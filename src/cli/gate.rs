//! Words of `gate`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::SpecPath;
use crate::report::Format;

/// Subcommands of `gate`.
#[derive(Debug, Subcommand)]
pub enum Gate {
    /// Judge a candidate by a gate: exit 0 lets it through, 1 blocks it, 3 could not look.
    Check(Box<GateCheck>),
    /// Read what a gate judges on and write it to a file, without a verdict.
    ///
    /// `gate check --evidence FILE` judges it, as often as you like, with no store in reach.
    Record(GateRecord),
}

/// What a gate is asked about, and where that is read.
#[derive(Debug, Clone, Args)]
pub struct GateQuestion {
    /// The gate. Default: the only one in the spec.
    pub gate: Option<String>,
    /// The spec.
    #[command(flatten)]
    pub spec: SpecPath,
    /// The environment whose MLflow stores are read.
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// The version under judgement: a number or an alias. Default: the model's candidate alias.
    #[arg(long, value_name = "VERSION")]
    pub candidate: Option<String>,
    /// The registered model, whatever the spec says: a copy of it under another name.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// The MLflow tracking store to read, whatever the spec says.
    #[arg(long, value_name = "URI")]
    pub tracking_uri: Option<String>,
    /// Read every file of the model, so that the decision names them by digest.
    ///
    /// Implied by `promotion.require_attestation` in the spec.
    #[arg(long)]
    pub model_files: bool,
}

/// Arguments of `gate record`.
#[derive(Debug, Args)]
pub struct GateRecord {
    /// What is asked.
    #[command(flatten)]
    pub question: GateQuestion,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// Arguments of `gate check`.
#[derive(Debug, Args)]
pub struct GateCheck {
    /// What is asked.
    #[command(flatten)]
    pub question: GateQuestion,
    /// Judge every spec of the repository: all gates of each, or the one named.
    ///
    /// Exits with 2 when a spec is invalid, else 3 when a gate could not be judged, else 1 when one
    /// blocked, else 4 when one holds, else 0.
    #[arg(long, conflicts_with_all = ["spec", "candidate", "model", "evidence", "record", "explain", "comment"])]
    pub all: bool,
    /// Judge the evidence in this file, as `gate record` wrote it; no store is opened.
    ///
    /// The spec and the waivers must be the ones that it was recorded for. The decision is the one
    /// that a check gave at the time, byte for byte.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["env", "candidate", "tracking_uri", "model_files"])]
    pub evidence: Option<PathBuf>,
    /// Write the evidence to this file as well, as `gate record` does.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Print how the outcome of one check came about, instead of the report; by its id or its text.
    #[arg(long, value_name = "CHECK", conflicts_with = "format")]
    pub explain: Option<String>,
    /// What to print on stdout.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write a report to a file as well; may be repeated.
    #[arg(short, long = "output", value_name = "FORMAT=PATH", value_parser = output)]
    pub outputs: Vec<Output>,
    /// Keep one comment with the report on the pull request, and update it with every run.
    ///
    /// On GitHub the job needs `permissions: pull-requests: write`, and the step
    /// `env: GITHUB_TOKEN: ${{ github.token }}` (or `GH_TOKEN`). On Azure DevOps the step needs
    /// `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`, and the build service may contribute to
    /// pull requests. Where the build is not for a pull request there is no comment. One that cannot
    /// be written is a warning: the judgement and the exit code stand.
    #[arg(long)]
    pub comment: bool,
}

/// A report to write: `json=decision.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// In which format.
    pub format: Format,
    /// Where to.
    pub path: PathBuf,
}

pub(super) fn output(text: &str) -> Result<Output, String> {
    let (format, path) = text
        .split_once('=')
        .ok_or_else(|| "write it as FORMAT=PATH, such as json=decision.json".to_owned())?;
    let format = Format::from_str(format, false).map_err(|_| {
        let all: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("`{format}` is not a format; formats are {}", all.join(", "))
    })?;
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    Ok(Output {
        format,
        path: path.into(),
    })
}
