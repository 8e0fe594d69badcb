//! The first look at a document of ours: which form it has, and then everything in it.
//!
//! The one decision here: the name of the form is read before anything else, so that another
//! document is told as such and not by the first of its fields that is strange.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Why a text is no document of a form.
#[derive(Debug)]
pub(super) enum Misread {
    /// It ends too early.
    Truncated,
    /// It names another form.
    Other(String),
    /// It is not what its form says.
    Malformed(String),
}

/// The name of a form: of evidence in `format`, of a decision in `$schema`.
#[derive(Deserialize)]
struct Form {
    #[serde(rename = "$schema", alias = "format")]
    name: String,
}

/// Reads a document of the form `name`.
///
/// # Errors
/// [`Misread`] for anything else.
pub(super) fn read<T: DeserializeOwned>(text: &str, name: &str) -> Result<T, Misread> {
    let form: Form = serde_json::from_str(text)?;
    if form.name != name {
        return Err(Misread::Other(form.name));
    }
    Ok(serde_json::from_str(text)?)
}

impl From<serde_json::Error> for Misread {
    fn from(error: serde_json::Error) -> Self {
        if error.is_eof() {
            Self::Truncated
        } else {
            Self::Malformed(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn another_document_is_told_by_its_name_and_a_cut_one_by_its_end() {
        let read = |text: &str| read::<Value>(text, "a/1");
        assert!(read(r#"{"format": "a/1", "x": 1}"#).is_ok());
        assert!(read(r#"{"$schema": "a/1"}"#).is_ok());
        for text in [r#"{"$schema": "b/1", "x": 1}"#, r#"{"format": "b/1"}"#] {
            assert!(matches!(read(text), Err(Misread::Other(name)) if name == "b/1"));
        }
        assert!(matches!(
            read(r#"{"format": "a/1", "#),
            Err(Misread::Truncated)
        ));
        for text in ["[]", "{}", r#"{"format": 1}"#, r#"{"format": "a/1"} x"#] {
            assert!(matches!(read(text), Err(Misread::Malformed(_))), "{text}");
        }
    }
}
