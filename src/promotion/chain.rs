//! The ledger as a chain: its entries in order, what became of each, and every fault.
//!
//! The one decision here: what was live is only concluded from entries that are as they were
//! written. Where one is missing or was changed, nothing is said about the alias around it.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{Fault, Gravity, Note};
use super::head::Head;
use super::record::Record;
use super::slot::{self, Slot};
use super::verify::{Verified, verify};
use crate::evidence::Ledger;

/// An entry of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub record: Record,
    /// `sha256:` and the digest of its text.
    pub digest: String,
    /// The version that has it.
    pub on: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an entry: an entry is written before the alias is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The alias was moved: the next entry of the alias replaces this version, or it is live.
    CarriedOut,
    /// It is the last of its alias, which still points to what it replaces: promoting again
    /// finishes it.
    Pending,
    /// The next entry of the alias replaces what this one was to replace: it was never finished.
    Abandoned,
    /// The alias was found at a third version afterwards: it was moved outside of gatewright.
    Overruled {
        /// Where the alias was found.
        found: Option<u64>,
    },
    /// An entry after it is missing: nothing says otherwise, so it counts as carried out.
    Unclear,
    /// The entry is not as it was written, so nothing is known.
    Unsound,
}

impl Link {
    /// Whether the alias pointed to its version, as far as the ledger tells. An alias that was
    /// found at a third version had left the one that this entry replaces.
    #[must_use]
    pub fn was_carried_out(&self) -> bool {
        match self.outcome {
            Outcome::CarriedOut | Outcome::Unclear | Outcome::Overruled { .. } => true,
            Outcome::Pending | Outcome::Abandoned | Outcome::Unsound => false,
        }
    }
}

/// The place of the next entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its number.
    pub sequence: u64,
    /// The digest of the entry before it.
    pub previous: Option<String>,
}

/// A ledger, read and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub(super) links: Vec<Link>,
    pub(super) aliases: BTreeMap<String, u64>,
    pub(super) versions: BTreeSet<u64>,
    head: Option<Head>,
    next: Place,
    faults: Vec<Fault>,
    notes: Vec<Note>,
}

impl Chain {
    /// Reads the ledger of `model`. This never fails: what is wrong is in [`Chain::faults`].
    #[must_use]
    pub fn read(model: &str, ledger: &Ledger) -> Self {
        let (head, head_fault) = head_of(ledger.head.as_deref());
        let (slots, mut faults, mut notes) = slot::by_number(model, &ledger.entries, head.as_ref());
        faults.extend(head_fault);
        let verified = verify(&slots, head.as_ref());
        faults.extend(verified.faults.iter().cloned());
        faults.extend(head_place(ledger.head.is_some(), head.as_ref(), &slots));
        let gaps = gaps(&slots, head.as_ref());
        let mut links = links(&slots, &verified);
        settle(&mut links, ledger, &gaps, &verified);
        let explained = |gap: &(u64, u64)| is_explained(&links, ledger, *gap);
        faults.extend(gaps.iter().map(|gap| Fault::Missing {
            first: gap.0,
            last: gap.1,
            deleted: explained(gap),
        }));
        let (moved, told) = moves(&links, &ledger.aliases);
        faults.extend(moved);
        notes.extend(told);
        faults.sort_by_key(|fault| fault.sequence().unwrap_or(u64::MAX));
        Self {
            next: place_after(&slots, head.as_ref()),
            links,
            aliases: ledger.aliases.clone(),
            versions: ledger.versions.clone(),
            head,
            faults,
            notes,
        }
    }

    /// The entries that can be read, in the order of their numbers.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Everything that is wrong, in the order of the entries.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What is worth knowing, and not wrong.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The first fault that forbids to conclude anything from the ledger. An entry that went with
    /// its version, that was not finished, or an alias that was moved by hand, is none of them.
    #[must_use]
    pub fn damage(&self) -> Option<&Fault> {
        let is_damage = |fault: &&Fault| fault.gravity() == Gravity::Damage;
        self.faults.iter().find(is_damage)
    }

    /// The head as it is written in the registry, where it can be read.
    #[must_use]
    pub fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// The number of the next entry, and the digest that it carries.
    #[must_use]
    pub fn next_place(&self) -> &Place {
        &self.next
    }

    /// The version that each alias of the model points to.
    #[must_use]
    pub fn aliases(&self) -> &BTreeMap<String, u64> {
        &self.aliases
    }

    /// The entries of an alias, the first first.
    #[must_use]
    pub fn of_alias<'a>(&'a self, alias: &str) -> impl DoubleEndedIterator<Item = &'a Link> {
        self.links
            .iter()
            .filter(move |link| link.record.alias == alias)
    }
}

/// The head, or what is wrong with it.
fn head_of(text: Option<&str>) -> (Option<Head>, Option<Fault>) {
    let Some(text) = text else {
        return (None, None);
    };
    let unreadable = |reason: String| (None, Some(Fault::HeadUnreadable { reason }));
    match serde_json::from_str::<Head>(text) {
        Ok(head) if head.sequence == 0 => unreadable("there is no entry 0".to_owned()),
        Ok(head) => (Some(head), None),
        Err(error) => unreadable(error.to_string()),
    }
}

/// Whether the head is there, and at the end. That it points beyond is an entry that is missing.
fn head_place(
    is_written: bool,
    head: Option<&Head>,
    slots: &BTreeMap<u64, Slot<'_>>,
) -> Option<Fault> {
    let (last, _) = slots.last_key_value()?;
    match head {
        None => (!is_written).then_some(Fault::HeadMissing { last: *last }),
        Some(head) => (head.sequence < *last).then_some(Fault::HeadBehind {
            head: head.sequence,
            last: *last,
        }),
    }
}

/// The place after the last entry, whether that is there or only known by the head.
fn place_after(slots: &BTreeMap<u64, Slot<'_>>, head: Option<&Head>) -> Place {
    let last = slots
        .last_key_value()
        .map(|(number, slot)| (*number, &slot.digest));
    let head = head.map(|head| (head.sequence, &head.digest));
    let end = match (last, head) {
        (Some(last), Some(head)) if head.0 > last.0 => Some(head),
        (Some(last), _) => Some(last),
        (None, head) => head,
    };
    Place {
        sequence: end.map_or(1, |(number, _)| number.saturating_add(1)),
        previous: end.map(|(_, digest)| digest.clone()),
    }
}

/// The numbers that are missing, as ranges.
fn gaps(slots: &BTreeMap<u64, Slot<'_>>, head: Option<&Head>) -> Vec<(u64, u64)> {
    let mut gaps = Vec::new();
    let mut expected = 1;
    for number in slots.keys() {
        if *number > expected {
            gaps.push((expected, number - 1));
        }
        expected = number.saturating_add(1);
    }
    if let Some(head) = head.filter(|head| head.sequence >= expected) {
        gaps.push((expected, head.sequence));
    }
    gaps
}

fn links(slots: &BTreeMap<u64, Slot<'_>>, verified: &Verified) -> Vec<Link> {
    let link = |(number, slot): (&u64, &Slot<'_>)| {
        let is_sound = !verified.unsound.contains(number);
        Some(Link {
            record: slot.record()?.clone(),
            digest: slot.digest.clone(),
            on: slot.entry.version,
            outcome: if is_sound {
                Outcome::CarriedOut
            } else {
                Outcome::Unsound
            },
        })
    };
    slots.iter().filter_map(link).collect()
}

/// Says of each entry what became of it.
fn settle(links: &mut [Link], ledger: &Ledger, gaps: &[(u64, u64)], verified: &Verified) {
    // What comes after, by alias: its number and what it replaces. Walked from the end.
    let mut after: BTreeMap<String, (u64, Option<u64>)> = BTreeMap::new();
    for link in links.iter_mut().rev() {
        if link.outcome == Outcome::Unsound {
            continue;
        }
        let record = &link.record;
        let next = after.get(&record.alias).copied();
        let (until, found) = match next {
            Some((number, replaces)) => (number, replaces),
            None => (u64::MAX, ledger.aliases.get(&record.alias).copied()),
        };
        let within = |number: u64| number > record.sequence && number < until;
        let is_unclear = gaps.iter().any(|gap| within(gap.0))
            || verified.unsound.iter().any(|number| within(*number))
            || verified.later.iter().any(|number| within(*number));
        link.outcome = if found == Some(record.version) {
            Outcome::CarriedOut
        } else if is_unclear {
            Outcome::Unclear
        } else if found != record.replaces {
            Outcome::Overruled { found }
        } else if next.is_some() {
            Outcome::Abandoned
        } else {
            Outcome::Pending
        };
        after.insert(record.alias.clone(), (record.sequence, record.replaces));
    }
}

/// Whether versions were deleted that the missing entries may have been on.
fn is_explained(links: &[Link], ledger: &Ledger, (first, last): (u64, u64)) -> bool {
    // A version that came from nowhere went live in between. One that still exists should have the
    // entry.
    let mut before: BTreeMap<&str, u64> = BTreeMap::new();
    let mut looked = BTreeSet::new();
    for link in links.iter().filter(|link| link.outcome != Outcome::Unsound) {
        let record = &link.record;
        if record.sequence < first {
            before.insert(&record.alias, record.version);
        } else if record.sequence > last && looked.insert(record.alias.as_str()) {
            let known = before.get(record.alias.as_str());
            match record.replaces {
                Some(version) if Some(&version) != known => {
                    return !ledger.versions.contains(&version);
                }
                _ => {}
            }
        }
    }
    let mentioned = links
        .iter()
        .flat_map(|link| [Some(link.record.version), link.record.replaces]);
    let highest = mentioned
        .flatten()
        .chain(ledger.versions.iter().copied())
        .max();
    let count = u64::try_from(ledger.versions.len()).unwrap_or(u64::MAX);
    highest.is_some_and(|highest| highest > count)
}

/// Aliases that are not where the last entry says, and those that were found elsewhere before.
fn moves(links: &[Link], aliases: &BTreeMap<String, u64>) -> (Vec<Fault>, Vec<Note>) {
    let (mut faults, mut notes) = (Vec::new(), Vec::new());
    let mut after: BTreeMap<&str, u64> = BTreeMap::new();
    for link in links.iter().rev() {
        if link.outcome == Outcome::Unsound {
            continue;
        }
        let record = &link.record;
        let (sequence, version) = (record.sequence, record.version);
        let alias = record.alias.clone();
        let found = aliases.get(&alias).copied();
        match (link.outcome, after.insert(&record.alias, sequence)) {
            (Outcome::Pending, _) => faults.push(Fault::Unfinished {
                sequence,
                alias,
                version,
                found,
            }),
            (Outcome::Overruled { .. }, None) => faults.push(Fault::Moved {
                sequence,
                alias,
                version,
                found,
            }),
            (Outcome::Overruled { found }, Some(before)) => notes.push(Note::Moved {
                after: sequence,
                before,
                alias,
                to: found,
            }),
            _ => {}
        }
    }
    notes.reverse();
    (faults, notes)
}
