//! `gatewright gate record`: the evidence alone, for a verdict later or elsewhere.

use super::{Question, Surroundings, checkout, read, targets, waivers};
use crate::cli::GateRecord;
use crate::commands::load::require;
use crate::commands::publish::{announce_failure, write_file};
use crate::console::Console;
use crate::decision::Recording;
use crate::error::Error;
use crate::exit::Exit;

pub(in crate::commands) fn run(
    arguments: &GateRecord,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    let recording = record(arguments, console)
        .inspect_err(|error| announce_failure("gate record", error, console))?;
    write_file(&console.resolve(&arguments.output), &recording.text())?;
    if !console.quiet {
        let shown = arguments.output.display();
        console.tell(format!("evidence in {shown}, {}", recording.digest()))?;
    }
    Ok(Exit::Yes)
}

fn record(arguments: &GateRecord, console: &mut Console<'_>) -> Result<Recording, Error> {
    let (loaded, spec) = require(arguments.question.spec.spec.as_deref(), console)?;
    let spec = spec.about(arguments.question.model.as_deref());
    targets::require_free(&[], Some(&arguments.output), None, &loaded, console)?;
    let question = Question::of(&arguments.question);
    let gate = question.gate(&spec)?;
    let checkout = checkout(loaded.folder(), console);
    let around = Surroundings::of(console, &checkout);
    let file = waivers::load(gate, &loaded)?.map(|waivers| waivers.file);
    read::record(question, &loaded, &spec, gate, file, around)
}
