//! How long ago the candidate was made.

use super::case::Case;
use crate::gate::finding::{Observed, Opinion, Source, Value};
use crate::gate::reason::Reason;
use crate::gate::rule::AgeRule;

/// How far the clock of MLflow's machine may be ahead of ours before its times are not believed.
const SKEW_MS: i128 = 5 * 60 * 1000;

/// From the end of the run, else from the registration of the version, to when the evidence was
/// read.
pub(super) fn judge(case: &Case<'_>, rule: AgeRule) -> Opinion {
    let subject = &case.evidence.candidate;
    let run = subject.run.as_ref();
    let ended = run.and_then(|run| Some((run.end_ms?, format!("run {}", run.id), "its run ended")));
    let registered = subject.version.as_ref().and_then(|version| {
        let place = format!("version {}", version.number);
        Some((version.created_ms?, place, "it was registered"))
    });
    let Some((since, place, what)) = ended.or(registered) else {
        return Opinion::new(
            Reason::EvidenceMissing,
            "neither when the candidate's run ended nor when it was registered is recorded",
        );
    };
    let age = i128::from(case.evidence.taken_at_ms) - i128::from(since);
    let asked = i128::from(rule.at_most_seconds) * 1000;
    let mut opinion = if age < -SKEW_MS {
        let message = format!(
            "{what} {} after this moment: one of the two clocks is wrong",
            duration(-age)
        );
        Opinion::new(Reason::EvidenceUnreadable, message)
    } else if age <= asked {
        Opinion::new(Reason::Holds, "holds")
    } else {
        let message = format!(
            "{what} {} ago, and it must be {} at most",
            duration(age),
            duration(asked)
        );
        Opinion::new(Reason::Violated, message)
    };
    if what != "its run ended" {
        let note =
            "when the candidate's run ended is not recorded: its age counts from its registration";
        opinion.notes.push(note.to_owned());
    }
    opinion.derivation = vec![
        format!(
            "{what} at {since} ms, the evidence was read at {} ms",
            case.evidence.taken_at_ms
        ),
        format!("asked: {age} ms <= {asked} ms"),
    ];
    opinion.candidate = Some(Observed {
        value: Value::Text(duration(age.max(0))),
        source: Source {
            place,
            timestamp_ms: Some(since),
            ..Source::default()
        },
    });
    opinion
}

/// The two largest units: `6d 3h`, `2h 10m`, `40s`.
fn duration(ms: i128) -> String {
    const UNITS: [(&str, i128); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
    let mut rest = ms / 1000;
    let mut shown = Vec::new();
    for (unit, seconds) in UNITS {
        let count = rest / seconds;
        rest %= seconds;
        if count > 0 {
            shown.push(format!("{count}{unit}"));
        }
    }
    shown.truncate(2);
    if shown.is_empty() {
        "0s".to_owned()
    } else {
        shown.join(" ")
    }
}
