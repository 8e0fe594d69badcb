//! One entry of the ledger.
//!
//! The one decision here: an entry is a line of JSON that MLflow keeps as a tag of the version that
//! went live, so that it needs no server of ours and shows in MLflow's own pages. Its digest is
//! that of its exact text, and the next entry carries it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::chain::Place;
use crate::attestation::AttestationRecord;
use crate::decision::{FileRecord, sha256};
use crate::evidence::ENTRY_TAG;

/// The form of an entry.
pub const FORMAT: &str = "gatewright-promotion/1";

/// Who moved which alias to which version, when, on what decision, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The form of this entry: [`FORMAT`].
    pub format: String,
    /// Its place in the ledger of the model, counted from 1.
    pub sequence: u64,
    /// `sha256:` and the digest of the text of the entry before it; `None` for the first.
    pub previous: Option<String>,
    /// What was done.
    pub action: Action,
    /// The registered model.
    pub model: String,
    /// The alias that was moved.
    pub alias: String,
    /// The version it was moved to.
    pub version: u64,
    /// The version it was moved from; `None` where nothing was live.
    pub replaces: Option<u64>,
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// The project.
    pub project: String,
    /// The environment it was for, when one was named.
    pub environment: Option<String>,
    /// Who did it.
    pub by: Author,
    /// The commit that was checked out, when it is known.
    pub commit: Option<String>,
    /// Whether files of the checkout differed from it, when it is known.
    pub dirty: Option<bool>,
    /// The spec.
    pub spec: FileRecord,
    /// The run that made the version.
    pub run_id: Option<String>,
    /// Where the version's files are.
    pub source: String,
    /// `sha256:` and the digest over the version's files, when they were read.
    pub model_digest: Option<String>,
    /// The decisions that it goes by; none for a rollback or for a forced one without.
    pub decisions: Vec<DecisionLink>,
    /// Who signed the decisions, where that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<AttestationRecord>,
    /// Who approved it, as far as it can be shown.
    pub approvals: Vec<ApprovalRecord>,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// Whether it was done against the rules, with `--force`.
    pub forced: bool,
    /// The checks that a waiver let through, by id.
    pub waived: Vec<String>,
    /// Where the version was copied from: `models:/NAME/VERSION`.
    pub copied_from: Option<String>,
}

/// What was done to an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// A version went live.
    Promote,
    /// A version that was live before went live again.
    Rollback,
}

/// Who did it, by every name there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Who started the CI run, as the CI system calls them.
    pub actor: Option<String>,
    /// The user of the machine, outside of CI.
    pub user: Option<String>,
    /// The page of the CI run.
    pub run_url: Option<String>,
}

/// A decision, and where it can be found again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionLink {
    /// The gate.
    pub gate: String,
    /// `pass`, `blocked` or `hold`.
    pub verdict: String,
    /// `sha256:` and the digest of the document.
    pub digest: String,
    /// When the evidence was read, in UTC (RFC 3339).
    pub judged_at: String,
    /// Where the document was logged: `runs:/RUN/PATH`; `None` where it could not be.
    pub logged: Option<String>,
}

/// An approval, as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRecord {
    /// Where it was found: `github`, `azure`, or `tag` of a Databricks deployment job.
    pub kind: String,
    /// The environment or the tag that it is about.
    pub about: String,
    /// Who approved, when it is known.
    pub by: Option<String>,
    /// When, in UTC (RFC 3339), when it is known.
    pub at: Option<String>,
}

impl Record {
    /// The record in this place of the ledger.
    #[must_use]
    pub fn at(&self, place: &Place) -> Self {
        Self {
            sequence: place.sequence,
            previous: place.previous.clone(),
            ..self.clone()
        }
    }

    /// Who did it and when, for people: `by ana, at 2026-11-23T15:34:16Z (entry 4 of the ledger)`.
    #[must_use]
    pub fn who_and_when(&self) -> String {
        let (by, at) = (self.by.name(), moment(self.at_ms));
        format!("by {by}, at {at} (entry {} of the ledger)", self.sequence)
    }

    /// The name of the tag that holds it.
    #[must_use]
    pub fn tag(&self) -> String {
        format!("{ENTRY_TAG}{}", self.sequence)
    }

    /// The entry as it is written: JSON on one line, fields in order, no spaces.
    #[must_use]
    pub fn text(&self) -> String {
        // Keys are text and numbers are whole: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// `sha256:` and the digest of an entry's text.
    #[must_use]
    pub fn digest_of(text: &str) -> String {
        sha256(text.as_bytes())
    }
}

impl Author {
    /// The best name there is, and the page of the CI run.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.actor.as_ref().or(self.user.as_ref());
        let name = name.map_or("somebody unknown", String::as_str);
        match &self.run_url {
            Some(run) => format!("{name}, {run}"),
            None => name.to_owned(),
        }
    }
}

/// A moment, in UTC and to the second.
#[must_use]
pub fn moment(at_ms: i64) -> String {
    let second = at_ms.div_euclid(1000);
    Timestamp::from_second(second).map_or_else(|_| format!("{at_ms} ms"), |time| time.to_string())
}
