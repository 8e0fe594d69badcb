//! How the tags of gatewright are spelled in Unity Catalog.
//!
//! Unity Catalog refuses the characters `. , - = / :` in the name of a tag (`INVALID_PARAMETER_VALUE:
//! Tag name … contains one or more of the reserved characters`), texts of more than 1000 characters,
//! and spaces at either end of them ("Apply tags to Unity Catalog securable objects").
//!
//! The one decision here: a name is spelled so that it can be told back without knowing it, and a
//! long text is cut in pieces of which the first is written last. Where that is not there, the tag
//! is not there.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What our tags begin with, in either spelling.
const OURS: &str = "gatewright.";
const SPELLED: &str = "gatewright__";

/// The longest text of a tag, in characters.
const LONGEST: usize = 1000;

/// How many characters of a text one piece holds.
const PIECE: usize = 900;

/// What a text that was cut begins with: the number of its pieces follows.
const CUT: &str = "pieces=";

/// The tags that one of ours is written as, in the order of writing; the last one counts. What is
/// not ours stays as it is.
pub(crate) fn spelled(tag: &str, value: &str) -> Vec<(String, String)> {
    if !tag.starts_with(OURS) {
        return vec![(tag.to_owned(), value.to_owned())];
    }
    let name = name(tag);
    let fits = value.chars().count() <= LONGEST && value.trim() == value;
    if fits && !value.is_empty() && !value.starts_with(CUT) {
        return vec![(name, value.to_owned())];
    }
    let letters: Vec<char> = value.chars().collect();
    let mut pieces: Vec<String> = letters.chunks(PIECE).map(String::from_iter).collect();
    let count = pieces.len();
    let first = if pieces.is_empty() {
        String::new()
    } else {
        pieces.remove(0)
    };
    let others = pieces.iter().zip(2..);
    let mut tags: Vec<_> = others
        .map(|(piece, number)| (format!("{name}_p{number}"), format!(";{piece};")))
        .collect();
    tags.push((name, format!("{CUT}{count};{first};")));
    tags
}

/// The name of a tag without reserved characters: `.` is `__`, and every other byte that is no
/// letter and no digit is `_` and its two hexadecimal digits.
pub(crate) fn name(tag: &str) -> String {
    let mut name = String::new();
    for byte in tag.bytes() {
        match byte {
            b'.' => name.push_str("__"),
            byte if byte.is_ascii_alphanumeric() => name.push(char::from(byte)),
            // Writing to a text cannot fail.
            byte => drop(write!(name, "_{byte:02x}")),
        }
    }
    name
}

/// The tags with ours as they are called everywhere else.
///
/// # Errors
/// The name of a tag that is there in both spellings.
pub(super) fn read(tags: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let mut plain = BTreeMap::new();
    let mut pieces: BTreeMap<String, BTreeMap<usize, String>> = BTreeMap::new();
    for (key, value) in tags {
        let Some((tag, number)) = told(&key) else {
            plain.insert(key, value);
            continue;
        };
        let of_tag = pieces.entry(tag.clone()).or_default();
        if of_tag.insert(number, value).is_some() {
            return Err(tag);
        }
    }
    for (tag, pieces) in pieces {
        let Some(value) = joined(&pieces) else {
            continue;
        };
        if plain.insert(tag.clone(), value).is_some() {
            return Err(tag);
        }
    }
    Ok(plain)
}

/// The tag that a name is the spelling of, and the number of the piece.
fn told(key: &str) -> Option<(String, usize)> {
    let mut bytes = Vec::new();
    let mut number = 1;
    let mut rest = key.strip_prefix(SPELLED)?;
    while let Some(letter) = rest.chars().next() {
        if letter != '_' {
            bytes.extend_from_slice(letter.to_string().as_bytes());
            rest = rest.get(letter.len_utf8()..)?;
        } else if let Some(after) = rest.strip_prefix("__") {
            bytes.push(b'.');
            rest = after;
        } else if let Some(piece) = rest.strip_prefix("_p") {
            number = piece.parse().ok().filter(|number| *number > 1)?;
            rest = "";
        } else {
            bytes.push(u8::from_str_radix(rest.get(1..3)?, 16).ok()?);
            rest = rest.get(3..)?;
        }
    }
    Some((format!("{OURS}{}", String::from_utf8(bytes).ok()?), number))
}

/// The text of a tag; the first piece alone where others are missing, which nothing takes for whole.
fn joined(pieces: &BTreeMap<usize, String>) -> Option<String> {
    let first = pieces.get(&1)?;
    let whole = || {
        let (count, piece) = first.strip_prefix(CUT)?.split_once(';')?;
        let count: usize = count.parse().ok()?;
        let mut text = piece.strip_suffix(';')?.to_owned();
        for number in 2..=count {
            let piece = pieces.get(&number)?.strip_prefix(';')?;
            text.push_str(piece.strip_suffix(';')?);
        }
        Some(text)
    };
    Some(whole().unwrap_or_else(|| first.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_has_no_reserved_character_and_can_be_read_by_people() {
        assert_eq!(name("gatewright.promotion.12"), "gatewright__promotion__12");
        assert_eq!(name("gatewright.copied-from"), "gatewright__copied_2dfrom");
    }

    #[test]
    fn what_others_call_their_tags_stays_as_it_is() {
        let tags: BTreeMap<_, _> = [
            "validation",
            "gatewright_x",
            "gatewright__",
            "gatewright__a_q",
        ]
        .map(|key| (key.to_owned(), "x".to_owned()))
        .into();
        let mut kept = tags.clone();
        kept.remove("gatewright__");
        kept.insert("gatewright.".to_owned(), "x".to_owned());
        assert_eq!(read(tags), Ok(kept));
    }

    #[test]
    fn a_text_whose_first_piece_is_missing_is_not_there_and_one_with_a_gap_is_not_whole() {
        let tag = "gatewright.promotion.1";
        let text = "x".repeat(2500);
        let mut tags: BTreeMap<_, _> = spelled(tag, &text).into_iter().collect();
        tags.remove("gatewright__promotion__1_p2");
        assert_ne!(read(tags.clone()).unwrap()[tag], text);
        tags.remove("gatewright__promotion__1");
        assert_eq!(read(tags), Ok(BTreeMap::new()));
    }

    #[test]
    fn a_tag_in_two_spellings_is_no_choice() {
        let tags = ["gatewright.ledger", "gatewright__ledger"]
            .map(|key| (key.to_owned(), "{}".to_owned()));
        assert_eq!(read(tags.into()), Err("gatewright.ledger".to_owned()));
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_taken_by_the_catalog_and_read_back(
            tag in ".{0,40}",
            value in prop_oneof![".{0,40}", "[ -~]{990,1010}", "\\PC{1800,2800}", "pieces=.{0,9}"],
        ) {
            let tag = format!("{OURS}{tag}");
            let written = spelled(&tag, &value);
            for (key, value) in &written {
                prop_assert!(!key.contains(['.', ',', '-', '=', '/', ':', ' ']));
                prop_assert!(value.chars().count() <= LONGEST && value.trim() == value);
            }
            let read = read(written.into_iter().collect());
            prop_assert_eq!(read, Ok(BTreeMap::from([(tag, value)])));
        }
    }
}
