//! The worst of several findings.
//!
//! The one decision here: what nobody can answer for speaks before what somebody can. Else a waiver
//! for a slice that is too low would excuse one that is not there.

use crate::gate::reason::{Reason, Standing};

/// The one that stands worst: what fails before what is inconclusive, that before what there is
/// nothing to compare with, that before what holds; of what fails first what no waiver excuses; of
/// equals the first.
pub(super) fn worst<T>(parts: &[T], reason: impl Fn(&T) -> Reason) -> Option<&T> {
    let weight = |part: &&T| {
        let reason = reason(part);
        match reason.standing() {
            Standing::Fails => (0, reason.is_excusable()),
            Standing::Inconclusive => (1, false),
            Standing::NothingToCompare => (2, false),
            Standing::Holds => (3, false),
        }
    };
    parts.iter().min_by_key(weight)
}
