//! What came of it, to everyone who waits for it.

use crate::cli::ResultFormat;
use crate::commands::publish::{Announcement, announce};
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::promotion::{Meaning, PromotionResult, Refusal, Ruling, Status};
use crate::report::{Format, Style, printable, promotion as report};

/// How the process ends.
pub(super) fn exit(ruling: &Ruling) -> Exit {
    match ruling.meaning() {
        None => Exit::Yes,
        Some(Meaning::Wrong) => Exit::Usage,
        Some(Meaning::Moved) => Exit::Conflict,
        Some(Meaning::No) => Exit::No,
        Some(Meaning::Hold) => Exit::Hold,
    }
}

/// Tells people on stderr what stands against it, stdout what came of it, and the CI system both.
pub(in crate::commands) fn tell(
    result: &PromotionResult,
    format: ResultFormat,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    for refusal in &result.ruling.refusals {
        talk("error", RED, refusal, console)?;
    }
    shout(result, console)?;
    for warning in &result.warnings {
        line("warning", YELLOW, warning, console)?;
    }
    if format == ResultFormat::Text && !result.ruling.refusals.is_empty() {
        console.tell("")?;
    }
    let style = Style {
        coloured: console.stdout_coloured,
        width: console.width,
    };
    let (stdout, format) = match format {
        ResultFormat::Text => (report::text(result, style), Format::Text),
        ResultFormat::Json => (report::json(result), Format::Json),
    };
    let announcement = Announcement {
        summary: &report::markdown(result),
        outputs: &report::outputs(result),
        github: &report::github(result),
        azure: &report::azure(result),
        name: "promotion",
    };
    announce((&stdout, format), &announcement, console)?;
    Ok(exit(&result.ruling))
}

const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";

/// Whoever goes against the rules is told so, also with `--quiet`.
fn shout(result: &PromotionResult, console: &mut Console<'_>) -> Result<(), Error> {
    if result.status == Status::Refused {
        return Ok(());
    }
    for refusal in &result.ruling.forced {
        let message = format!("FORCED, although {}", refusal.message);
        line("warning", YELLOW, &message, console)?;
    }
    Ok(())
}

fn talk(
    word: &str,
    colour: &str,
    refusal: &Refusal,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    line(word, colour, &refusal.message, console)?;
    console.tell(format!("  help: {}", printable(&refusal.help)))?;
    Ok(())
}

fn line(word: &str, colour: &str, message: &str, console: &mut Console<'_>) -> Result<(), Error> {
    let (open, close) = if console.stderr_coloured {
        (colour, "\u{1b}[0m")
    } else {
        ("", "")
    };
    let message = printable(&console.environment.conceal(message));
    console.tell(format!("{open}{word}{close}: {message}"))?;
    Ok(())
}
