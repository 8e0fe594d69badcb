//! `gatewright explain`: what a code means, wherever gatewright shows one.

use crate::cli::Explain;
use crate::console::Console;
use crate::diagnostic::{Code, nearest};
use crate::error::Error;
use crate::exit::Exit;
use crate::gate::{Reason, Remark};
use crate::promotion::{FaultKind, Ground};

/// A code and what it means.
type Explained = (&'static str, String);

pub(super) fn run(arguments: &Explain, console: &mut Console<'_>) -> Result<Exit, Error> {
    let families = families();
    let Some(name) = &arguments.code else {
        for (place, (title, codes)) in families.iter().enumerate() {
            let gap = if place == 0 { "" } else { "\n" };
            console.say(format!("{gap}{title}:\n"))?;
            for (code, meaning) in codes {
                console.say(format!("  {code:<22}{meaning}"))?;
            }
        }
        return Ok(Exit::Yes);
    };
    let found: Vec<_> = families
        .iter()
        .flat_map(|(title, codes)| codes.iter().map(move |code| (title, code)))
        .filter(|(_, (code, _))| code == name)
        .collect();
    match found.as_slice() {
        [] => return Err(unknown(name, &families)),
        [(_, (code, meaning))] => console.say(format!("{code}\n\n{meaning}"))?,
        several => {
            console.say(format!("{name}\n"))?;
            for (title, (_, meaning)) in several {
                console.say(format!("{title}: {meaning}"))?;
            }
        }
    }
    Ok(Exit::Yes)
}

/// Every code there is. One word may be a code in several families.
fn families() -> [(&'static str, Vec<Explained>); 5] {
    let diagnostics = Code::ALL.iter();
    let diagnostics = diagnostics.map(|code| (code.name(), code.explanation().to_owned()));
    let reasons = Reason::all().map(|reason| (reason.code(), reason.meaning().to_owned()));
    let remarks = [Remark::Vacuous, Remark::AlreadyLive]
        .map(|remark| (remark.code(), remark.meaning().to_owned()));
    let faults = FaultKind::ALL.iter();
    let faults = faults.map(|fault| (fault.name(), fault.explanation().to_owned()));
    [
        ("Diagnostics of a spec", diagnostics.collect()),
        ("Reasons of a check", reasons.collect()),
        ("Remarks on a verdict", remarks.into()),
        (
            "Refusals of a promotion or a rollback",
            Ground::ALL.iter().copied().map(refusal).collect(),
        ),
        ("Faults of a ledger", faults.collect()),
    ]
}

fn refusal(ground: Ground) -> Explained {
    let explanation = ground.explanation();
    let explanation = if ground.can_be_forced() {
        format!("{explanation} `--force` gets over it.")
    } else {
        explanation.to_owned()
    };
    (ground.name(), explanation)
}

fn unknown(name: &str, families: &[(&str, Vec<Explained>)]) -> Error {
    let codes = families.iter().flat_map(|(_, codes)| codes);
    let help = nearest(name, codes.map(|(code, _)| *code)).map_or_else(
        || "`gatewright explain` lists all codes".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Error::usage(format!("there is no code `{name}`"), help)
}
