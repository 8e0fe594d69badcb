//! What was live at a time, and what else there is to know about that.
//!
//! The one decision here: only an entry that was carried out makes a version live. Where none tells,
//! the answer is that it is not known, and why.

use serde::Serialize;

use super::document::{EntryRecord, time};
use crate::promotion::{Chain, Outcome};

/// What was live at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AtRecord {
    /// The time, in UTC (RFC 3339).
    pub time: String,
    /// The answer for each alias.
    pub live: Vec<LiveRecord>,
}

/// What was live under an alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveRecord {
    /// The alias.
    pub alias: String,
    /// The version; `None` where the ledger does not tell.
    pub version: Option<u64>,
    /// Since when, in UTC (RFC 3339).
    pub since: Option<String>,
    /// Until when; `None` for a version that is live still, or where it is not known.
    pub until: Option<String>,
    /// The entry by which it went live.
    pub entry: Option<EntryRecord>,
    /// What there is to know beside that, as a sentence.
    pub remark: Option<String>,
}

impl LiveRecord {
    pub(super) fn of(chain: &Chain, alias: &str, at_ms: i64) -> Self {
        let Some(link) = chain.live_at(alias, at_ms) else {
            return Self::unknown(chain, alias);
        };
        let next = chain
            .of_alias(alias)
            .find(|next| next.record.sequence > link.record.sequence && next.was_carried_out());
        let remark = match (link.outcome, next) {
            (Outcome::Overruled { found }, _) => Some(format!(
                "the alias was then moved to {} outside of gatewright; when is not recorded",
                found.map_or("none".to_owned(), |version| format!("version {version}"))
            )),
            (Outcome::Unclear, _) => {
                Some("an entry after it is missing: it may have ended sooner".to_owned())
            }
            (_, None) => Some("it is live still".to_owned()),
            (_, Some(next)) => Some(format!(
                "entry {} replaced it by version {}",
                next.record.sequence, next.record.version
            )),
        };
        Self {
            alias: alias.to_owned(),
            version: Some(link.record.version),
            since: time(link.record.at_ms),
            until: next
                .filter(|_| link.outcome == Outcome::CarriedOut)
                .and_then(|next| time(next.record.at_ms)),
            entry: Some(EntryRecord::of(link)),
            remark,
        }
    }

    fn unknown(chain: &Chain, alias: &str) -> Self {
        let first = chain.of_alias(alias).find(|link| link.was_carried_out());
        let remark = match first.map(|link| &link.record) {
            None => match chain.aliases().get(alias) {
                Some(version) => format!(
                    "it points to version {version}, and no entry tells since when: it is not under the ledger yet"
                ),
                None => "there is no such alias, and no entry about one".to_owned(),
            },
            Some(first) => {
                let before = first.replaces.map_or_else(
                    || "nothing was live before it".to_owned(),
                    |version| format!("it replaced version {version}, and nothing tells since when that was live"),
                );
                format!(
                    "that is before the first entry, entry {} of {}: {before}",
                    first.sequence,
                    time(first.at_ms).unwrap_or_else(|| "no time".to_owned())
                )
            }
        };
        Self {
            alias: alias.to_owned(),
            version: None,
            since: None,
            until: None,
            entry: None,
            remark: Some(remark),
        }
    }
}
