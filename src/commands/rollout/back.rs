//! What the ledger says about the version that gets the traffic, and what is in its way.
//!
//! The one decision here: who rolled back did not ask a gate, so a gate must not undo it. The ledger
//! has to say so with an entry that is as it was written, and carried out.

use crate::commands::stores::Stores;
use crate::error::Error;
use crate::promotion::{Chain, Record};
use crate::rollout::{Seen, State};
use crate::spec::Model;
use crate::store::Selector;

use super::served::Served;

/// What made a version live; `None` where nobody knows.
pub(super) fn made_live(
    stores: &Stores,
    model: &Model,
    version: u64,
) -> Result<Option<Record>, Error> {
    let ledger = stores.registry().store.ledger(&model.name)?;
    let chain = Chain::read(&model.name, &ledger);
    let live = chain.live(&model.live_alias);
    Ok(live.filter(|record| record.version == version).cloned())
}

/// The rollout of another version that divides the traffic of the endpoint: of one that is
/// deployed there, or of the one that was rolled back.
pub(super) fn under_way(
    stores: &Stores,
    served: &Served<'_>,
    (live, rollback): (u64, &Record),
    seen: &Seen,
) -> Result<Option<State>, Error> {
    let mut numbers: Vec<u64> = seen.versions.values().copied().collect();
    numbers.extend(rollback.replaces);
    numbers.sort_unstable();
    numbers.dedup();
    numbers.retain(|number| *number != live);
    let selectors: Vec<_> = numbers.into_iter().map(Selector::Number).collect();
    let store = &stores.registry().store;
    let found = store.versions(&served.model.name, &selectors)?;
    let tag = State::tag(served.name);
    let mut states = found.into_iter().flatten().filter_map(|version| {
        // What is not understood divides nothing that could be given back.
        State::of(version.tags.get(&tag)?, served.name, version.number).ok()
    });
    // Somebody may have turned the traffic elsewhere since.
    let is_dividing = |state: &State| {
        !state.phase.is_over()
            && (state.is_ours(&seen.routes) || state.before.is_same(&seen.routes))
    };
    Ok(states.find(is_dividing))
}
