//! The command line: words and their meaning, nothing else. Doc comments are `--help`.

mod about;
mod attest;
mod files;
mod gate;
mod promotion;

pub use about::{Demo, Explain, Schema, SchemaOf};
pub use attest::{Attest, AttestFormat, AttestSign, AttestVerify};
pub use files::{DiagnosticFormat, Eject, Generate, GenerateFormat, Templates, Validate};
pub use gate::{Gate, GateCheck, GateQuestion, GateRecord, Output};
pub use promotion::{Careful, DataFormat, History, Promote, ResultFormat, Rollback, Rollout};

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

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
    /// Say on stderr what is done; twice, every question to a store.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
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
    /// Let the candidate go live, if the decisions of its gates still hold.
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
    /// Say what a code means: of a diagnostic, a check, a refusal or a fault of a ledger.
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
