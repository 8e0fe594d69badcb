//! Who is live, who was, and who was before.
//!
//! The one decision here: going back never leads to a version that was gone back from. A version
//! that a rollback took away is only live again when somebody promotes it again.

use std::collections::BTreeMap;

use super::chain::{Chain, Link, Outcome};
use super::record::{Action, Record};

impl Chain {
    /// The entry that made what an alias points to live: the last of the alias, carried out.
    #[must_use]
    pub fn live(&self, alias: &str) -> Option<&Record> {
        let last = self.of_alias(alias).next_back()?;
        (last.outcome == Outcome::CarriedOut).then_some(&last.record)
    }

    /// The entry of an alias that was written and not carried out. Promoting the same version again
    /// finishes it.
    #[must_use]
    pub fn pending(&self, alias: &str) -> Option<&Record> {
        let last = self.of_alias(alias).next_back()?;
        (last.outcome == Outcome::Pending).then_some(&last.record)
    }

    /// The version to go back to from `current`: the one that was live before it first was, by
    /// entries that were carried out. A version that was deleted, or that was gone back from, is
    /// passed over.
    #[must_use]
    pub fn before(&self, alias: &str, current: u64) -> Option<u64> {
        let mut live: Vec<u64> = Vec::new();
        for link in self.of_alias(alias).filter(|link| link.was_carried_out()) {
            let Record {
                action,
                version,
                replaces,
                ..
            } = &link.record;
            // It may have been live before there was a ledger, or by other hands.
            if let Some(replaced) = replaces.filter(|replaced| live.last() != Some(replaced)) {
                live.push(replaced);
            }
            if *action == Action::Rollback {
                match live.iter().rposition(|was| was == version) {
                    Some(place) => live.truncate(place),
                    None => drop(live.pop()),
                }
            }
            live.push(*version);
        }
        if let Some(place) = live.iter().rposition(|was| *was == current) {
            live.truncate(place);
        }
        live.retain(|version| *version != current && self.versions.contains(version));
        live.last().copied()
    }

    /// Whether an alias ever pointed to a version, by entries that were carried out and by what
    /// they replaced. An entry that is not as it was written says nothing.
    #[must_use]
    pub fn was_live(&self, alias: &str, version: u64) -> bool {
        let mut links = self.of_alias(alias);
        links.any(|link| {
            (link.outcome != Outcome::Unsound && link.record.replaces == Some(version))
                || (link.was_carried_out() && link.record.version == version)
        })
    }

    /// The entry by which a version was live at a time, in milliseconds since the Unix epoch;
    /// `None` for a time before the first entry.
    #[must_use]
    pub fn live_at(&self, alias: &str, at_ms: i64) -> Option<&Link> {
        self.of_alias(alias)
            .rfind(|link| link.was_carried_out() && link.record.at_ms <= at_ms)
    }

    /// The aliases that no entry is about, and where they point: they are not under the ledger yet.
    #[must_use]
    pub fn untold(&self) -> BTreeMap<&str, u64> {
        self.aliases
            .iter()
            .filter(|(alias, _)| self.of_alias(alias).next().is_none())
            .map(|(alias, version)| (alias.as_str(), *version))
            .collect()
    }
}
