//! What can be wrong with a ledger.
//!
//! The one decision here: a fault names the entry it is about, and how bad it is. What was taken
//! away or changed is never mixed up with what was not finished.

use std::fmt;

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

    /// One word for it, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Misnamed { .. } => "misnamed",
            Self::Missing { .. } => "missing",
            Self::Duplicate { .. } => "duplicate",
            Self::Unreadable { .. } => "unreadable",
            Self::UnknownFormat { .. } => "unknown-format",
            Self::Misplaced { .. } => "misplaced",
            Self::OnOtherVersion { .. } => "on-other-version",
            Self::Changed { .. } => "changed",
            Self::Unlinked { .. } => "unlinked",
            Self::HeadDigest { .. } => "head-digest",
            Self::HeadMissing { .. } => "head-missing",
            Self::HeadUnreadable { .. } => "head-unreadable",
            Self::HeadBehind { .. } => "head-behind",
            Self::Unfinished { .. } => "unfinished",
            Self::Moved { .. } => "moved",
        }
    }
}

/// A sentence without a full stop. Names and reasons come from the registry: whoever shows it has
/// to disarm it.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misnamed { on, tag } => {
                write!(
                    f,
                    "the tag `{tag}` of version {on} does not end in a number"
                )
            }
            Self::Missing {
                first,
                last,
                deleted,
            } => {
                let (missing, they) = if first == last {
                    (format!("entry {first} is missing"), "it")
                } else {
                    (format!("entries {first} to {last} are missing"), "they")
                };
                f.write_str(&missing)?;
                if *deleted {
                    write!(f, "; {they} may have gone with a version that was deleted")?;
                }
                Ok(())
            }
            Self::Duplicate { sequence, on } => {
                let on: Vec<_> = on.iter().map(ToString::to_string).collect();
                let on = on.join(", ");
                write!(
                    f,
                    "entry {sequence} is there more than once, on versions {on}"
                )
            }
            Self::Unreadable {
                sequence,
                on,
                reason,
            } => write!(
                f,
                "entry {sequence}, on version {on}, cannot be read: {reason}"
            ),
            Self::UnknownFormat { sequence, format } => {
                write!(f, "entry {sequence} has an unknown form: `{format}`")
            }
            Self::Misplaced { sequence, says } => {
                write!(f, "entry {says} is in the place of entry {sequence}")
            }
            Self::OnOtherVersion { sequence, on, says } => write!(
                f,
                "entry {sequence} is on version {on}, and it is about version {says}"
            ),
            Self::Changed { sequence } => write!(
                f,
                "entry {sequence} was changed: the entry after it follows another text"
            ),
            Self::Unlinked { sequence } => {
                write!(f, "entry {sequence} does not follow the entry before it")
            }
            Self::HeadDigest { sequence } => write!(
                f,
                "entry {sequence} was changed, or the head was: the head has another digest"
            ),
            Self::HeadMissing { last } => {
                write!(
                    f,
                    "nothing says that entry {last} is the last: the head is missing"
                )
            }
            Self::HeadUnreadable { reason } => write!(f, "the head cannot be read: {reason}"),
            Self::HeadBehind { head, last } => {
                write!(
                    f,
                    "the head says that entry {head} is the last, and entry {last} is there"
                )
            }
            Self::Unfinished {
                sequence,
                alias,
                version,
                found,
            } => write!(
                f,
                "entry {sequence} was not carried out, or the alias was moved back outside of gatewright: \
                 it says that `{alias}` points to version {version}, and it points to {}",
                Pointed(*found)
            ),
            Self::Moved {
                sequence,
                alias,
                version,
                found,
            } => write!(
                f,
                "`{alias}` was moved outside of gatewright: entry {sequence} says that it points to \
                 version {version}, and it points to {}",
                Pointed(*found)
            ),
        }
    }
}

/// Where an alias points.
struct Pointed(Option<u64>);

impl fmt::Display for Pointed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(version) => write!(f, "version {version}"),
            None => f.write_str("none"),
        }
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

/// A sentence without a full stop, with names from the registry.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved {
                after,
                before,
                alias,
                to,
            } => write!(
                f,
                "`{alias}` was moved to {} outside of gatewright, between entries {after} and {before}",
                Pointed(*to)
            ),
            Self::Copy { on, tag, model } => write!(
                f,
                "the tag `{tag}` of version {on} is a copy from the ledger of `{model}`"
            ),
        }
    }
}
