//! What keeps the jobs of a pipeline from fitting together.

use std::fmt;

/// GitHub cuts nothing and refuses ids and names that are longer.
pub(super) const LONGEST: usize = 100;

/// Jobs that do not fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GraphProblem {
    /// A job needs one that there is not.
    UnknownJob {
        /// The job.
        job: String,
        /// What it needs.
        needed: String,
    },
    /// Jobs need each other in a circle.
    Cycle {
        /// One of them.
        job: String,
    },
    /// A job can never run: what it needs runs only when it does not.
    Unreachable {
        /// The job.
        job: String,
        /// What it needs.
        needed: String,
    },
    /// A job reads what no job before it hands over.
    UnknownOutput {
        /// The job.
        job: String,
        /// The output, as `job.step.name`.
        output: String,
    },
    /// Two jobs, steps, artifacts or files have one name, as the strictest provider compares.
    SameName {
        /// What has it.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name that is longer than the providers take.
    LongName {
        /// The name.
        name: String,
    },
    /// A job without an end.
    NoTimeout {
        /// The job.
        job: String,
    },
}

impl fmt::Display for GraphProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownJob { job, needed } => {
                write!(
                    f,
                    "the job `{job}` needs `{needed}`, and there is no such job"
                )
            }
            Self::Cycle { job } => write!(f, "the job `{job}` needs itself, by way of others"),
            Self::Unreachable { job, needed } => {
                write!(
                    f,
                    "the job `{job}` never runs: `{needed}` runs when it does not"
                )
            }
            Self::UnknownOutput { job, output } => {
                write!(
                    f,
                    "the job `{job}` reads `{output}`, which no job before it hands over"
                )
            }
            Self::SameName { what, name } => write!(f, "two {what} have the name `{name}`"),
            Self::LongName { name } => {
                write!(f, "the name `{name}` is longer than {LONGEST} characters")
            }
            Self::NoTimeout { job } => write!(f, "the job `{job}` has no time limit"),
        }
    }
}
