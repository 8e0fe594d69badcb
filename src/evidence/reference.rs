//! What a candidate is compared with.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A word for the other side of a comparison, as it stands in a check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reference {
    /// The version with the gate's baseline alias: the live one.
    Champion,
    /// The version that was live before the champion, by the ledger.
    Previous,
    /// The version with this alias.
    Alias(String),
    /// The version with this number.
    Version(u64),
    /// The run with this id.
    Run(String),
    /// The median over the last N promoted versions.
    Median(u32),
    /// The best of the last N promoted versions.
    Best(u32),
}

/// As it is written: `champion`, `alias(shadow)`, `median(5)`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Champion => f.write_str("champion"),
            Self::Previous => f.write_str("previous"),
            Self::Alias(name) => write!(f, "alias({name})"),
            Self::Version(number) => write!(f, "version({number})"),
            Self::Run(id) => write!(f, "run({id})"),
            Self::Median(count) => write!(f, "median({count})"),
            Self::Best(count) => write!(f, "best({count})"),
        }
    }
}
