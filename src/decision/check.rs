//! What one check gave, as it is recorded.

use schemars::JsonSchema;
use serde::Serialize;

use crate::gate::{Finding, Observed, Part, Waiver, decimal};

/// What one check gave.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheckRecord {
    /// Its id, unique in the gate.
    pub id: String,
    /// The check in its canonical form.
    pub check: String,
    /// `error`, `warn` or `info`.
    pub level: String,
    /// Whether no waiver may excuse it.
    pub critical: bool,
    /// `pass`, `warn`, `fail`, `waived`, `skipped` or `inconclusive`.
    #[schemars(extend("enum" = ["pass", "warn", "fail", "waived", "skipped", "inconclusive"]))]
    pub outcome: String,
    /// The stable reason code, such as `violated` or `metric-nan`.
    pub reason: String,
    /// The reason in words.
    pub message: String,
    /// The candidate's value, when it has one.
    pub candidate: Option<ValueRecord>,
    /// The value it was compared with, when the check is relative and there is one.
    pub baseline: Option<ValueRecord>,
    /// What the candidate was held against, as exact decimal digits.
    pub threshold: Option<String>,
    /// Candidate minus baseline, as exact decimal digits.
    pub delta: Option<String>,
    /// What a reader should know besides.
    pub notes: Vec<String>,
    /// How the answer came about, a line a step.
    pub derivation: Vec<String>,
    /// What each slice gave, where the check looks at several.
    pub parts: Vec<PartRecord>,
    /// The waiver that excuses it.
    pub waiver: Option<WaiverRecord>,
    /// Where the check stands in the spec.
    pub place: PlaceRecord,
    /// The finding it was made from, for reports that show rounded digits.
    #[serde(skip)]
    #[schemars(skip)]
    pub finding: Finding,
}

/// What a check gave on one slice.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PartRecord {
    /// The slice: `region=eu`.
    pub name: String,
    /// The stable reason code.
    pub reason: String,
    /// The reason in words.
    pub message: String,
    /// The candidate's value on it.
    pub candidate: Option<ValueRecord>,
    /// The value it was compared with.
    pub baseline: Option<ValueRecord>,
    /// How many rows it has, where that is known.
    pub n: Option<u64>,
}

/// A value and where it was read.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ValueRecord {
    /// The value: exact decimal digits, `NaN`, `Infinity`, `-Infinity`, `LOW to HIGH`, or text.
    pub value: String,
    /// Where it was read: a run, a logged model, a file.
    pub place: String,
    /// The data set behind it, where it is known.
    pub dataset: Option<DatasetRecord>,
    /// The step it was logged at.
    pub step: Option<i64>,
    /// When it was logged, in milliseconds since the Unix epoch.
    pub timestamp_ms: Option<i64>,
    /// How many rows, runs or values it was computed from.
    pub n: Option<u64>,
}

/// A data set.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DatasetRecord {
    /// Its name.
    pub name: String,
    /// The digest of its content, as MLflow computed it.
    pub digest: String,
}

/// A waiver that was used.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WaiverRecord {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub approver: String,
    /// The last day it counts, `YYYY-MM-DD`, in UTC.
    pub expires: String,
    /// The floor that the value must still keep, as exact decimal digits.
    pub cap: Option<String>,
}

/// A place in the spec, both counted from 1.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlaceRecord {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl CheckRecord {
    /// Records a finding.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        let opinion = &finding.opinion;
        Self {
            id: finding.check.id.clone(),
            check: finding.check.rule.to_string(),
            level: finding.check.level.to_string(),
            critical: finding.check.critical,
            outcome: finding.outcome.name().to_owned(),
            reason: opinion.reason.code().to_owned(),
            message: opinion.message.clone(),
            candidate: opinion.candidate.as_ref().map(ValueRecord::of),
            baseline: opinion.baseline.as_ref().map(ValueRecord::of),
            threshold: opinion.threshold.as_ref().map(decimal::show),
            delta: opinion.delta.as_ref().map(decimal::show),
            notes: opinion.notes.clone(),
            derivation: opinion.derivation.clone(),
            parts: opinion.parts.iter().map(PartRecord::of).collect(),
            waiver: finding.waiver.as_ref().map(WaiverRecord::of),
            place: PlaceRecord {
                line: finding.check.line,
                column: finding.check.column,
            },
            finding: finding.clone(),
        }
    }
}

impl PartRecord {
    fn of(part: &Part) -> Self {
        Self {
            name: part.name.clone(),
            reason: part.reason.code().to_owned(),
            message: part.message.clone(),
            candidate: part.candidate.as_ref().map(ValueRecord::of),
            baseline: part.baseline.as_ref().map(ValueRecord::of),
            n: part.n,
        }
    }
}

impl ValueRecord {
    fn of(observed: &Observed) -> Self {
        let source = &observed.source;
        Self {
            value: observed.value.exact(),
            place: source.place.clone(),
            dataset: source.dataset.as_ref().map(|dataset| DatasetRecord {
                name: dataset.name.clone(),
                digest: dataset.digest.clone(),
            }),
            step: source.step,
            timestamp_ms: source.timestamp_ms,
            n: source.n,
        }
    }
}

impl WaiverRecord {
    fn of(waiver: &Waiver) -> Self {
        Self {
            reason: waiver.reason.clone(),
            approver: waiver.approver.clone(),
            expires: waiver.expires.clone(),
            cap: waiver.cap.as_ref().map(decimal::show),
        }
    }
}
