//! Words of the commands about what is live: `promote`, `rollback`, `rollout`, `history`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::SpecPath;
use super::gate::{Output, output};
use crate::report::history;

/// What is expected of the live model, and how the answer is given.
#[derive(Debug, Clone, Args)]
pub struct Careful {
    /// Where an alias has to point to: a version, or `none`; may be repeated. Anything else is a
    /// conflict (exit 5).
    #[arg(long = "expect", value_name = "ALIAS=VERSION", value_parser = expected)]
    pub expected: Vec<(String, Option<u64>)>,
    /// Write nothing; say what would be written.
    #[arg(long)]
    pub dry_run: bool,
    /// The MLflow tracking store, whatever the spec says.
    #[arg(long, value_name = "URI")]
    pub tracking_uri: Option<String>,
    /// What to print on stdout.
    #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
    pub format: ResultFormat,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResultFormat {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// Arguments of `promote`.
#[derive(Debug, Args)]
pub struct Promote {
    /// The spec.
    #[command(flatten)]
    pub spec: SpecPath,
    /// The environment where the model goes live. It says which gates have to pass, in which
    /// registry, and which alias is moved.
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// A decision to act on, as `gate check -o json=FILE` wrote it; one for each gate that has to
    /// pass. Default: every gate is asked now.
    #[arg(long = "decision", value_name = "FILE")]
    pub decisions: Vec<PathBuf>,
    /// The registered model, whatever the spec says: a copy of it under another name.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// The version to promote: a number or an alias. Default: the one that was judged, found again
    /// as it was found then.
    #[arg(long, value_name = "VERSION")]
    pub candidate: Option<String>,
    /// What is expected, and how to answer.
    #[command(flatten)]
    pub careful: Careful,
    /// Promote against the verdict of a gate, without a decision, with one that is too old, or
    /// without an attestation. Goes on record, and is told everywhere.
    ///
    /// It does not get over what moved: the alias is still moved by compare-and-set.
    #[arg(long, requires = "reason")]
    pub force: bool,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub reason: Option<String>,
    /// Ask for a signed attestation of the decision, whatever the spec says.
    #[arg(long)]
    pub require_attestation: bool,
    /// The attestation, where it is a file.
    #[arg(long, value_name = "FILE")]
    pub attestation: Option<PathBuf>,
}

/// Arguments of `rollback`.
#[derive(Debug, Args)]
pub struct Rollback {
    /// The spec.
    #[command(flatten)]
    pub spec: SpecPath,
    /// The environment whose live model is put back.
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// The version to put back. Default: the one that was live before the present one.
    #[arg(long, value_name = "VERSION")]
    pub to: Option<u64>,
    /// What is expected, and how to answer.
    #[command(flatten)]
    pub careful: Careful,
    /// Put back a version that was never live, by the ledger.
    #[arg(long, requires = "to")]
    pub force: bool,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub reason: String,
}

fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say why: whoever reads the record has nothing else".to_owned()),
        text => Ok(text.to_owned()),
    }
}

fn expected(text: &str) -> Result<(String, Option<u64>), String> {
    let wrong = || "write it as ALIAS=VERSION or ALIAS=none, such as champion=7".to_owned();
    let (alias, version) = text.split_once('=').ok_or_else(wrong)?;
    if alias.is_empty() {
        return Err(wrong());
    }
    let version = match version {
        "none" => None,
        number => Some(number.parse().map_err(|_| wrong())?),
    };
    Ok((alias.to_owned(), version))
}

/// Arguments of `rollout`.
#[derive(Debug, Args)]
pub struct Rollout {
    /// The spec.
    #[command(flatten)]
    pub spec: SpecPath,
    /// The environment whose endpoint and MLflow stores are meant.
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// The version. Default: the one that the model's live alias points to.
    #[arg(long, value_name = "NUMBER")]
    pub version: Option<u64>,
    /// The MLflow store to use, whatever the spec says.
    #[arg(long, value_name = "URI")]
    pub tracking_uri: Option<String>,
    /// Change nothing; say what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Give the traffic back at once, as it was before the rollout of this version began; exits with 0
    /// when it is.
    #[arg(long, conflicts_with_all = ["restart", "dry_run"])]
    pub abort: bool,
    /// Begin from the first step, whatever became of an earlier rollout of this version.
    #[arg(long)]
    pub restart: bool,
    /// What to print on stdout.
    #[arg(long, value_enum, default_value_t = DataFormat::Text)]
    pub format: DataFormat,
    /// Write the decision of each step to a file; may be repeated. `{step}` in the path stands for
    /// the step's share, such as 25.
    #[arg(short, long = "output", value_name = "FORMAT=PATH", value_parser = output)]
    pub outputs: Vec<Output>,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DataFormat {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// Arguments of `history`.
///
/// Exits with 0 when the question has an answer, 1 when it has none or the ledger is not whole
/// (`--verify`), 3 when the registry cannot be read.
#[derive(Debug, Args)]
#[command(
    after_help = "A time is 2026-11-01T12:00Z (with a zone), 2026-11-01 (its first moment in UTC), or 7d, 12h, 30m for so long ago."
)]
pub struct History {
    /// The spec.
    #[command(flatten)]
    pub spec: SpecPath,
    /// The environment whose registry is read.
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// The registered model. Default: the spec's. With `--tracking-uri` no spec is needed.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Only this alias. Default: all of them; for `--at` the spec's live one.
    #[arg(long, value_name = "NAME")]
    pub alias: Option<String>,
    /// Only what was done since a time.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only what this CI actor or user did.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Only the latest so many.
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<usize>,
    /// What was live at a time, since when, and by whose decision.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["since", "by", "limit", "version", "verify"])]
    pub at: Option<String>,
    /// Where a version comes from: run, commit, data; decisions, promotions, aliases.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["since", "by", "limit", "alias", "verify"])]
    pub version: Option<u64>,
    /// Walk the chain of entries and name everything that is wrong with it.
    ///
    /// Exits with 0 when nothing is, and with 1 when something is: an entry that is missing, that
    /// was changed or put elsewhere, or an alias that was moved outside of gatewright.
    #[arg(long, conflicts_with_all = ["since", "by", "limit", "alias"])]
    pub verify: bool,
    /// The MLflow store to read, whatever the spec says.
    #[arg(long, value_name = "URI")]
    pub tracking_uri: Option<String>,
    /// What to print on stdout.
    #[arg(long, value_enum, default_value_t = history::Format::Text)]
    pub format: history::Format,
}
