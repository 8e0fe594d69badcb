//! The record of a verdict: evidence, spec digest, commit, candidate and champion, in one document.
//!
//! The one decision here: every report is made from this value and from nothing else, so that no
//! output can say what another does not.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::evidence::{Metric, ModelVersion, Reading, Run};
use crate::gate::{Finding, Judgement, Outcome, Verdict, decimal};

/// Where the document's schema is published.
pub const SCHEMA_ID: &str =
    "https://raw.githubusercontent.com/gatewright/gatewright/main/schemas/decision.v1.schema.json";

/// The committed schema of the document, byte for byte.
pub const SCHEMA_TEXT: &str = include_str!("../schemas/decision.v1.schema.json");

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
    /// The version under judgement.
    pub candidate: VersionRecord,
    /// The version it was compared with; `null` when nothing is live yet.
    pub champion: Option<VersionRecord>,
    /// How many checks gave each outcome.
    pub summary: Summary,
    /// What each check gave, in the order of the spec.
    pub checks: Vec<CheckRecord>,
}

/// A spec file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SpecRecord {
    /// Its path from the repository root.
    pub path: String,
    /// `sha256:` and the digest of its bytes.
    pub digest: String,
}

/// The stores that were read.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StoreRecord {
    /// The tracking store, where runs and metrics are.
    pub tracking: String,
    /// The registry, where versions and aliases are.
    pub registry: String,
}

/// A version of the model.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct VersionRecord {
    /// The version number.
    pub version: u64,
    /// How it was found: `alias challenger`, `version 7`.
    pub found_by: String,
    /// The run that made it, whose metrics were read.
    pub run_id: Option<String>,
    /// Where its files are.
    pub source: String,
    /// The commit it was trained from, when MLflow knew it.
    pub commit: Option<String>,
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
    /// There was nothing to compare with.
    pub skipped: usize,
    /// The rule holds.
    pub pass: usize,
}

/// What one check gave.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheckRecord {
    /// Its id, unique in the gate.
    pub id: String,
    /// The check in its canonical form.
    pub check: String,
    /// `error`, `warn` or `info`.
    pub level: String,
    /// `pass`, `warn`, `fail`, `skipped` or `inconclusive`.
    #[schemars(extend("enum" = ["pass", "warn", "fail", "skipped", "inconclusive"]))]
    pub outcome: String,
    /// The stable reason code, such as `violated` or `metric-nan`.
    pub reason: String,
    /// The reason in words.
    pub message: String,
    /// The candidate's value, when it has one.
    pub candidate: Option<ValueRecord>,
    /// The champion's value, when the check is relative and it has one.
    pub champion: Option<ValueRecord>,
    /// What the candidate was held against, as exact decimal digits.
    pub threshold: Option<String>,
    /// Candidate minus champion, as exact decimal digits.
    pub delta: Option<String>,
    /// Where the check stands in the spec.
    pub place: PlaceRecord,
    /// The finding it was made from, for reports that show rounded digits.
    #[serde(skip)]
    #[schemars(skip)]
    pub finding: Finding,
}

/// A metric value and where it was read.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ValueRecord {
    /// The value as exact decimal digits, or `NaN`, `Infinity`, `-Infinity`.
    pub value: String,
    /// The step it was logged at.
    pub step: i64,
    /// When it was logged, in milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
}

/// A place in the spec, both counted from 1.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlaceRecord {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
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
        use crate::gate::Remark;
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

impl VersionRecord {
    /// Records a version, and the run that made it.
    #[must_use]
    pub fn of(version: &ModelVersion, found_by: String, run: Option<&Run>) -> Self {
        Self {
            version: version.number,
            found_by,
            run_id: version.run_id.clone(),
            source: version.source.clone(),
            commit: run.and_then(|run| run.commit.clone()),
        }
    }
}

impl Summary {
    fn of(judgement: &Judgement) -> Self {
        Self {
            fail: judgement.count(Outcome::Fail),
            inconclusive: judgement.count(Outcome::Inconclusive),
            warn: judgement.count(Outcome::Warn),
            skipped: judgement.count(Outcome::Skipped),
            pass: judgement.count(Outcome::Pass),
        }
    }
}

impl CheckRecord {
    fn of(finding: &Finding) -> Self {
        Self {
            id: finding.check.id.clone(),
            check: finding.check.condition.to_string(),
            level: finding.check.level.to_string(),
            outcome: finding.outcome.name().to_owned(),
            reason: finding.reason.code().to_owned(),
            message: finding.message(),
            candidate: finding.candidate.map(ValueRecord::of),
            champion: finding.baseline.map(ValueRecord::of),
            threshold: finding.threshold.as_ref().map(decimal::show),
            delta: finding.delta.as_ref().map(decimal::show),
            place: PlaceRecord {
                line: finding.check.line,
                column: finding.check.column,
            },
            finding: finding.clone(),
        }
    }
}

impl ValueRecord {
    fn of(metric: Metric) -> Self {
        Self {
            value: match metric.reading {
                Reading::Finite(value) => decimal::show(&decimal::decimal(value)),
                other => other.to_string(),
            },
            step: metric.step,
            timestamp_ms: metric.timestamp_ms,
        }
    }
}

/// Generates the schema of the document afresh from its types.
#[must_use]
pub fn generate_schema() -> String {
    let mut schema = schemars::schema_for!(Decision);
    schema.insert("$id".to_owned(), SCHEMA_ID.into());
    format!(
        "{}\n",
        serde_json::to_string_pretty(&schema).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "how a person asks for the file to be rewritten"
    )]
    fn the_committed_schema_is_current() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/schemas/decision.v1.schema.json"
        );
        let generated = generate_schema();
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(path, &generated).unwrap();
        }
        assert!(
            generated == SCHEMA_TEXT,
            "run `UPDATE_SCHEMA=1 cargo test schema` and commit the result"
        );
    }
}
