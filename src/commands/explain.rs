//! `gatewright explain`: what a code means, of a diagnostic or of a check's outcome.

use crate::cli::Explain;
use crate::console::Console;
use crate::diagnostic::{Code, nearest};
use crate::error::Error;
use crate::exit::Exit;
use crate::gate::{Reason, Remark};

pub(super) fn run(arguments: &Explain, console: &mut Console<'_>) -> Result<Exit, Error> {
    let Some(name) = &arguments.code else {
        console.say("Diagnostics of a spec:\n")?;
        list(
            Code::ALL.iter().map(|code| (code.name(), code.meaning())),
            console,
        )?;
        console.say("\nReasons of a check:\n")?;
        list(
            Reason::all().map(|reason| (reason.code(), reason.meaning())),
            console,
        )?;
        console.say("\nRemarks on a verdict:\n")?;
        list(remarks(), console)?;
        return Ok(Exit::Yes);
    };
    match codes().find(|(code, _)| code == name) {
        Some((code, meaning)) => {
            console.say(format!("{code}\n\n{meaning}"))?;
            Ok(Exit::Yes)
        }
        None => Err(unknown(name)),
    }
}

fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let reasons = Reason::all().map(|reason| (reason.code(), reason.meaning()));
    Code::ALL
        .iter()
        .map(|code| (code.name(), code.meaning()))
        .chain(reasons)
        .chain(remarks())
}

fn remarks() -> impl Iterator<Item = (&'static str, &'static str)> {
    [Remark::Vacuous, Remark::AlreadyLive]
        .into_iter()
        .map(|remark| (remark.code(), remark.meaning()))
}

fn list(
    codes: impl Iterator<Item = (&'static str, &'static str)>,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    for (code, meaning) in codes {
        console.say(format!("  {code:<22}{meaning}"))?;
    }
    Ok(())
}

fn unknown(name: &str) -> Error {
    let help = nearest(name, codes().map(|(code, _)| code)).map_or_else(
        || "`gatewright explain` lists all codes".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Error::usage(format!("there is no code `{name}`"), help)
}
