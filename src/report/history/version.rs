//! Where a version comes from, and where it went.

use std::collections::BTreeSet;

use serde::Serialize;

use super::document::{EntryRecord, time};
use super::serving::ServingRecord;
use crate::evidence::{DatasetInput, LoggedModel, ModelVersion, Run};
use crate::promotion::{Chain, DecisionLink};

/// The lineage of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionRecord {
    /// Its number.
    pub number: u64,
    /// Whether the registry has it.
    pub exists: bool,
    /// The aliases that point to it now.
    pub aliases: Vec<String>,
    /// When it was registered, in UTC (RFC 3339).
    pub registered: Option<String>,
    /// `READY`, or what the registry says instead.
    pub status: Option<String>,
    /// Where its files are.
    pub source: Option<String>,
    /// The run that made it, by id.
    pub run_id: Option<String>,
    /// What is known of that run; `None` where the store does not hold it.
    pub run: Option<RunRecord>,
    /// The logged model behind it, by id.
    pub logged_model: Option<String>,
    /// Where the files of the logged model are.
    pub artifact_location: Option<String>,
    /// `sha256:` and the digests over its files that entries carry.
    pub model_digests: Vec<String>,
    /// Its rollouts to serving endpoints, as its tags tell of them.
    pub serving: Vec<ServingRecord>,
    /// The decisions by which it went live, the latest first.
    pub decisions: Vec<DecisionLink>,
    /// The entries by which it went live, or by which it was replaced, the latest first.
    pub entries: Vec<EntryRecord>,
}

/// What is known of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunRecord {
    /// How it ended: `FINISHED`, ...
    pub status: String,
    /// Whether a person deleted it.
    pub deleted: bool,
    /// When it began, in UTC (RFC 3339).
    pub started: Option<String>,
    /// When it ended, in UTC (RFC 3339).
    pub ended: Option<String>,
    /// The commit that it was made from.
    pub commit: Option<String>,
    /// The data sets that it took in.
    pub datasets: Vec<DatasetInput>,
}

/// What was read about a version, besides the ledger.
#[derive(Debug, Clone, Copy, Default)]
pub struct Read<'a> {
    /// The version.
    pub version: Option<&'a ModelVersion>,
    /// Its run.
    pub run: Option<&'a Run>,
    /// The logged model behind it.
    pub logged_model: Option<&'a LoggedModel>,
}

impl VersionRecord {
    /// The lineage of the version with a number.
    #[must_use]
    pub fn of(number: u64, read: Read<'_>, chain: &Chain) -> Self {
        let version = read.version;
        let about = chain.links().iter().rev();
        let about: Vec<_> = about
            .filter(|link| link.record.version == number || link.record.replaces == Some(number))
            .collect();
        let to_it = || about.iter().filter(|link| link.record.version == number);
        let digests = to_it().filter_map(|link| link.record.model_digest.clone());
        let digests: BTreeSet<_> = digests.collect();
        let aliases = chain.aliases().iter();
        Self {
            number,
            exists: version.is_some(),
            aliases: aliases
                .filter(|(_, at)| **at == number)
                .map(|(alias, _)| alias.clone())
                .collect(),
            registered: version.and_then(|version| time(version.created_ms?)),
            status: version.and_then(|version| version.status.clone()),
            source: version.map(|version| version.source.clone()),
            run_id: version.and_then(|version| version.run_id.clone()),
            run: read.run.map(RunRecord::of),
            logged_model: version.and_then(|version| version.logged_model_id().map(str::to_owned)),
            artifact_location: read
                .logged_model
                .map(|model| model.artifact_location.clone()),
            model_digests: digests.into_iter().collect(),
            serving: version.map(ServingRecord::all).unwrap_or_default(),
            decisions: to_it()
                .filter(|link| link.was_carried_out())
                .flat_map(|link| link.record.decisions.clone())
                .collect(),
            entries: about.into_iter().map(EntryRecord::of).collect(),
        }
    }

    /// Whether anything is known of it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.exists || !self.entries.is_empty()
    }
}

impl RunRecord {
    fn of(run: &Run) -> Self {
        let status = serde_json::to_value(run.status).ok();
        let status = status.as_ref().and_then(|status| status.as_str());
        Self {
            status: status.unwrap_or_default().to_owned(),
            deleted: run.deleted,
            started: run.start_ms.and_then(time),
            ended: run.end_ms.and_then(time),
            commit: run.commit().map(str::to_owned),
            datasets: run.datasets.clone(),
        }
    }
}
