//! The command line: words and their meaning, nothing else. Doc comments are `--help`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::{Format, history};

/// One spec of how a model is made. The pipelines that make it, generated. A gate that decides
/// whether the result may go live.
#[derive(Debug, Parser)]
#[command(
    name = "gatewright",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 yes, 1 no (blocked, drifted), 2 usage or spec error, 3 no evidence, 4 hold, 5 conflict.\nFirst time here? `gatewright demo` shows the whole story in a fresh folder."
)]
pub struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Say only what matters.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What gatewright can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check specs and report every problem with its place.
    Validate(Validate),
    /// Write the pipelines that the spec describes, or check that they are current.
    Generate(Generate),
    /// Show the templates that pipelines are printed with, or take one over.
    #[command(subcommand)]
    Templates(Templates),
    /// Judge a model.
    #[command(subcommand)]
    Gate(Gate),
    /// Let the candidate go live: move the live alias to it, if the gates' decisions still hold.
    ///
    /// The candidate and the live version are resolved again, and have to be the ones that were
    /// judged, by the same spec, not too long ago. Without `--decision` the gates are asked now. The
    /// alias is moved by compare-and-set, and the ledger says who did it, when, on what decision and
    /// why. Run again after a crash it finishes, or says that it is done.
    Promote(Box<Promote>),
    /// Put the live alias back to a version that was live before.
    ///
    /// Without `--to` that is the version before the present one; another rollback goes one further
    /// back. No gate is asked. The ledger gets a record of its own.
    Rollback(Rollback),
    /// Move the traffic of a serving endpoint to a version, in steps, with a gate at each.
    ///
    /// A verdict that is no pass never raises traffic. When the gate blocks, or contact is lost, the
    /// traffic goes back to what it was. Interrupt it when you like: run again, it goes on.
    ///
    /// Exits with 0 when the version gets everything, 1 when its traffic went back, 3 when contact
    /// was lost, 4 when a person has to decide, 5 when somebody else changed the endpoint.
    Rollout(Rollout),
    /// Tell what was live, when, and who decided it, by the model's ledger.
    History(History),
    /// Sign a decision, or check who signed it.
    #[command(subcommand)]
    Attest(Attest),
    /// Show the whole story in a fresh folder: pipelines, a blocked model, a promoted one.
    Demo(Demo),
    /// Say what a code means, of a diagnostic or of a check's outcome.
    Explain(Explain),
    /// Print a JSON Schema.
    Schema(Schema),
}

/// Where the spec is.
#[derive(Debug, Clone, Args)]
pub struct SpecPath {
    /// The spec. Default: `gatewright.yaml` here, or in the nearest folder above.
    #[arg(long, value_name = "PATH")]
    pub spec: Option<PathBuf>,
}

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
    /// Give the traffic back at once, as it was before the rollout of this version began.
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

/// A report to write: `json=decision.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// In which format.
    pub format: Format,
    /// Where to.
    pub path: PathBuf,
}

fn output(text: &str) -> Result<Output, String> {
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
}
