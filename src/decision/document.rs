//! The document, and what it is made from.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{CheckRecord, SCHEMA_ID, SpecRecord, StoreRecord, VersionRecord};
use crate::gate::{Judgement, Outcome, Remark, Verdict};

/// Who let which model version through, or not, and on what evidence.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "gatewright decision, version 1")]
pub struct Decision {
    /// The schema of this document.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// `pass`, `blocked` or `hold`.
    #[schemars(extend("enum" = ["pass", "blocked", "hold"]))]
    pub verdict: String,
    /// Why the verdict is not simply the sum of the outcomes: `vacuous` or `already-live`.
    #[schemars(extend("enum" = [null, "vacuous", "already-live"]))]
    pub remark: Option<String>,
    /// When it was judged, in UTC (RFC 3339).
    pub judged_at: String,
    /// The version of gatewright that judged.
    pub gatewright: String,
    /// The project's name.
    pub project: String,
    /// The environment it was judged for, when one was named.
    pub environment: Option<String>,
    /// The gate's name.
    pub gate: String,
    /// The commit that was checked out, when it is known.
    pub commit: Option<String>,
    /// The spec that was judged by.
    pub spec: SpecRecord,
    /// The registered model's name.
    pub model: String,
    /// The stores that were read, without credentials.
    pub stores: StoreRecord,
    /// `sha256:` and the digest of the evidence, as `gate record` writes it.
    pub evidence: String,
    /// The version under judgement.
    pub candidate: VersionRecord,
    /// The version it was compared with; `null` when nothing is live yet.
    pub champion: Option<VersionRecord>,
    /// How many checks gave each outcome.
    pub summary: Summary,
    /// What each check gave, in the order of the spec.
    pub checks: Vec<CheckRecord>,
}

/// How many checks gave each outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// The rule does not hold, at level `error`.
    pub fail: usize,
    /// Nothing can be said.
    pub inconclusive: usize,
    /// The rule does not hold, below level `error`.
    pub warn: usize,
    /// A person answers for what does not hold.
    pub waived: usize,
    /// There was nothing to compare with.
    pub skipped: usize,
    /// The rule holds.
    pub pass: usize,
}

/// What is known about a judgement besides its findings.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// When it was judged.
    pub judged_at: Timestamp,
    /// The project's name.
    pub project: String,
    /// The environment, when one was named.
    pub environment: Option<String>,
    /// The gate's name.
    pub gate: String,
    /// The commit that is checked out.
    pub commit: Option<String>,
    /// The spec.
    pub spec: SpecRecord,
    /// The registered model's name.
    pub model: String,
    /// The stores.
    pub stores: StoreRecord,
    /// The digest of the evidence.
    pub evidence: String,
    /// The version under judgement.
    pub candidate: VersionRecord,
    /// The live version, when there is one.
    pub champion: Option<VersionRecord>,
}

impl Decision {
    /// Records a judgement.
    #[must_use]
    pub fn new(circumstances: Circumstances, judgement: &Judgement) -> Self {
        Self {
            schema: SCHEMA_ID.to_owned(),
            verdict: judgement.verdict.name().to_owned(),
            remark: judgement.remark.map(|remark| remark.code().to_owned()),
            judged_at: circumstances.judged_at.to_string(),
            gatewright: env!("CARGO_PKG_VERSION").to_owned(),
            project: circumstances.project,
            environment: circumstances.environment,
            gate: circumstances.gate,
            commit: circumstances.commit,
            spec: circumstances.spec,
            model: circumstances.model,
            stores: circumstances.stores,
            evidence: circumstances.evidence,
            candidate: circumstances.candidate,
            champion: circumstances.champion,
            summary: Summary::of(judgement),
            checks: judgement.findings.iter().map(CheckRecord::of).collect(),
        }
    }

    /// Whether the verdict is a pass.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.verdict == Verdict::Pass.name()
    }

    /// What the remark means, when there is one.
    #[must_use]
    pub fn remark_meaning(&self) -> Option<&'static str> {
        [Remark::Vacuous, Remark::AlreadyLive]
            .into_iter()
            .find(|remark| self.remark.as_deref() == Some(remark.code()))
            .map(Remark::meaning)
    }

    /// The checks as people want to read them: what blocks first, otherwise as in the spec.
    #[must_use]
    pub fn worst_first(&self) -> Vec<&CheckRecord> {
        let mut checks: Vec<_> = self.checks.iter().collect();
        checks.sort_by_key(|check| check.finding.outcome);
        checks
    }
}

impl Summary {
    fn of(judgement: &Judgement) -> Self {
        Self {
            fail: judgement.count(Outcome::Fail),
            inconclusive: judgement.count(Outcome::Inconclusive),
            warn: judgement.count(Outcome::Warn),
            waived: judgement.count(Outcome::Waived),
            skipped: judgement.count(Outcome::Skipped),
            pass: judgement.count(Outcome::Pass),
        }
    }
}
