//! The ledger of one model, exactly as the registry holds it.
//!
//! The one decision here: reading takes whatever is there. What is missing, changed or out of place
//! is for whoever looks at the chain to say, entry by entry.

use std::collections::{BTreeMap, BTreeSet};

use super::ModelVersion;

/// What the names of the tags of versions begin with; the sequence number follows.
pub const ENTRY_TAG: &str = "gatewright.promotion.";

/// What the name of a tag begins with that holds how far a rollout of the version is; the
/// endpoint's name follows.
pub const ROLLOUT_TAG: &str = "gatewright.rollout.";

/// The tag of the registered model that says which entry is the last.
pub const HEAD_TAG: &str = "gatewright.ledger";

/// Everything that a registry holds about who was live.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The version that each alias of the model points to.
    pub aliases: BTreeMap<String, u64>,
    /// The versions that there are. A version that was deleted is none of them, and took its
    /// entries with it.
    pub versions: BTreeSet<u64>,
    /// The text of the model's tag [`HEAD_TAG`].
    pub head: Option<String>,
    /// Every tag of a version whose name begins with [`ENTRY_TAG`], in the order of versions and
    /// names.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// The same with what the tags of all versions of the model hold.
    #[must_use]
    pub fn with(mut self, versions: impl IntoIterator<Item = ModelVersion>) -> Self {
        for version in versions {
            self.versions.insert(version.number);
            let tags = version.tags.into_iter();
            let entries = tags.filter(|(tag, _)| tag.starts_with(ENTRY_TAG));
            self.entries.extend(entries.map(|(tag, text)| Entry {
                version: version.number,
                tag,
                text,
            }));
        }
        self.entries
            .sort_by(|one, other| (one.version, &one.tag).cmp(&(other.version, &other.tag)));
        self
    }
}

/// A tag of the ledger, not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The version that has the tag.
    pub version: u64,
    /// The tag's name.
    pub tag: String,
    /// Its text.
    pub text: String,
}
