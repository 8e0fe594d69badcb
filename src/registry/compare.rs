//! What is there against what a change expects.
//!
//! The one decision here: both kinds of registry go by this one comparison. It knows every state
//! that a process can leave behind that died between two writes (entry, head, alias, in this
//! order), and everything else is a conflict.

use super::{Change, RegistryError};
use crate::evidence::HEAD_TAG;
use crate::promotion::Head;

/// What a registry holds of what a change is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The version the alias points to.
    pub(super) alias: Option<u64>,
    /// The text of the ledger's head.
    pub(super) head: Option<String>,
    /// The text of the entry's tag on the change's version.
    pub(super) entry: Option<String>,
    /// Another version that has a tag of the entry's name.
    pub(super) elsewhere: Option<u64>,
}

/// What is still to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing {
    /// The entry.
    pub(super) entry: bool,
    /// The head.
    pub(super) head: bool,
    /// The alias.
    pub(super) alias: bool,
}

impl Missing {
    /// Whether everything is as it should be afterwards.
    pub(super) fn is_nothing(self) -> bool {
        !(self.entry || self.head || self.alias)
    }
}

/// What a change still has to write.
///
/// # Errors
/// [`RegistryError::Conflict`] when the alias is not where it was expected,
/// [`RegistryError::LedgerMoved`] when it is and the ledger is not.
pub(super) fn compare(change: &Change, found: &Found) -> Result<Missing, RegistryError> {
    let head = read_head(found.head.as_deref())?;
    let written = head.as_ref() == Some(&change.head);
    let has_entry = found.entry.as_deref() == Some(change.entry.as_str());
    let is_done = written && has_entry && found.alias == Some(change.version);
    if is_done && found.elsewhere.is_none() {
        return Ok(Missing {
            entry: false,
            head: false,
            alias: false,
        });
    }
    require_alias(change, found.alias)?;
    if !written && head != change.expected_head {
        return Err(moved(format!(
            "the ledger of `{}` ends with {}, and {} was expected",
            change.model,
            entry_of(head.as_ref()),
            entry_of(change.expected_head.as_ref())
        )));
    }
    if let Some(version) = found.elsewhere {
        return Err(moved(format!(
            "version {version} of `{}` has the tag `{}` already",
            change.model, change.tag
        )));
    }
    if found.entry.is_some() && !has_entry {
        return Err(moved(format!(
            "version {} of `{}` has another tag `{}` already",
            change.version, change.model, change.tag
        )));
    }
    if written && !has_entry {
        return Err(RegistryError::Conflict {
            found: format!(
                "the ledger of `{}` ends with {}, and that entry is not there",
                change.model,
                entry_of(head.as_ref())
            ),
        });
    }
    Ok(Missing {
        entry: !has_entry,
        head: !written,
        alias: found.alias != Some(change.version),
    })
}

/// That the alias is where the change expects it.
///
/// # Errors
/// [`RegistryError::Conflict`] when it is not.
pub(super) fn require_alias(change: &Change, alias: Option<u64>) -> Result<(), RegistryError> {
    if alias == change.expected {
        return Ok(());
    }
    Err(RegistryError::Conflict {
        found: format!(
            "the alias `{}` of `{}` {}, and {} was expected",
            change.alias,
            change.model,
            alias.map_or_else(
                || "does not exist".to_owned(),
                |version| format!("points to version {version}")
            ),
            change
                .expected
                .map_or_else(|| "none".to_owned(), |version| format!("version {version}"))
        ),
    })
}

/// The head as it was written.
///
/// # Errors
/// [`RegistryError::Conflict`] when it is no head.
pub(super) fn read_head(text: Option<&str>) -> Result<Option<Head>, RegistryError> {
    let Some(text) = text else {
        return Ok(None);
    };
    let head = serde_json::from_str(text);
    head.map(Some).map_err(|error| RegistryError::Conflict {
        found: format!(
            "the head of the ledger cannot be read: {error}; look at the tag `{HEAD_TAG}` of the \
             model, and remove it to go on from the last entry"
        ),
    })
}

fn entry_of(head: Option<&Head>) -> String {
    head.map_or_else(
        || "no entry".to_owned(),
        |head| format!("entry {} ({})", head.sequence, head.digest),
    )
}

fn moved(found: String) -> RegistryError {
    RegistryError::LedgerMoved { found }
}

/// That there is no such version.
pub(super) fn absent(model: &str, version: u64) -> RegistryError {
    RegistryError::Conflict {
        found: format!("version {version} of `{model}` does not exist"),
    }
}

/// That a version can go live.
///
/// # Errors
/// [`RegistryError::Conflict`] when it cannot.
pub(super) fn require_ready(
    model: &str,
    version: u64,
    status: Option<&str>,
) -> Result<(), RegistryError> {
    let found = match status {
        Some("READY") => return Ok(()),
        None => format!("version {version} of `{model}` has no status"),
        Some(status) => {
            format!("version {version} of `{model}` is not ready: its status is {status}")
        }
    };
    Err(RegistryError::Conflict { found })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(sequence: u64) -> Head {
        Head {
            sequence,
            digest: format!("sha256:{sequence}"),
        }
    }

    fn change() -> Change {
        Change {
            model: "m".to_owned(),
            alias: "champion".to_owned(),
            expected: Some(1),
            version: 2,
            expected_head: Some(head(4)),
            tag: "gatewright.promotion.5".to_owned(),
            entry: "{}".to_owned(),
            head: head(5),
        }
    }

    fn found(alias: u64, head_at: u64, entry: Option<&str>) -> Found {
        Found {
            alias: Some(alias),
            head: Some(head(head_at).text()),
            entry: entry.map(str::to_owned),
            elsewhere: None,
        }
    }

    #[test]
    fn a_process_that_died_between_two_writes_is_carried_on_from_there() {
        let missing = |found| {
            let Missing { entry, head, alias } = compare(&change(), &found).unwrap();
            (entry, head, alias)
        };
        assert_eq!(missing(found(1, 4, None)), (true, true, true));
        assert_eq!(missing(found(1, 4, Some("{}"))), (false, true, true));
        assert_eq!(missing(found(1, 5, Some("{}"))), (false, false, true));
        assert_eq!(missing(found(2, 5, Some("{}"))), (false, false, false));
    }

    #[test]
    fn an_alias_that_is_elsewhere_is_a_conflict_whatever_the_ledger_says() {
        for (alias, at, entry) in [
            (3, 4, None),
            (3, 5, Some("{}")),
            (2, 4, None),
            (2, 5, None),
            (2, 4, Some("{}")),
            (2, 6, Some("{}")),
        ] {
            let error = compare(&change(), &found(alias, at, entry)).unwrap_err();
            assert!(matches!(error, RegistryError::Conflict { .. }), "{error}");
        }
    }

    #[test]
    fn a_ledger_that_went_on_can_be_read_again() {
        let mut elsewhere = found(1, 4, None);
        elsewhere.elsewhere = Some(7);
        for found in [
            found(1, 6, None),
            found(1, 3, None),
            found(1, 4, Some("{other}")),
            found(1, 5, Some("{other}")),
            elsewhere,
        ] {
            let error = compare(&change(), &found).unwrap_err();
            assert!(
                matches!(error, RegistryError::LedgerMoved { .. }),
                "{error}"
            );
        }
    }

    #[test]
    fn a_head_that_is_none_or_has_no_entry_is_a_conflict() {
        let mut unreadable = found(1, 4, None);
        unreadable.head = Some("{".to_owned());
        for found in [unreadable, found(1, 5, None)] {
            let error = compare(&change(), &found).unwrap_err();
            assert!(matches!(error, RegistryError::Conflict { .. }), "{error}");
        }
    }
}
