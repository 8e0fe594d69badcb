//! The document that every format is made from.
//!
//! The one decision here: it has the same fields whatever was asked, and those that were not asked
//! for are `null`. A program finds the state of the chain in every answer.

use jiff::Timestamp;
use serde::Serialize;

use super::live::{AtRecord, LiveRecord};
use super::version::VersionRecord;
use crate::promotion::{Chain, Fault, Gravity, Head, Link, Note, Outcome, Record};

/// The form of the document.
pub const FORMAT: &str = "gatewright-history/1";

/// An answer of `gatewright history`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct History {
    /// The form of this document: [`FORMAT`].
    pub format: String,
    /// The registered model.
    pub model: String,
    /// The registry that was read, without credentials.
    pub store: String,
    /// When it was read, in UTC (RFC 3339).
    pub read_at: String,
    /// Where the model's aliases point now, by name.
    pub aliases: Vec<AliasRecord>,
    /// The state of the ledger.
    pub chain: ChainRecord,
    /// The entries that were asked for, the latest first.
    pub promotions: Option<Vec<EntryRecord>>,
    /// What was live at a time.
    pub at: Option<AtRecord>,
    /// Where a version comes from, and where it went.
    pub version: Option<VersionRecord>,
}

/// Where an alias points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AliasRecord {
    /// Its name.
    pub alias: String,
    /// The version that it points to.
    pub version: u64,
    /// The entry that says so; `None` where no entry does.
    pub entry: Option<u64>,
    /// Whether any entry is about the alias: whether it is under the ledger.
    pub recorded: bool,
}

/// The state of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainRecord {
    /// How many entries there are that can be read.
    pub entries: u64,
    /// The last entry, as the head names it.
    pub head: Option<Head>,
    /// Whether nothing is wrong with it.
    pub whole: bool,
    /// Everything that is wrong, in the order of the entries.
    pub faults: Vec<FaultRecord>,
    /// What is worth knowing, and not wrong.
    pub notes: Vec<NoteRecord>,
}

/// Something that is wrong with a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultRecord {
    /// One word for it: `missing`, `changed`, ...
    pub code: String,
    /// What it means: `damage`, `gap`, `unfinished` or `moved`.
    pub gravity: String,
    /// The entry that it is about, by number.
    pub entry: Option<u64>,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// Something that is worth knowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteRecord {
    /// `moved`: an alias was moved outside of gatewright; `copy`: a tag of another ledger.
    pub code: String,
    /// For `moved`, the last entry of the alias before it was moved.
    pub entry: Option<u64>,
    /// For `moved`, the alias.
    pub alias: Option<String>,
    /// For `moved`, the version that it was moved to; `None` where it was removed.
    pub to: Option<u64>,
    /// The whole of it, as a sentence.
    pub message: String,
}

/// An entry of a ledger, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryRecord {
    /// `sha256:` and the digest of its text.
    pub digest: String,
    /// When it was written, in UTC (RFC 3339); `None` for a time that is none.
    pub time: Option<String>,
    /// `carried-out`, `pending`, `abandoned`, `overruled`, `unclear` or `unsound`.
    pub outcome: String,
    /// The entry as it is in the registry (`gatewright-promotion/1`).
    pub record: Record,
}

/// Which entries are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of this alias.
    pub alias: Option<String>,
    /// Those written at this time or later, in milliseconds since the Unix epoch.
    pub since_ms: Option<i64>,
    /// Those written by this CI actor or user, in any case of letters.
    pub by: Option<String>,
    /// The latest so many.
    pub limit: Option<usize>,
}

impl History {
    /// What there is to say of a ledger whatever was asked.
    #[must_use]
    pub fn of(model: &str, store: &str, chain: &Chain, read_at: &str) -> Self {
        let entry = |alias: &str| chain.live(alias).map(|record| record.sequence);
        Self {
            format: FORMAT.to_owned(),
            model: model.to_owned(),
            store: store.to_owned(),
            read_at: read_at.to_owned(),
            aliases: chain
                .aliases()
                .iter()
                .map(|(alias, version)| AliasRecord {
                    alias: alias.clone(),
                    version: *version,
                    entry: entry(alias),
                    recorded: chain.of_alias(alias).next().is_some(),
                })
                .collect(),
            chain: ChainRecord::of(chain),
            promotions: None,
            at: None,
            version: None,
        }
    }

    /// With the entries that a filter lets through.
    #[must_use]
    pub fn with_promotions(mut self, chain: &Chain, filter: &Filter) -> Self {
        let most = filter.limit.unwrap_or(usize::MAX);
        let entries = chain.links().iter().rev();
        let entries = entries.filter(|link| filter.lets_through(&link.record));
        self.promotions = Some(entries.take(most).map(EntryRecord::of).collect());
        self
    }

    /// With what was live at a time under some aliases.
    #[must_use]
    pub fn with_time(mut self, chain: &Chain, aliases: &[String], time: Timestamp) -> Self {
        let at = |alias: &String| LiveRecord::of(chain, alias, time.as_millisecond());
        self.at = Some(AtRecord {
            time: time.to_string(),
            live: aliases.iter().map(at).collect(),
        });
        self
    }

    /// With where a version comes from.
    #[must_use]
    pub fn with_version(mut self, version: VersionRecord) -> Self {
        self.version = Some(version);
        self
    }
}

impl Filter {
    fn lets_through(&self, record: &Record) -> bool {
        let names = [&record.by.actor, &record.by.user];
        let is_by = |who: &String| {
            let mut names = names.into_iter().flatten();
            names.any(|name| name.eq_ignore_ascii_case(who))
        };
        self.alias
            .as_ref()
            .is_none_or(|alias| *alias == record.alias)
            && self.since_ms.is_none_or(|since| record.at_ms >= since)
            && self.by.as_ref().is_none_or(is_by)
    }
}

impl ChainRecord {
    fn of(chain: &Chain) -> Self {
        Self {
            entries: u64::try_from(chain.links().len()).unwrap_or(u64::MAX),
            head: chain.head().cloned(),
            whole: chain.faults().is_empty(),
            faults: chain.faults().iter().map(FaultRecord::of).collect(),
            notes: chain.notes().iter().map(NoteRecord::of).collect(),
        }
    }
}

impl FaultRecord {
    fn of(fault: &Fault) -> Self {
        let gravity = match fault.gravity() {
            Gravity::Damage => "damage",
            Gravity::Gap => "gap",
            Gravity::Unfinished => "unfinished",
            Gravity::Moved => "moved",
        };
        Self {
            code: fault.code().to_owned(),
            gravity: gravity.to_owned(),
            entry: fault.sequence(),
            message: fault.to_string(),
        }
    }
}

impl NoteRecord {
    fn of(note: &Note) -> Self {
        let message = note.to_string();
        match note {
            Note::Moved {
                after, alias, to, ..
            } => Self {
                code: "moved".to_owned(),
                entry: Some(*after),
                alias: Some(alias.clone()),
                to: *to,
                message,
            },
            Note::Copy { .. } => Self {
                code: "copy".to_owned(),
                entry: None,
                alias: None,
                to: None,
                message,
            },
        }
    }
}

impl EntryRecord {
    pub(super) fn of(link: &Link) -> Self {
        let outcome = match link.outcome {
            Outcome::CarriedOut => "carried-out",
            Outcome::Pending => "pending",
            Outcome::Abandoned => "abandoned",
            Outcome::Overruled { .. } => "overruled",
            Outcome::Unclear => "unclear",
            Outcome::Unsound => "unsound",
        };
        Self {
            digest: link.digest.clone(),
            time: time(link.record.at_ms),
            outcome: outcome.to_owned(),
            record: link.record.clone(),
        }
    }
}

/// A time in UTC (RFC 3339).
pub(super) fn time(at_ms: i64) -> Option<String> {
    Timestamp::from_millisecond(at_ms)
        .ok()
        .map(|time| time.to_string())
}
