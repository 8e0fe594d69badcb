//! Whether entries follow each other as they were written.
//!
//! The one decision here: an edit breaks the link *out of* an entry, so the chain is walked from its
//! end. What an entry says about the one before it counts only while the entry itself is as its
//! successor knows it; so each fault lands on the entry that was touched.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::Fault;
use super::head::Head;
use super::slot::{Content, Previous, Slot};

/// What was found out about each entry.
#[derive(Debug, Default)]
pub(super) struct Verified {
    pub(super) faults: Vec<Fault>,
    /// The numbers of entries whose content is not to be believed.
    pub(super) unsound: BTreeSet<u64>,
    /// The numbers of entries in a form that is not known.
    pub(super) later: BTreeSet<u64>,
}

/// Looks at every entry and every link.
pub(super) fn verify(slots: &BTreeMap<u64, Slot<'_>>, head: Option<&Head>) -> Verified {
    let mut found = Verified::default();
    for (number, slot) in slots {
        by_itself(*number, slot, &mut found);
    }
    // Those that are only known to be wrong by a link.
    let mut changed = BTreeSet::new();
    for (number, slot) in slots.iter().rev() {
        let next = number.checked_add(1);
        match next.and_then(|next| slots.get(&next)) {
            Some(after) => link(*number, slot, after, &mut changed, &mut found),
            None => end(*number, slot, head, &mut changed, &mut found),
        }
    }
    let starts_elsewhere = |slot: &Slot<'_>| matches!(slot.previous, Previous::Digest(_));
    if slots.get(&1).is_some_and(starts_elsewhere)
        && (changed.contains(&1) || !found.unsound.contains(&1))
    {
        found.faults.push(Fault::Unlinked { sequence: 1 });
    }
    found
}

fn by_itself(sequence: u64, slot: &Slot<'_>, found: &mut Verified) {
    let on = slot.entry.version;
    match &slot.content {
        Content::Garbage(reason) => {
            found.unsound.insert(sequence);
            found.faults.push(Fault::Unreadable {
                sequence,
                on,
                reason: reason.clone(),
            });
        }
        Content::Later(format) => {
            found.later.insert(sequence);
            found.faults.push(Fault::UnknownFormat {
                sequence,
                format: format.clone(),
            });
        }
        Content::Record(record) => {
            if record.sequence != sequence {
                found.unsound.insert(sequence);
                found.faults.push(Fault::Misplaced {
                    sequence,
                    says: record.sequence,
                });
            }
            if record.version != on {
                found.faults.push(Fault::OnOtherVersion {
                    sequence,
                    on,
                    says: record.version,
                });
            }
        }
    }
}

/// The link from an entry to the one after it.
fn link(
    sequence: u64,
    slot: &Slot<'_>,
    after: &Slot<'_>,
    changed: &mut BTreeSet<u64>,
    found: &mut Verified,
) {
    let is_followed = match &after.previous {
        Previous::Digest(digest) => *digest == slot.digest,
        Previous::Nothing => false,
        Previous::Unknown => true,
    };
    if is_followed {
        return;
    }
    let next = sequence.saturating_add(1);
    if changed.contains(&next) {
        found.faults.push(Fault::Unlinked { sequence: next });
    } else if !found.unsound.contains(&next) && found.unsound.insert(sequence) {
        changed.insert(sequence);
        found.faults.push(Fault::Changed { sequence });
    }
}

/// The link from the last entry before a gap, or of all, to the head.
fn end(
    sequence: u64,
    slot: &Slot<'_>,
    head: Option<&Head>,
    changed: &mut BTreeSet<u64>,
    found: &mut Verified,
) {
    let differs = head.is_some_and(|head| head.sequence == sequence && head.digest != slot.digest);
    if differs && found.unsound.insert(sequence) {
        changed.insert(sequence);
        found.faults.push(Fault::HeadDigest { sequence });
    }
}
