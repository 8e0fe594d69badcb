//! A decision that somebody hands in, to have it acted on.
//!
//! The one decision here: it counts exactly as it was written. A document that gatewright would not
//! have written byte for byte, or that contradicts itself, is no decision.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical::canonical;
use super::digest::sha256;
use super::form::{self, Misread};
use super::{Decision, FileRecord, SCHEMA_ID, SettingsRecord, StoreRecord, Summary, VersionRecord};
use crate::gate::{Outcome, Remark, Verdict};

/// A decision as it stands in a file: the fields of [`Decision`], in its order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presented {
    #[serde(rename = "$schema")]
    schema: String,
    /// `pass`, `blocked` or `hold`.
    pub verdict: String,
    /// Why the verdict is not simply the sum of the outcomes.
    pub remark: Option<String>,
    /// When the evidence was read, in UTC (RFC 3339).
    pub judged_at: String,
    gatewright: String,
    /// The project's name.
    pub project: String,
    /// The environment it was judged for, when one was named.
    pub environment: Option<String>,
    /// The gate's name.
    pub gate: String,
    commit: Option<String>,
    dirty: Option<bool>,
    actor: Option<String>,
    run_url: Option<String>,
    /// The spec that was judged by.
    pub spec: FileRecord,
    /// The waivers that were judged by.
    pub waivers: Option<FileRecord>,
    /// The gate's settings that shape a verdict.
    pub settings: SettingsRecord,
    /// The registered model's name.
    pub model: String,
    /// The stores that were read, without credentials.
    pub stores: StoreRecord,
    evidence: String,
    /// The version under judgement.
    pub candidate: VersionRecord,
    /// The version it was compared with.
    pub champion: Option<VersionRecord>,
    notes: Vec<String>,
    summary: Summary,
    checks: Vec<Value>,
}

/// What is looked at of a check.
#[derive(Deserialize)]
struct Check {
    id: String,
    outcome: String,
}

/// Why a file is no decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotADecision {
    /// It ends too early.
    Truncated,
    /// It is another document, or one of a later form.
    Schema(String),
    /// It is not what its schema says.
    Malformed(String),
    /// It is not, byte for byte, what gatewright writes.
    Changed,
    /// It says one thing here and another there.
    Contradiction(String),
}

impl fmt::Display for NotADecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("it ends too early"),
            Self::Schema(schema) => write!(f, "it is another document, `{schema}`"),
            Self::Malformed(reason) => write!(f, "it is not a decision: {reason}"),
            Self::Changed => f.write_str(
                "it is not as gatewright wrote it: something changed the text on the way",
            ),
            Self::Contradiction(what) => write!(f, "it contradicts itself: {what}"),
        }
    }
}

impl From<Misread> for NotADecision {
    fn from(misread: Misread) -> Self {
        match misread {
            Misread::Truncated => Self::Truncated,
            Misread::Other(schema) => Self::Schema(schema),
            Misread::Malformed(reason) => Self::Malformed(reason),
        }
    }
}

impl Presented {
    /// Reads a decision as it was written to a file.
    ///
    /// # Errors
    /// [`NotADecision`] for anything that gatewright would not have written.
    pub fn read(text: &str) -> Result<Self, NotADecision> {
        let read: Self = form::read(text, SCHEMA_ID)?;
        if canonical(&read) != text {
            return Err(NotADecision::Changed);
        }
        match read.contradiction()? {
            None => Ok(read),
            Some(contradiction) => Err(NotADecision::Contradiction(contradiction)),
        }
    }

    /// The decision as it would be read from its file.
    ///
    /// # Errors
    /// [`NotADecision`] never, for what gatewright made itself.
    pub fn of(decision: &Decision) -> Result<Self, NotADecision> {
        Self::read(&decision.text())
    }

    /// The document as it is written to a file.
    #[must_use]
    pub fn text(&self) -> String {
        canonical(self)
    }

    /// `sha256:` and the digest of the document as it is written to a file.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(self.text().as_bytes())
    }

    /// The ids of the checks that a waiver let through.
    #[must_use]
    pub fn waived(&self) -> Vec<String> {
        self.with(Outcome::Waived)
    }

    /// The ids of the checks that failed.
    #[must_use]
    pub fn failed(&self) -> Vec<String> {
        self.with(Outcome::Fail)
    }

    /// The ids of the checks about which nothing could be said.
    #[must_use]
    pub fn inconclusive(&self) -> Vec<String> {
        self.with(Outcome::Inconclusive)
    }

    /// Whether the verdict is a pass.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.verdict == Verdict::Pass.name()
    }

    /// Whether the verdict is that a person decides.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.verdict == Verdict::Hold.name()
    }

    fn checks(&self) -> Result<Vec<Check>, serde_json::Error> {
        let checks = self.checks.iter().cloned();
        checks.map(serde_json::from_value).collect()
    }

    fn with(&self, outcome: Outcome) -> Vec<String> {
        let checks = self.checks().unwrap_or_default().into_iter();
        checks
            .filter(|check| check.outcome == outcome.name())
            .map(|check| check.id)
            .collect()
    }

    /// What in it cannot be: a sum that is none, a pass over a failure, a verdict without a check.
    fn contradiction(&self) -> Result<Option<String>, NotADecision> {
        let checks = self
            .checks()
            .map_err(|error| NotADecision::Malformed(error.to_string()))?;
        let count = |outcome: Outcome| {
            let checks = checks.iter();
            checks
                .filter(|check| check.outcome == outcome.name())
                .count()
        };
        let counted = Summary {
            fail: count(Outcome::Fail),
            inconclusive: count(Outcome::Inconclusive),
            warn: count(Outcome::Warn),
            waived: count(Outcome::Waived),
            skipped: count(Outcome::Skipped),
            pass: count(Outcome::Pass),
        };
        let verdicts = [Verdict::Pass, Verdict::Hold, Verdict::Blocked];
        let live = self.remark.as_deref() == Some(Remark::AlreadyLive.code());
        Ok(if counted != self.summary {
            Some("its summary is not the sum of its checks".to_owned())
        } else if !verdicts
            .iter()
            .any(|verdict| verdict.name() == self.verdict)
        {
            Some(format!("there is no verdict `{}`", self.verdict))
        } else if self.passed() && counted.fail > 0 {
            Some("it passes although a check failed".to_owned())
        } else if self.passed() && checks.is_empty() && !live {
            Some("it passes without a check".to_owned())
        } else {
            None
        })
    }
}
