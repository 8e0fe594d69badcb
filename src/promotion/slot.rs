//! Tags of the ledger, each read by itself.
//!
//! The one decision here: of several entries with one number that one counts whose digest the next
//! one carries. MLflow copies a version with its tags, so entries of other ledgers do turn up.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{Fault, Note};
use super::head::Head;
use super::record::{FORMAT, Record};
use crate::evidence::{ENTRY_TAG, Entry};

/// What a tag holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// An entry.
    Record(Box<Record>),
    /// An entry in a form that is not known.
    Later(String),
    /// No entry; what is wrong with it.
    Garbage(String),
}

/// What an entry says about the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Previous {
    /// Its digest.
    Digest(String),
    /// That there is none.
    Nothing,
    /// It cannot be read.
    Unknown,
}

/// A tag with a number.
#[derive(Debug, Clone)]
pub(super) struct Slot<'a> {
    pub(super) entry: &'a Entry,
    pub(super) digest: String,
    pub(super) content: Content,
    pub(super) previous: Previous,
}

impl<'a> Slot<'a> {
    fn read(entry: &'a Entry) -> Self {
        let value: Option<Value> = serde_json::from_str(&entry.text).ok();
        let field = |name| value.as_ref().and_then(|value| value.get(name));
        let format = field("format").and_then(Value::as_str);
        let content = match format {
            Some(format) if format != FORMAT => Content::Later(format.to_owned()),
            _ => match serde_json::from_str(&entry.text) {
                Ok(record) => Content::Record(Box::new(record)),
                Err(error) => Content::Garbage(error.to_string()),
            },
        };
        let previous = match field("previous") {
            Some(Value::String(digest)) => Previous::Digest(digest.clone()),
            Some(Value::Null) => Previous::Nothing,
            _ => Previous::Unknown,
        };
        Self {
            entry,
            digest: Record::digest_of(&entry.text),
            content,
            previous,
        }
    }

    pub(super) fn record(&self) -> Option<&Record> {
        match &self.content {
            Content::Record(record) => Some(record),
            Content::Later(_) | Content::Garbage(_) => None,
        }
    }

    /// How likely it is the entry that was written here, the less the better.
    fn doubt(&self, witness: Option<&str>) -> (bool, bool) {
        let is_at_home = self
            .record()
            .is_some_and(|record| record.version == self.entry.version);
        (witness != Some(self.digest.as_str()), !is_at_home)
    }

    /// The other model whose entry it says it is.
    fn stranger(&self, model: &str) -> Option<&str> {
        let record = self.record()?;
        (record.model != model).then_some(record.model.as_str())
    }
}

/// The tags by number, each number once, and what was found wrong on the way.
pub(super) fn by_number<'a>(
    model: &str,
    entries: &'a [Entry],
    head: Option<&Head>,
) -> (BTreeMap<u64, Slot<'a>>, Vec<Fault>, Vec<Note>) {
    let (mut faults, mut notes) = (Vec::new(), Vec::new());
    let mut found: BTreeMap<u64, Vec<Slot<'a>>> = BTreeMap::new();
    for entry in entries {
        match number(&entry.tag) {
            Some(number) => found.entry(number).or_default().push(Slot::read(entry)),
            None => faults.push(Fault::Misnamed {
                on: entry.version,
                tag: entry.tag.clone(),
            }),
        }
    }
    let mut slots: BTreeMap<u64, Slot<'a>> = BTreeMap::new();
    for (number, mut candidates) in found.into_iter().rev() {
        let next = number.checked_add(1).and_then(|next| slots.get(&next));
        let witness = match next {
            Some(next) => match &next.previous {
                Previous::Digest(digest) => Some(digest.clone()),
                Previous::Nothing | Previous::Unknown => None,
            },
            None => head
                .filter(|head| head.sequence == number)
                .map(|head| head.digest.clone()),
        };
        let witness = witness.as_deref();
        candidates.sort_by_key(|slot| slot.doubt(witness));
        let mut rivals = vec![];
        for slot in candidates {
            let is_witnessed = witness == Some(slot.digest.as_str());
            let chosen = slots.get(&number);
            let is_repeated = chosen.is_some_and(|chosen| chosen.entry.text == slot.entry.text);
            let stranger = slot.stranger(model);
            if let Some(of) = stranger.filter(|_| !is_witnessed || is_repeated) {
                notes.push(copy(&slot, of));
            } else if is_repeated {
                notes.push(copy(&slot, model));
            } else if chosen.is_none() {
                slots.insert(number, slot);
            } else {
                rivals.push(slot.entry.version);
            }
        }
        if let Some(chosen) = slots.get(&number).filter(|_| !rivals.is_empty()) {
            rivals.insert(0, chosen.entry.version);
            faults.push(Fault::Duplicate {
                sequence: number,
                on: rivals,
            });
        }
    }
    (slots, faults, notes)
}

fn copy(slot: &Slot<'_>, model: &str) -> Note {
    Note::Copy {
        on: slot.entry.version,
        tag: slot.entry.tag.clone(),
        model: model.to_owned(),
    }
}

/// The number that the name of a tag ends in.
fn number(tag: &str) -> Option<u64> {
    let digits = tag.strip_prefix(ENTRY_TAG)?;
    let number: u64 = digits.parse().ok()?;
    (number > 0 && number.to_string() == digits).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(number("gatewright.promotion.12"), Some(12));
        for tag in ["", "0", "03", "+3", " 3", "3 ", "x", "18446744073709551616"] {
            assert_eq!(number(&format!("{ENTRY_TAG}{tag}")), None, "{tag}");
        }
        assert_eq!(number("12"), None);
    }
}
