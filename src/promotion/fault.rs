//! What can be wrong with a ledger.
//!
//! The one decision here: a fault names the entry it is about, and how bad it is. What was taken
//! away or changed is never mixed up with what was not finished.

use crate::codes::codes;

/// Something about a ledger that is not as gatewright leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A tag whose name does not end in a number.
    Misnamed {
        /// The version that has the tag.
        on: u64,
        /// The tag.
        tag: String,
    },
    /// Entries that are not there.
    Missing {
        /// The first of them.
        first: u64,
        /// The last of them; often the same.
        last: u64,
        /// Whether versions were deleted that may have had them: their entries went with them.
        deleted: bool,
    },
    /// Several entries with one number.
    Duplicate {
        /// The number.
        sequence: u64,
        /// The versions that have one.
        on: Vec<u64>,
    },
    /// An entry that is none.
    Unreadable {
        /// Its number.
        sequence: u64,
        /// The version that has it.
        on: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// An entry in a form that this program does not know.
    UnknownFormat {
        /// Its number.
        sequence: u64,
        /// The form.
        format: String,
    },
    /// An entry in the place of another one.
    Misplaced {
        /// The number in the tag's name.
        sequence: u64,
        /// The number in the entry.
        says: u64,
    },
    /// An entry on another version than the one that it is about.
    OnOtherVersion {
        /// Its number.
        sequence: u64,
        /// The version that has it.
        on: u64,
        /// The version that it is about.
        says: u64,
    },
    /// An entry whose text is not the one that the entry after it follows.
    Changed {
        /// Its number.
        sequence: u64,
    },
    /// An entry that does not follow the one before it.
    Unlinked {
        /// Its number.
        sequence: u64,
    },
    /// The last entry, or what the head says of it, was changed.
    HeadDigest {
        /// The entry's number.
        sequence: u64,
    },
    /// Nothing says which entry is the last.
    HeadMissing {
        /// The last entry that there is.
        last: u64,
    },
    /// What says which entry is the last cannot be read.
    HeadUnreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// There are entries after the one that is said to be the last.
    HeadBehind {
        /// The one that is said to be.
        head: u64,
        /// The last one.
        last: u64,
    },
    /// The alias still points to what the last entry replaces.
    Unfinished {
        /// The entry's number.
        sequence: u64,
        /// The alias.
        alias: String,
        /// Where the entry says that it points.
        version: u64,
        /// Where it points.
        found: Option<u64>,
    },
    /// The alias points elsewhere than the last entry says.
    Moved {
        /// The entry's number.
        sequence: u64,
        /// The alias.
        alias: String,
        /// Where the entry says that it points.
        version: u64,
        /// Where it points.
        found: Option<u64>,
    },
}

codes! {
    /// The kind of a fault. Its name is stable: programs may rely on it.
    pub enum FaultKind {
        /// A tag whose name does not end in a number.
        Misnamed = "misnamed",
        /// Entries that are not there.
        Missing = "missing",
        /// Several entries with one number.
        Duplicate = "duplicate",
        /// An entry that is none.
        Unreadable = "unreadable",
        /// An entry in a form that this program does not know.
        UnknownFormat = "unknown-format",
        /// An entry in the place of another one.
        Misplaced = "misplaced",
        /// An entry on another version than the one that it is about.
        OnOtherVersion = "on-other-version",
        /// An entry whose text is not the one that the entry after it follows.
        Changed = "changed",
        /// An entry that does not follow the one before it.
        Unlinked = "unlinked",
        /// The last entry, or what the head says of it, was changed.
        HeadDigest = "head-digest",
        /// Nothing says which entry is the last.
        HeadMissing = "head-missing",
        /// What says which entry is the last cannot be read.
        HeadUnreadable = "head-unreadable",
        /// There are entries after the one that is said to be the last.
        HeadBehind = "head-behind",
        /// The alias still points to what the last entry replaces.
        Unfinished = "unfinished",
        /// The alias points elsewhere than the last entry says.
        Moved = "moved",
    }
}

/// What a fault means for those who go by the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// The record is not the one that was written: nothing can be concluded from it.
    Damage,
    /// Entries went away with versions that were deleted. What is left is as it was written.
    Gap,
    /// Something was begun and not finished, as far as it can be seen. Doing it again finishes it.
    Unfinished,
    /// An alias was moved by something else than gatewright.
    Moved,
}

impl Fault {
    /// What it means for those who go by the ledger.
    #[must_use]
    pub fn gravity(&self) -> Gravity {
        match self {
            Self::Missing { deleted: true, .. } => Gravity::Gap,
            Self::HeadMissing { last: 1 } | Self::Unfinished { .. } => Gravity::Unfinished,
            Self::HeadBehind { head, last } if head.checked_add(1) == Some(*last) => {
                Gravity::Unfinished
            }
            Self::Moved { .. } => Gravity::Moved,
            _ => Gravity::Damage,
        }
    }

    /// The number of the entry that it is about, if it is about one.
    #[must_use]
    pub fn sequence(&self) -> Option<u64> {
        match self {
            Self::Misnamed { .. } | Self::HeadUnreadable { .. } => None,
            Self::Missing { first, .. } => Some(*first),
            Self::HeadMissing { last } | Self::HeadBehind { last, .. } => Some(*last),
            Self::Duplicate { sequence, .. }
            | Self::Unreadable { sequence, .. }
            | Self::UnknownFormat { sequence, .. }
            | Self::Misplaced { sequence, .. }
            | Self::OnOtherVersion { sequence, .. }
            | Self::Changed { sequence }
            | Self::Unlinked { sequence }
            | Self::HeadDigest { sequence }
            | Self::Unfinished { sequence, .. }
            | Self::Moved { sequence, .. } => Some(*sequence),
        }
    }

    /// What kind of fault it is.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::Misnamed { .. } => FaultKind::Misnamed,
            Self::Missing { .. } => FaultKind::Missing,
            Self::Duplicate { .. } => FaultKind::Duplicate,
            Self::Unreadable { .. } => FaultKind::Unreadable,
            Self::UnknownFormat { .. } => FaultKind::UnknownFormat,
            Self::Misplaced { .. } => FaultKind::Misplaced,
            Self::OnOtherVersion { .. } => FaultKind::OnOtherVersion,
            Self::Changed { .. } => FaultKind::Changed,
            Self::Unlinked { .. } => FaultKind::Unlinked,
            Self::HeadDigest { .. } => FaultKind::HeadDigest,
            Self::HeadMissing { .. } => FaultKind::HeadMissing,
            Self::HeadUnreadable { .. } => FaultKind::HeadUnreadable,
            Self::HeadBehind { .. } => FaultKind::HeadBehind,
            Self::Unfinished { .. } => FaultKind::Unfinished,
            Self::Moved { .. } => FaultKind::Moved,
        }
    }

    /// One word for it, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().name()
    }
}

/// Something about a ledger that is worth knowing, and no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// An alias was moved outside of gatewright between two entries.
    Moved {
        /// The entry before.
        after: u64,
        /// The entry after: it replaced what was found.
        before: u64,
        /// The alias.
        alias: String,
        /// The version that the alias was moved to.
        to: Option<u64>,
    },
    /// An entry that belongs to another place, as MLflow copies the tags of a version with it.
    Copy {
        /// The version that has it.
        on: u64,
        /// The tag.
        tag: String,
        /// The model whose ledger it belongs to.
        model: String,
    },
}
