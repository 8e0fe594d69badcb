//! What a promotion is: the record of it, the chain of records, and whether one may take place.
//!
//! The one decision here: nothing in this room moves anything. It says what is to be written, and
//! [`crate::registry`] writes it, all of it or nothing that counts.

mod back;
mod case;
mod chain;
mod fault;
mod head;
mod judge;
mod live;
mod record;
mod refusal;
mod result;
mod same;
mod slot;
mod verify;
mod wording;

pub use back::{Back, back};
pub use case::{Approvals, Asked, Attestation, Case, Now};
pub use chain::{Chain, Link, Outcome, Place};
pub use fault::{Fault, FaultKind, Gravity, Note};
pub use head::Head;
pub use judge::{expected, is_approved, judge, ready, too_long};
pub use record::{Action, ApprovalRecord, Author, DecisionLink, FORMAT, Record, moment};
pub use refusal::{Ground, Meaning, Refusal, Ruling};
pub use result::{PromotionResult, Status};
