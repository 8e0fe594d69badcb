//! A generated file that is not what was planned: always an error in gatewright itself.

use std::fmt;

/// What went wrong between the plan and the text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenderError {
    /// A template does not fit its types.
    Template {
        /// What was to be written.
        file: String,
        /// What minijinja said.
        cause: String,
    },
    /// The text cannot be read back into the types.
    Unreadable {
        /// What was to be written.
        file: String,
        /// What the YAML parser said.
        cause: String,
    },
    /// The text says something else than the plan.
    Different {
        /// What was to be written.
        file: String,
        /// Where the first difference is, such as `jobs.train.steps.3.run`.
        at: String,
        /// What was planned there.
        planned: String,
        /// What the text says.
        printed: String,
    },
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template { file, cause } => write!(f, "the template of {file}: {cause}"),
            Self::Unreadable { file, cause } => write!(f, "{file} cannot be read back: {cause}"),
            Self::Different {
                file,
                at,
                planned,
                printed,
            } => {
                write!(
                    f,
                    "{file} says {printed} at `{at}` where {planned} was planned"
                )
            }
        }
    }
}

impl std::error::Error for RenderError {}
