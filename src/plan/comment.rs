//! Text for the reader of a generated file.
//!
//! The one decision here: all comments are equal. A comment is printed and not parsed, so two
//! workflows that differ in comments are the same workflow, and `parse(render(x)) == x` can be
//! said as it stands.

use serde::Serialize;

/// A comment. Every comment equals every other.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Comment(String);

impl Comment {
    /// The text, without `#`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Comment {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl PartialEq for Comment {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Comment {}
