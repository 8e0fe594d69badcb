//! A generated file that is not what was planned: the fault of a user's own template, or of
//! gatewright itself.

use std::fmt;

/// What went wrong between the plan and the text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenderError {
    /// A template cannot be printed.
    Template(TemplateFault),
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

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    /// The file, and where they are known the line and the column: `ci/github/step.yml:3:7`.
    pub place: String,
    /// What minijinja said.
    pub cause: String,
    /// A template that it may have been meant for.
    pub near: Option<String>,
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template(fault) => write!(f, "{}: {}", fault.place, fault.cause),
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
