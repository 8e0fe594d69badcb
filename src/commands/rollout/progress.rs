//! What is going on, on stderr, while it goes on.
//!
//! The one decision here: a line that is written stays, so that a CI log tells the whole story. Only
//! on a terminal there is one more, about the waiting, that is written over.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::console::Console;
use crate::error::Error;
use crate::evidence::Reading;
use crate::report;
use crate::rollout::{Direction, Phase, State};

/// Goes to the beginning of the line and empties it.
const ANEW: &str = "\r\u{1b}[2K";

/// Tells what is going on.
#[derive(Default)]
pub(super) struct Progress {
    is_waiting: bool,
    last: String,
}

impl Progress {
    /// Writes a line with the time, unless it is the one that was written last.
    pub(super) fn tell(
        &mut self,
        console: &mut Console<'_>,
        now: Timestamp,
        text: &str,
    ) -> Result<(), Error> {
        if self.last == text {
            return Ok(());
        }
        text.clone_into(&mut self.last);
        self.clear(console)?;
        if !console.quiet {
            let text = report::printable(&console.environment.conceal(text));
            let time = now.strftime("%H:%M:%S");
            console.tell(report::disarmed(&format!("{time}  {text}")))?;
        }
        Ok(())
    }

    /// Says, on a terminal, what is waited for.
    pub(super) fn wait(&mut self, console: &mut Console<'_>, what: &str) -> Result<(), Error> {
        if !console.stderr_coloured || console.quiet {
            return Ok(());
        }
        let text = format!("{ANEW}          {what}");
        console.stderr.write_all(text.as_bytes())?;
        console.stderr.flush()?;
        self.is_waiting = true;
        Ok(())
    }

    fn clear(&mut self, console: &mut Console<'_>) -> Result<(), Error> {
        if std::mem::take(&mut self.is_waiting) {
            console.stderr.write_all(ANEW.as_bytes())?;
        }
        Ok(())
    }
}

/// Where a rollout is, in words.
pub(super) fn phase(state: &State, bake_ms: i64) -> String {
    let (from, to) = (state.from.version, state.to.version);
    let share = state.share();
    let is_back = state.direction == Direction::Back;
    match state.phase {
        Phase::Baking if is_back => format!("{share:>3} %  version {to} is serving"),
        Phase::Settling if is_back => {
            format!("{share:>3} %  taking version {from} off the endpoint")
        }
        Phase::Raising => format!("{share:>3} %  giving version {to} {share} % of the traffic"),
        Phase::Baking => format!(
            "{share:>3} %  version {to} is serving; baking for {}",
            span(bake_ms)
        ),
        Phase::Settling => {
            format!("{share:>3} %  every step passed; taking version {from} off the endpoint")
        }
        Phase::Finished => format!("{share:>3} %  finished"),
        Phase::Returning => format!(
            "  back  {}; giving the traffic back to version {from}",
            state.because.as_ref().map_or("", |because| &because.reason)
        ),
        Phase::Returned => format!("  back  the traffic is as it was before: {}", state.before),
    }
}

/// Metrics on one line.
pub(super) fn metrics(metrics: &BTreeMap<String, Reading>) -> String {
    let shown = metrics
        .iter()
        .map(|(name, reading)| match reading.finite() {
            Some(value) => format!("{name} {}", short(value.get())),
            None => format!("{name} {reading}"),
        });
    let shown: Vec<_> = shown.collect();
    if shown.is_empty() {
        return "no metrics".to_owned();
    }
    shown.join(", ")
}

/// Four significant digits: the decision has them all.
fn short(value: f64) -> String {
    let rounded = format!("{value:.3e}").parse().unwrap_or(value);
    format!("{rounded}")
}

/// A time, as the spec writes it.
pub(super) fn span(milliseconds: i64) -> String {
    let seconds = milliseconds.saturating_add(999) / 1000;
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, 0) => format!("{minutes}m"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    }
}
