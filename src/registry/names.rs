//! What MLflow takes as a name: checked here because a database takes anything.
//!
//! The rules are those of `mlflow/utils/validation.py`.

use super::{Change, RegistryError};

/// The longest text of a tag, in bytes: what the column of MLflow 2 holds.
const LONGEST_VALUE: usize = 5000;

/// The longest name of a tag, in characters.
const LONGEST_TAG: usize = 250;

/// The longest name of an alias, in characters.
const LONGEST_ALIAS: usize = 255;

/// Looks at every name and text of a change.
///
/// # Errors
/// [`RegistryError::Unsupported`] for what MLflow would not take.
pub(super) fn check(change: &Change) -> Result<(), RegistryError> {
    check_alias(&change.alias)?;
    check_tag(&change.tag, &change.entry)?;
    check_value("the head of the ledger", &change.head.text())
}

/// Looks at a tag.
///
/// # Errors
/// As [`check`].
pub(super) fn check_tag(tag: &str, value: &str) -> Result<(), RegistryError> {
    let known = |letter: char| letter.is_alphanumeric() || "/_.- :".contains(letter);
    if tag.is_empty() || tag.chars().count() > LONGEST_TAG || !tag.chars().all(known) {
        return Err(refused(
            format!("hold a tag named `{tag}`"),
            "a tag's name has letters, digits and `/_.- :`, 250 of them at most",
        ));
    }
    check_value(&format!("the tag `{tag}`"), value)
}

fn check_alias(alias: &str) -> Result<(), RegistryError> {
    let known = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
    let number = alias.strip_prefix(['v', 'V']).unwrap_or_default();
    let is_version = !number.is_empty() && number.chars().all(char::is_numeric);
    let fits = !alias.is_empty()
        && alias.chars().count() <= LONGEST_ALIAS
        && alias.chars().all(known)
        && !alias.eq_ignore_ascii_case("latest")
        && !is_version;
    if fits {
        return Ok(());
    }
    Err(refused(
        format!("hold an alias named `{alias}`"),
        "an alias has letters, digits, `_` and `-`, and is neither `latest` nor `v` and a number",
    ))
}

fn check_value(what: &str, value: &str) -> Result<(), RegistryError> {
    if value.len() <= LONGEST_VALUE && !value.contains('\0') {
        return Ok(());
    }
    Err(refused(
        format!("hold {what}: it has {} bytes", value.len()),
        "a tag holds 5000 bytes of text; shorten it",
    ))
}

fn refused(what: String, help: &str) -> RegistryError {
    RegistryError::Unsupported {
        what,
        help: help.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mlflow_would_not_take_is_refused_before_anything_is_written() {
        for alias in ["champion", "prod-eu_1", "vee", "Ä", "v"] {
            assert!(check_alias(alias).is_ok(), "{alias}");
        }
        for alias in [
            "", "latest", "Latest", "v7", "V12", "a.b", "a b", "a/b", "a'b",
        ] {
            assert!(check_alias(alias).is_err(), "{alias}");
        }
        assert!(check_tag("gatewright.promotion.1", "{}").is_ok());
        for (tag, value) in [("", "x"), ("a%b", "x"), ("a\nb", "x"), ("a", "x\0y")] {
            assert!(check_tag(tag, value).is_err(), "{tag}");
        }
        assert!(check_tag("a", &"x".repeat(5001)).is_err());
    }
}
