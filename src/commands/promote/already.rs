//! A version that is live already.
//!
//! The one decision here: running a promotion again is a yes, as long as what is there is what it
//! would have made.

use super::deed::{Circumstances, answer};
use super::place::Place;
use crate::promotion::{
    Action, Chain, Ground, PromotionResult, Record, Refusal, Ruling, Status, expected,
};

/// The answer where there is nothing to do. What was expected of the alias may also have been so
/// before the entry that made the version live.
pub(in crate::commands) fn already_live(
    place: Place<'_>,
    circumstances: &Circumstances<'_>,
    chain: &Chain,
    (action, version): (Action, u64),
    wanted: &[(String, Option<u64>)],
) -> PromotionResult {
    let record = chain.live(place.alias()).cloned();
    let before = record.as_ref().map(|record| record.replaces);
    let unmet: Vec<_> = wanted
        .iter()
        .filter(|(alias, version)| alias != place.alias() || Some(*version) != before)
        .cloned()
        .collect();
    let ruling = Ruling::of(expected(&unmet, chain.aliases()), false);
    let mut result = answer(place, circumstances, action, ruling);
    result.version = Some(version);
    result.replaced = Some(version);
    if !result.ruling.refusals.is_empty() {
        return result;
    }
    result.status = Status::AlreadyLive;
    result.replaced = before.flatten();
    result.by_this_run = record
        .as_ref()
        .is_some_and(|record| is_ours(record, circumstances));
    if record.is_none() {
        result.warnings.push(format!(
            "the ledger does not say how version {version} became `{}`: it was moved outside of gatewright",
            place.alias()
        ));
    }
    result.record = record;
    result
}

/// Whether an entry was written by this very run of the CI system.
pub(in crate::commands) fn is_ours(record: &Record, circumstances: &Circumstances<'_>) -> bool {
    is_by_run(record, circumstances.author.run_url.as_ref())
}

/// Whether an entry was written by a run of a CI system: where there is none nobody can tell.
pub(super) fn is_by_run(record: &Record, run: Option<&String>) -> bool {
    run.is_some() && record.by.run_url.as_ref() == run
}

/// A refusal because somebody else moved the alias.
pub(super) fn conflict(message: String, help: String) -> Refusal {
    Refusal::new(Ground::Conflict, message, help)
}
