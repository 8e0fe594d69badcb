//! `gatewright gate check`: resolve, read, judge, report.

use std::path::Path;

use super::judge::{decide_and_record, weigh};
use super::question::find_check;
use super::{Question, Surroundings, all, checkout, exit, replay, targets, waivers};
use crate::cli::GateCheck;
use crate::commands::load::{Loaded, require};
use crate::commands::{comment, publish};
use crate::console::Console;
use crate::decision::{Decision, Recording};
use crate::error::Error;
use crate::exit::Exit;
use crate::report::{Format, explain};
use crate::spec::Spec;

pub(in crate::commands) fn run(
    arguments: &GateCheck,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    if arguments.all {
        return all::run(arguments, console);
    }
    let (loaded, spec) = require(arguments.question.spec.spec.as_deref(), console)?;
    let spec = spec.about(arguments.question.model.as_deref());
    targets::require_free(
        &arguments.outputs,
        arguments.record.as_ref(),
        arguments.evidence.as_ref(),
        &loaded,
        console,
    )?;
    let (decision, recording) = answer(arguments, &loaded, &spec, console)
        .inspect_err(|error| publish::announce_failure("gate check", error, console))?;
    if let Some(path) = &arguments.record {
        publish::write_file(&console.resolve(path), &recording.text())?;
    }
    if arguments.evidence.is_some() && !console.quiet {
        // The report is the same as on the day, so this has to be said beside it.
        console.tell(format!(
            "judged on evidence that was recorded at {} ({}); no store was asked",
            recording.recorded_at,
            recording.digest()
        ))?;
    }
    tell(arguments, &decision, console)?;
    if arguments.comment {
        comment::comment(&decision, console);
    }
    Ok(exit(&decision))
}

/// The decision, on evidence that is read now or was recorded before.
fn answer(
    arguments: &GateCheck,
    loaded: &Loaded,
    spec: &Spec,
    console: &Console<'_>,
) -> Result<(Decision, Recording), Error> {
    if let Some(path) = &arguments.evidence {
        return judge_again(arguments, path, loaded, spec, console);
    }
    let question = Question::of(&arguments.question);
    let gate = question.gate(spec)?;
    if let Some(check) = &arguments.explain {
        find_check(gate, check)?;
    }
    let checkout = checkout(loaded.folder(), console);
    let around = Surroundings::of(console, &checkout);
    decide_and_record(question, loaded, spec, gate, around)
}

fn judge_again(
    arguments: &GateCheck,
    path: &Path,
    loaded: &Loaded,
    spec: &Spec,
    console: &Console<'_>,
) -> Result<(Decision, Recording), Error> {
    let recording = replay::read(path, console)?;
    let named = arguments.question.gate.as_deref();
    let question = Question {
        gate: named.or(Some(&recording.gate)),
        ..Question::default()
    };
    let gate = question.gate(spec)?;
    if let Some(check) = &arguments.explain {
        find_check(gate, check)?;
    }
    let waivers = waivers::load(gate, loaded)?;
    replay::require_same(&recording, spec, named, waivers.as_ref())?;
    let decision = weigh(gate, spec, &recording, waivers.as_ref())?;
    Ok((decision, recording))
}

/// The report, or the derivation of one check in its place.
fn tell(
    arguments: &GateCheck,
    decision: &Decision,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let stdout = match &arguments.explain {
        Some(named) => {
            let mut checks = decision.checks.iter();
            let check = checks.find(|check| check.id == *named || check.check == *named);
            // A candidate that is live already was held against nothing.
            let live = || decision.remark_meaning().unwrap_or_default().to_owned() + "\n";
            check.map_or_else(live, |check| explain(decision, check))
        }
        None => publish::on_stdout(decision, arguments.format, console),
    };
    let format = match arguments.explain {
        Some(_) => Format::Text,
        None => arguments.format,
    };
    publish::publish(decision, (&stdout, format), &arguments.outputs, console)
}
