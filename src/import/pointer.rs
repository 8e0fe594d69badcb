//! One value of any JSON file, by its pointer (RFC 6901).

use serde_json::Value;

use super::ImportError;
use crate::json;

/// The value that a pointer names.
#[derive(Debug, Clone, PartialEq)]
pub enum Pointed {
    /// A finite number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// Text.
    Text(String),
}

/// The number, truth value or text at `pointer` (`/metrics/0/value`; `""` is the whole document). In
/// an object no key may come twice, anywhere in the document.
///
/// # Errors
/// [`ImportError::Malformed`] and [`ImportError::Pointer`].
pub fn pointer(bytes: &[u8], pointer: &str) -> Result<Pointed, ImportError> {
    let document = parsed(bytes)?;
    let fail = |reason: &str| ImportError::Pointer {
        pointer: pointer.to_owned(),
        reason: reason.to_owned(),
    };
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(fail("a pointer begins with `/`"));
    }
    match document.pointer(pointer) {
        None => Err(fail("the document has nothing there")),
        Some(Value::Null) => Err(fail("it is null")),
        Some(Value::Array(_)) => Err(fail("it is a list")),
        Some(Value::Object(_)) => Err(fail("it is an object")),
        Some(Value::Bool(value)) => Ok(Pointed::Bool(*value)),
        Some(Value::String(text)) => Ok(Pointed::Text(text.clone())),
        Some(Value::Number(number)) => {
            let number = number.as_f64().filter(|number| number.is_finite());
            number
                .map(Pointed::Number)
                .ok_or_else(|| fail("it is no finite number"))
        }
    }
}

/// The document, for every format in JSON.
pub(super) fn parsed(bytes: &[u8]) -> Result<Value, ImportError> {
    json::parse(bytes).map_err(|reason| ImportError::Malformed {
        language: "JSON",
        reason,
    })
}
