//! Faults and notes in words: sentences without a full stop.
//!
//! The one decision here: names and reasons are quoted as the registry has them, so that whoever
//! shows a sentence has to disarm it.

use std::fmt;

use super::fault::{Fault, Note};

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = self.of_entry().or_else(|| self.of_head());
        match sentence {
            Some(sentence) => f.write_str(&sentence),
            None => f.write_str(&self.of_alias()),
        }
    }
}

impl Fault {
    /// About an entry, or the lack of one.
    fn of_entry(&self) -> Option<String> {
        Some(match self {
            Self::Misnamed { on, tag } => {
                format!("the tag `{tag}` of version {on} does not end in a number")
            }
            Self::Missing {
                first,
                last,
                deleted,
            } => missing(*first, *last, *deleted),
            Self::Duplicate { sequence, on } => {
                let on: Vec<_> = on.iter().map(ToString::to_string).collect();
                let on = on.join(", ");
                format!("entry {sequence} is there more than once, on versions {on}")
            }
            Self::Unreadable {
                sequence,
                on,
                reason,
            } => {
                format!("entry {sequence}, on version {on}, cannot be read: {reason}")
            }
            Self::UnknownFormat { sequence, format } => {
                format!("entry {sequence} has an unknown form: `{format}`")
            }
            Self::Misplaced { sequence, says } => {
                format!("entry {says} is in the place of entry {sequence}")
            }
            Self::OnOtherVersion { sequence, on, says } => {
                format!("entry {sequence} is on version {on}, and it is about version {says}")
            }
            Self::Changed { sequence } => {
                format!("entry {sequence} was changed: the entry after it follows another text")
            }
            Self::Unlinked { sequence } => {
                format!("entry {sequence} does not follow the entry before it")
            }
            _ => return None,
        })
    }

    /// About the end of the ledger.
    fn of_head(&self) -> Option<String> {
        Some(match self {
            Self::HeadDigest { sequence } => format!(
                "entry {sequence} was changed, or the head was: the head has another digest"
            ),
            Self::HeadMissing { last } => {
                format!("nothing says that entry {last} is the last: the head is missing")
            }
            Self::HeadUnreadable { reason } => format!("the head cannot be read: {reason}"),
            Self::HeadBehind { head, last } => {
                format!("the head says that entry {head} is the last, and entry {last} is there")
            }
            _ => return None,
        })
    }

    /// About an alias.
    fn of_alias(&self) -> String {
        match self {
            Self::Unfinished {
                sequence,
                alias,
                version,
                found,
            } => format!(
                "entry {sequence} was not carried out, or the alias was moved back outside of \
                 gatewright: it says that `{alias}` points to version {version}, and it points to {}",
                pointed(*found)
            ),
            Self::Moved {
                sequence,
                alias,
                version,
                found,
            } => format!(
                "`{alias}` was moved outside of gatewright: entry {sequence} says that it points to \
                 version {version}, and it points to {}",
                pointed(*found)
            ),
            other => other.code().to_owned(),
        }
    }
}

fn missing(first: u64, last: u64, deleted: bool) -> String {
    let (missing, they) = if first == last {
        (format!("entry {first} is missing"), "it")
    } else {
        (format!("entries {first} to {last} are missing"), "they")
    };
    if deleted {
        format!("{missing}; {they} may have gone with a version that was deleted")
    } else {
        missing
    }
}

/// Where an alias points.
fn pointed(version: Option<u64>) -> String {
    version.map_or("none".to_owned(), |version| format!("version {version}"))
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved {
                after,
                before,
                alias,
                to,
            } => {
                let to = pointed(*to);
                write!(
                    f,
                    "`{alias}` was moved to {to} outside of gatewright, between entries {after} and {before}"
                )
            }
            Self::Copy { on, tag, model } => write!(
                f,
                "the tag `{tag}` of version {on} is a copy from the ledger of `{model}`"
            ),
        }
    }
}
