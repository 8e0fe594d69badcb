//! Why the evidence could not be put together. Every variant is exit code 3, or a wrong question.

use std::fmt;

use crate::promotion::Fault;
use crate::store::StoreError;

/// Everything that keeps evidence from being complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatherError {
    /// A store could not answer.
    Store(StoreError),
    /// There is no version to judge, or it cannot be judged.
    Candidate {
        /// What is the matter with it.
        message: String,
        /// What to do next.
        help: String,
    },
    /// The ledger of the model is not as it was written, so it does not tell who was live.
    Ledger {
        /// The first fault.
        fault: Fault,
    },
    /// A file could not be looked at: it is neither there nor known to be absent.
    File {
        /// What went wrong.
        message: String,
        /// What to do next.
        help: String,
    },
}

impl From<StoreError> for GatherError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl GatherError {
    /// What to do next.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Store(error) => error.help(),
            Self::Ledger { .. } => {
                "`gatewright history --verify` names every fault; a check that compares with `previous`, \
                 `median` or `best` needs a ledger without any"
                    .to_owned()
            }
            Self::Candidate { help, .. } | Self::File { help, .. } => help.clone(),
        }
    }
}

impl fmt::Display for GatherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Ledger { fault } => write!(f, "the ledger is damaged: {fault}"),
            Self::Candidate { message, .. } | Self::File { message, .. } => f.write_str(message),
        }
    }
}
