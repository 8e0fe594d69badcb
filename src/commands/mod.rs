//! One file per command: load, call the pure core, present.

mod attest;
mod attestation;
mod comment;
mod demo;
mod document;
mod explain;
mod gate;
mod generate;
mod history;
mod hooks;
mod load;
mod promote;
mod publish;
mod rollback;
mod rollout;
mod schema;
mod specs;
mod stores;
mod templates;
mod validate;

use crate::cli::{Attest, Cli, Command, Gate};
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;

/// Runs a command.
///
/// # Errors
/// Whatever keeps the command from answering.
pub fn run(cli: Cli, console: &mut Console<'_>) -> Result<Exit, Error> {
    match cli.command {
        Command::Validate(arguments) => validate::run(&arguments, console),
        Command::Generate(arguments) => generate::run(&arguments, console),
        Command::Templates(command) => templates::run(&command, console),
        Command::Gate(Gate::Check(arguments)) => gate::check(&arguments, console),
        Command::Gate(Gate::Record(arguments)) => gate::record(&arguments, console),
        Command::Promote(arguments) => promote::run(&arguments, console),
        Command::Rollback(arguments) => rollback::run(&arguments, console),
        Command::Attest(Attest::Sign(arguments)) => attest::sign(&arguments, console),
        Command::Attest(Attest::Verify(arguments)) => attest::verify(&arguments, console),
        Command::History(arguments) => history::run(&arguments, console),
        Command::Rollout(arguments) => rollout::run(&arguments, console),
        Command::Demo(arguments) => demo::run(&arguments, console),
        Command::Explain(arguments) => explain::run(&arguments, console),
        Command::Schema(arguments) => schema::run(&arguments, console),
    }
}
