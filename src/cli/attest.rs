//! Words of `attest`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::SpecPath;

/// Subcommands of `attest`.
#[derive(Debug, Subcommand)]
pub enum Attest {
    /// Sign the statement of a decision with a private key.
    Sign(AttestSign),
    /// Check that a signed statement is about a decision, and who signed it: exit 0 it is, 1 it is
    /// not, 3 nobody could tell.
    Verify(AttestVerify),
}

/// Arguments of `attest sign`.
#[derive(Debug, Args)]
pub struct AttestSign {
    /// The decision, as `gate check -o json=FILE` wrote it.
    #[arg(long, value_name = "FILE")]
    pub decision: PathBuf,
    /// The statement about it, as `gate check -o in-toto=FILE` wrote it at the same time.
    #[arg(long, value_name = "FILE")]
    pub statement: PathBuf,
    /// The private key in PEM (PKCS #8), Ed25519 or ECDSA P-256.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The file to write: a DSSE envelope.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// Arguments of `attest verify`.
#[derive(Debug, Args)]
pub struct AttestVerify {
    /// The attestation: a DSSE envelope or a Sigstore bundle, or one on each line. Default: what
    /// GitHub has, where the spec names a repository.
    #[arg(value_name = "ATTESTATION")]
    pub attestation: Option<PathBuf>,
    /// The spec.
    #[command(flatten)]
    pub spec: SpecPath,
    /// The decision that it should be about.
    #[arg(long, value_name = "FILE")]
    pub decision: PathBuf,
    /// The folder with the model, to hold its files against the attestation as well.
    #[arg(long, value_name = "FOLDER", conflicts_with = "model_files")]
    pub model: Option<PathBuf>,
    /// Read the model's files from where MLflow keeps them, and hold those against it.
    #[arg(long)]
    pub model_files: bool,
    /// With `--model-files`: the environment whose MLflow stores are read.
    #[arg(long, value_name = "NAME", requires = "model_files")]
    pub env: Option<String>,
    /// With `--model-files`: the MLflow tracking store to read, whatever the spec says.
    #[arg(long, value_name = "URI", requires = "model_files")]
    pub tracking_uri: Option<String>,
    /// The public key in PEM. Default: `promotion.attestation.key` of the spec.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The GitHub repository. Default: `promotion.attestation.repository` of the spec.
    #[arg(long, value_name = "OWNER/NAME")]
    pub repository: Option<String>,
    /// How to report.
    #[arg(long, value_enum, default_value_t = AttestFormat::Text)]
    pub format: AttestFormat,
}

/// How `attest verify` reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AttestFormat {
    /// A sentence.
    Text,
    /// The record, as a promotion keeps it.
    Json,
}
