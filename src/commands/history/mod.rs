//! `gatewright history`: what was live, when, and who decided it.
//!
//! The one decision here: it only ever reads. A ledger that is damaged is shown as far as it goes,
//! and is never a yes to a question that rests on it.

mod ask;
mod place;
mod when;

pub(super) use ask::run;
