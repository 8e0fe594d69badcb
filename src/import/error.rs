//! Why a report of another tool says nothing.

use std::fmt;

/// Everything that keeps a report from being one. `Display` fits "failed to import ...: ".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportError {
    /// Not a whole document in its language.
    Malformed {
        /// JSON or XML.
        language: &'static str,
        /// What is wrong, and where.
        reason: String,
    },
    /// A document, but not of the tool that was named.
    Foreign {
        /// The tool or format that was named.
        tool: &'static str,
        /// What is missing, or what is there instead.
        reason: String,
    },
    /// The report holds no tests.
    Empty {
        /// The tool or format.
        tool: &'static str,
    },
    /// The report says two things that cannot both be true.
    Contradiction {
        /// What it says.
        reason: String,
    },
    /// The tool says itself that it did not get to its end.
    Unfinished {
        /// What it says.
        reason: String,
    },
    /// Nothing at the pointer, or no single value.
    Pointer {
        /// The pointer.
        pointer: String,
        /// What is there instead.
        reason: String,
    },
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { language, reason } => {
                write!(f, "it is not whole {language}: {reason}")
            }
            Self::Foreign { tool, reason } => write!(f, "it is no report of {tool}: {reason}"),
            Self::Empty { tool } => write!(f, "the report of {tool} holds no tests"),
            Self::Contradiction { reason } => write!(f, "the report contradicts itself: {reason}"),
            Self::Unfinished { reason } => write!(f, "the tool did not get to its end: {reason}"),
            Self::Pointer { pointer, reason } => {
                write!(f, "nothing to compare at `{pointer}`: {reason}")
            }
        }
    }
}

impl std::error::Error for ImportError {}

impl ImportError {
    /// What to do next, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        let help = match self {
            Self::Malformed { .. } => "look whether the step that writes it was stopped early",
            Self::Foreign { .. } => "check that the path and the kind of import belong together",
            Self::Empty { .. } => "check that the tests were found and run: no tests are no pass",
            Self::Contradiction { .. } => {
                "write the report with the tool itself, and merge reports with its own merge"
            }
            Self::Unfinished { .. } => "look at the log of the step that runs the tool",
            Self::Pointer { .. } => {
                "write a JSON pointer to a number, a truth value or text, such as `/metrics/0/value`"
            }
        };
        help.to_owned()
    }
}

/// A document of another kind.
pub(super) fn foreign(tool: &'static str, reason: impl Into<String>) -> ImportError {
    ImportError::Foreign {
        tool,
        reason: reason.into(),
    }
}
