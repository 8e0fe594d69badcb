//! Decisions that were handed in, or that are made now.

use std::path::{Path, PathBuf};

use super::place::Place;
use crate::cli::ResultFormat;
use crate::commands::document;
use crate::commands::gate::{Question, Surroundings, decide};
use crate::commands::load::Loaded;
use crate::commands::publish;
use crate::console::Console;
use crate::decision::Presented;
use crate::error::Error;
use crate::host::Checkout;
use crate::promotion::Asked;
use crate::report::Format;

/// The largest file that is read, in bytes.
const SIZE_LIMIT: u64 = 64 << 20;

/// Reads the decisions that were handed in. The same one twice is one.
///
/// # Errors
/// A usage error for the first file that is none.
pub(super) fn read(paths: &[PathBuf], console: &Console<'_>) -> Result<Vec<Presented>, Error> {
    let mut decisions: Vec<Presented> = Vec::new();
    for path in paths {
        let decision = read_one(path, console)?;
        if !decisions.contains(&decision) {
            decisions.push(decision);
        }
    }
    Ok(decisions)
}

fn read_one(path: &Path, console: &Console<'_>) -> Result<Presented, Error> {
    let unusable = |reason: String| {
        Error::usage(
            format!("cannot act on `{}`: {reason}", path.display()),
            "hand in the file that `gatewright gate check -o json=FILE` wrote, unchanged",
        )
    };
    let text = document::text(&console.resolve(path), SIZE_LIMIT).map_err(unusable)?;
    Presented::read(&text).map_err(|error| unusable(error.to_string()))
}

/// Asks every gate now, and shows its report where people read.
///
/// # Errors
/// When a gate could not judge.
pub(super) fn make(
    place: Place<'_>,
    loaded: &Loaded,
    (gates, question): (&[Asked<'_>], Question<'_>),
    (checkout, format): (&Checkout, ResultFormat),
    console: &mut Console<'_>,
) -> Result<Vec<Presented>, Error> {
    let mut decisions = Vec::new();
    for asked in gates {
        let question = Question {
            gate: Some(&asked.gate.name),
            ..question
        };
        let around = Surroundings::of(console, checkout);
        let decision = decide(question, loaded, place.spec, around)?;
        if format == ResultFormat::Text {
            let report = publish::on_stdout(&decision, Format::Text, console);
            console.say(report)?;
        }
        let presented = Presented::of(&decision);
        decisions.push(presented.map_err(|error| Error::Internal(error.to_string()))?);
    }
    Ok(decisions)
}
