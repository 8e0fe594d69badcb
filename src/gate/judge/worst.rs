//! The worst of several findings.

use crate::gate::reason::{Reason, Standing};

/// The one that stands worst: what fails before what is inconclusive, that before what there is
/// nothing to compare with, that before what holds; of equals the first.
pub(super) fn worst<T>(parts: &[T], reason: impl Fn(&T) -> Reason) -> Option<&T> {
    let weight = |part: &&T| match reason(part).standing() {
        Standing::Fails => 0,
        Standing::Inconclusive => 1,
        Standing::NothingToCompare => 2,
        Standing::Holds => 3,
    };
    parts.iter().min_by_key(weight)
}
