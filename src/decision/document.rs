//! The document, and what it is made from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::canonical::canonical;
use super::digest::sha256;
use super::{
    CheckRecord, FileRecord, Recording, SCHEMA_ID, SettingsRecord, StoreRecord, VersionRecord,
};
use crate::gate::{Gate, Judgement, Outcome, Remark, Verdict};

/// Who let which model version through, or not, and on what evidence.
///
/// As a file it is canonical: UTF-8, fields in this order, two spaces of indentation, LF, exact
/// decimal digits as text, one line end at the end. The SHA-256 of that file is the decision's
/// digest, whoever computes it (`sha256sum decision.json`).
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
    /// When the evidence was read, in UTC (RFC 3339). Ages and waivers count to this moment, also
    /// where the evidence is judged again later.
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
    /// Whether files of the checkout differed from that commit, when it is known.
    pub dirty: Option<bool>,
    /// Who started the run, as the CI system calls them.
    pub actor: Option<String>,
    /// The page of the CI run.
    pub run_url: Option<String>,
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
    /// `sha256:` and the digest of the evidence: of the file that `gate record` writes.
    pub evidence: String,
    /// The version under judgement.
    pub candidate: VersionRecord,
    /// The version it was compared with; `null` when nothing is live yet.
    pub champion: Option<VersionRecord>,
    /// What a reader should know besides what the checks say.
    pub notes: Vec<String>,
    /// How many checks gave each outcome.
    pub summary: Summary,
    /// What each check gave, in the order of the spec.
    pub checks: Vec<CheckRecord>,
}

/// How many checks gave each outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl Decision {
    /// Records a judgement on recorded evidence.
    #[must_use]
    pub fn new(recording: &Recording, gate: &Gate, judgement: &Judgement) -> Self {
        let evidence = &recording.evidence;
        Self {
            schema: SCHEMA_ID.to_owned(),
            verdict: judgement.verdict.name().to_owned(),
            remark: judgement.remark.map(|remark| remark.code().to_owned()),
            judged_at: recording.recorded_at.clone(),
            gatewright: env!("CARGO_PKG_VERSION").to_owned(),
            project: recording.project.clone(),
            environment: recording.environment.clone(),
            gate: recording.gate.clone(),
            commit: recording.commit.clone(),
            dirty: recording.dirty,
            actor: recording.actor.clone(),
            run_url: recording.run_url.clone(),
            spec: recording.spec.clone(),
            waivers: recording.waivers.clone(),
            settings: SettingsRecord::of(gate),
            model: recording.model.clone(),
            stores: recording.stores.clone(),
            evidence: recording.digest(),
            candidate: VersionRecord::of(&evidence.candidate),
            champion: evidence.champion().map(VersionRecord::of),
            notes: judgement.notes.clone(),
            summary: Summary::of(judgement),
            checks: judgement.findings.iter().map(CheckRecord::of).collect(),
        }
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

    /// What the decision is about, as in-toto names it: `models:/NAME/VERSION` or `runs:/ID`, and
    /// the SHA-256 in hexadecimal digits.
    ///
    /// Where the gate read all files of the model the digest is the model digest, that of their
    /// manifest. Where it read the model's `MLmodel` file alone the digest is that file's: it names
    /// the model's id, run, signature and flavours, and not its weights. Otherwise it is the digest of the candidate as this document has it, as JSON
    /// without spaces: its version, run and source.
    #[must_use]
    pub fn subject(&self) -> (String, String) {
        let candidate = &self.candidate;
        let name = match (candidate.version, &candidate.run_id) {
            (Some(version), _) => format!("models:/{}/{version}", self.model),
            (None, run) => format!("runs:/{}", run.as_deref().unwrap_or_default()),
        };
        let files = candidate.files.as_ref().map(|files| files.digest.clone());
        let digest = files.or_else(|| candidate.model_file.clone());
        let digest = digest.unwrap_or_else(|| {
            let text = serde_json::to_string(candidate).unwrap_or_default();
            sha256(text.as_bytes())
        });
        (name, digest.replacen("sha256:", "", 1))
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
