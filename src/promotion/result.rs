//! What came of a promotion or a rollback.
//!
//! The one decision here: every report of it is made from this value, as every report of a judgement
//! is made from a decision.

use super::record::{Action, Record};
use super::refusal::Ruling;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was done now.
    Done,
    /// It had been begun by a process that did not live to finish, and was finished now.
    Finished,
    /// There was nothing to do: the version is live.
    AlreadyLive,
    /// It would be done, and was not: nothing was to be written.
    WouldBeDone,
    /// It may not be done.
    Refused,
}

impl Status {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Finished => "finished",
            Self::AlreadyLive => "already-live",
            Self::WouldBeDone => "would-be-done",
            Self::Refused => "refused",
        }
    }

    /// Whether something was moved.
    #[must_use]
    pub fn is_moved(self) -> bool {
        matches!(self, Self::Done | Self::Finished)
    }
}

impl PromotionResult {
    /// Whether the version went live by what this command does: now, or in an earlier attempt of
    /// the same CI run.
    #[must_use]
    pub fn is_promoted(&self) -> bool {
        self.status.is_moved() || (self.status == Status::AlreadyLive && self.by_this_run)
    }
}

/// What came of a promotion or a rollback, and all there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionResult {
    /// What was asked for.
    pub action: Action,
    /// What came of it.
    pub status: Status,
    /// Whether the version went live in this CI run, in this attempt or in an earlier one.
    pub by_this_run: bool,
    /// The exit code of the command.
    pub exit: u8,
    /// The project.
    pub project: String,
    /// The environment, when one was named.
    pub environment: Option<String>,
    /// The registry, as reports call it.
    pub registry: String,
    /// The registered model.
    pub model: String,
    /// The alias.
    pub alias: String,
    /// The version that goes live; `None` where it is not known: a copy that was not made, or
    /// nothing to go back to.
    pub version: Option<u64>,
    /// The version that was live before; for what was not done, the one that is.
    pub replaced: Option<u64>,
    /// Where the version is copied from: `models:/NAME/VERSION`.
    pub copied_from: Option<String>,
    /// The entry of the ledger: the one that was written, would be, or says that it is live.
    pub record: Option<Record>,
    /// What stands against it, and what `--force` got over.
    pub ruling: Ruling,
    /// What else a reader should know.
    pub warnings: Vec<String>,
}
