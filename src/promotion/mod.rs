//! What a promotion is: the record of it, the chain of records, and whether one may take place.
//!
//! The one decision here: nothing in this room moves anything. It says what is to be written, and
//! [`crate::registry`] writes it, all of it or nothing that counts.

mod chain;
mod fault;
mod head;
mod live;
mod record;
mod slot;
mod verify;

pub use chain::{Chain, Link, Outcome, Place};
pub use fault::{Fault, Gravity, Note};
pub use head::Head;
pub use record::{Action, ApprovalRecord, Author, DecisionLink, FORMAT, Record};
