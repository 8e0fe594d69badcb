//! The end of the ledger.
//!
//! The one decision here: the end is written down as well, so that a last entry that was taken away
//! is missed.

use serde::{Deserialize, Serialize};

/// Which entry is the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its sequence number.
    pub sequence: u64,
    /// `sha256:` and the digest of its text.
    pub digest: String,
}

impl Head {
    /// The head as it is written.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
