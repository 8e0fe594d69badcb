//! Why a change was not made, or may not have been.

use std::fmt;

use crate::store::StoreError;

/// What kept a change from being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryError {
    /// Something moved: what was expected is not what is there. Nothing of ours counts.
    Conflict {
        /// What was found instead, as a sentence without a full stop.
        found: String,
    },
    /// The alias is as expected, and the ledger is not: it went on, for another alias of the model
    /// perhaps. Nothing of ours counts; whoever reads it again can try again.
    LedgerMoved {
        /// What was found instead, as a sentence without a full stop.
        found: String,
    },
    /// Somebody else is changing the same model and does not finish.
    Busy {
        /// Who, as far as the lease tells.
        holder: String,
    },
    /// The registry answered, and two changes got in each other's way: what is live may not be what
    /// either of them wanted.
    Lost {
        /// What is there now, as a sentence without a full stop.
        found: String,
    },
    /// This kind of registry cannot do it.
    Unsupported {
        /// What cannot be done.
        what: String,
        /// What to do instead.
        help: String,
    },
    /// The registry could not be asked, or not be written.
    Store(StoreError),
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict { found } | Self::LedgerMoved { found } | Self::Lost { found } => {
                write!(f, "conflict: {found}")
            }
            Self::Busy { holder } => write!(f, "another promotion is under way: {holder}"),
            Self::Unsupported { what, .. } => write!(f, "this registry cannot {what}"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RegistryError {}

impl RegistryError {
    /// What to do next, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Conflict { .. } => {
                "look at what is live now (`gatewright history`), judge again, and promote what is still right".to_owned()
            }
            Self::LedgerMoved { .. } => {
                "run the command again: it reads the ledger again".to_owned()
            }
            Self::Busy { .. } => {
                "wait until it is done and run the command again; a promotion that died is given up after GATEWRIGHT_LEASE_TIMEOUT seconds".to_owned()
            }
            Self::Lost { .. } => {
                "nothing was put back: look at what is live (`gatewright history --verify`) and promote again what should be".to_owned()
            }
            Self::Unsupported { help, .. } => help.clone(),
            Self::Store(error) => error.help(),
        }
    }
}

impl From<StoreError> for RegistryError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
