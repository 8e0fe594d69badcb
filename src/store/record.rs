//! The record of promotions, as it stands in the tags of model versions.
//!
//! The one decision here: an entry that cannot be read is an error. A record that skips what it
//! does not understand would name the wrong version as the one that was live before. A gap in the
//! sequence is none: a version may be deleted later, and its tags go with it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::evidence::Promotion;

/// What the names of the record's tags begin with; the sequence number follows.
pub(super) const PREFIX: &str = "gatewright.promotion.";

/// What the value of such a tag has to hold. It may hold more.
#[derive(Deserialize)]
struct Written {
    sequence: u64,
    alias: String,
    version: u64,
    at_ms: i64,
}

/// Reads one tag of `version`; `None` for a tag that is not part of the record.
///
/// # Errors
/// What is wrong with the entry, as a fragment that names the tag.
pub(super) fn entry(tag: &str, version: u64, value: &str) -> Result<Option<Promotion>, String> {
    let Some(number) = tag.strip_prefix(PREFIX) else {
        return Ok(None);
    };
    let wrong = |what: &str| format!("the tag `{tag}` of version {version} {what}");
    let sequence = number
        .parse()
        .ok()
        .filter(|sequence: &u64| *sequence > 0 && sequence.to_string() == number)
        .ok_or_else(|| wrong("does not end in a number of the record of promotions"))?;
    let written: Written = serde_json::from_str(value)
        .map_err(|error| wrong(&format!("is no entry of the record of promotions: {error}")))?;
    if written.sequence != sequence {
        return Err(wrong(&format!(
            "says that it is entry {}",
            written.sequence
        )));
    }
    if written.version != version {
        return Err(wrong(&format!("is about version {}", written.version)));
    }
    Ok(Some(Promotion {
        sequence,
        alias: written.alias,
        version,
        at_ms: written.at_ms,
    }))
}

/// The entries in the order of their sequence.
///
/// # Errors
/// Two entries with one number, as a fragment.
pub(super) fn in_order(entries: Vec<Promotion>) -> Result<Vec<Promotion>, String> {
    let mut record = BTreeMap::new();
    for entry in entries {
        let sequence = entry.sequence;
        if record.insert(sequence, entry).is_some() {
            return Err(format!(
                "the record of promotions has two entries with the number {sequence}"
            ));
        }
    }
    Ok(record.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        r#"{"sequence": 3, "alias": "champion", "version": 7, "at_ms": 12, "by": "ci"}"#;

    #[test]
    fn an_entry_is_read_and_may_hold_more_than_is_read() {
        let read = entry("gatewright.promotion.3", 7, GOOD).unwrap().unwrap();
        let expected = Promotion {
            sequence: 3,
            alias: "champion".to_owned(),
            version: 7,
            at_ms: 12,
        };
        assert_eq!(read, expected);
        assert_eq!(entry("stage", 7, "candidate"), Ok(None));
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_an_error() {
        for (tag, version, value) in [
            ("gatewright.promotion.", 7, GOOD),
            ("gatewright.promotion.03", 7, GOOD),
            ("gatewright.promotion.+3", 7, GOOD),
            ("gatewright.promotion.0", 7, GOOD),
            ("gatewright.promotion.4", 7, GOOD),
            ("gatewright.promotion.3", 8, GOOD),
            ("gatewright.promotion.3", 7, ""),
            ("gatewright.promotion.3", 7, "{}"),
            ("gatewright.promotion.99999999999999999999", 7, GOOD),
        ] {
            let error = entry(tag, version, value).unwrap_err();
            assert!(error.contains(tag), "{error}");
        }
    }

    #[test]
    fn the_record_is_in_order_and_no_number_is_taken_twice() {
        let at = |sequence| Promotion {
            sequence,
            alias: "champion".to_owned(),
            version: 1,
            at_ms: 0,
        };
        let ordered = in_order(vec![at(5), at(1), at(2)]).unwrap();
        let numbers: Vec<_> = ordered.iter().map(|entry| entry.sequence).collect();
        assert_eq!(numbers, [1, 2, 5]);
        assert!(in_order(vec![at(2), at(2)]).is_err());
    }
}
