//! What a person at a terminal is asked before their work is replaced.
//!
//! The one decision here: each file is asked about by itself, and one no is enough to write none.
//! Where nobody is there to answer, nothing is asked, and the answer is no.

use crate::cli::GenerateFormat;
use crate::console::Console;
use crate::error::Error;
use crate::report::printable;
use crate::tree::{Drift, Kind};

/// How many lines of a change are shown with the question.
const SHOWN: usize = 6;

/// Whether every file whose text would be lost is given up by a person. Nobody is asked where
/// nothing would be lost, and then nobody gives anything up.
pub(super) fn gives_up(
    drifts: &[Drift],
    format: GenerateFormat,
    console: &mut Console<'_>,
) -> Result<bool, Error> {
    let mut lost = drifts.iter().filter(|drift| drift.loses_work).peekable();
    if lost.peek().is_none() || !console.can_ask() || format != GenerateFormat::Text {
        return Ok(false);
    }
    for drift in lost {
        console.tell(printable(&drift.to_string()))?;
        for line in hint(&drift.diff()) {
            console.tell(format!("  {}", printable(&line)))?;
        }
        let question = match drift.kind {
            Kind::Orphaned => "remove it, with what was changed?",
            _ => "replace it by what the spec says?",
        };
        if !console.ask(question)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The first lines that would change, and how many more there are. The two of the header say who
/// wrote the rest.
fn hint(diff: &str) -> Vec<String> {
    let is_header = |line: &&str| {
        line.starts_with("---")
            || line.starts_with("+++")
            || line.contains("# gatewright: template=")
    };
    let changed: Vec<_> = diff
        .lines()
        .filter(|line| line.starts_with(['+', '-']) && !is_header(line))
        .collect();
    let shown = changed.iter().take(SHOWN).map(|line| (*line).to_owned());
    let more = changed.len().saturating_sub(SHOWN);
    let rest =
        (more > 0).then(|| format!("... and {more} more; `gatewright generate --diff` shows all"));
    shown.chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_change_is_shown_by_its_beginning() {
        let lines: Vec<_> = (1..=9).map(|number| format!("-line {number}")).collect();
        let lines = lines.join("\n");
        let diff = format!("--- a/x\n+++ b/x\n@@ -1 +1 @@\n same\n{lines}\n");
        insta::assert_snapshot!(hint(&diff).join("\n"), @"
        -line 1
        -line 2
        -line 3
        -line 4
        -line 5
        -line 6
        ... and 3 more; `gatewright generate --diff` shows all
        ");
    }
}
