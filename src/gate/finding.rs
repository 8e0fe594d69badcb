//! What one check gave, with everything that reports say about it.

use bigdecimal::BigDecimal;

use super::check::{Check, Level};
use super::decimal;
use super::outcome::{Outcome, Remark, Verdict};
use super::reason::Reason;
use super::waiver::Waiver;
use crate::evidence::{Dataset, Reading};

/// What a rule has to say about the evidence, before level, settings and waivers.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// What was found.
    pub reason: Reason,
    /// The same in words: a fragment without a full stop.
    pub message: String,
    /// The candidate's value, when there is one.
    pub candidate: Option<Observed>,
    /// The other side's value, when the rule is relative and there is one.
    pub baseline: Option<Observed>,
    /// What the candidate was held against, exactly.
    pub threshold: Option<BigDecimal>,
    /// Candidate minus baseline, exactly, when both are numbers.
    pub delta: Option<BigDecimal>,
    /// What a reader should know besides: where a value was taken from, what is not known.
    pub notes: Vec<String>,
    /// How the answer came about, a line a step, for `--explain`.
    pub derivation: Vec<String>,
    /// The same for each slice, where the rule looks at several.
    pub parts: Vec<Part>,
}

impl Opinion {
    /// An opinion of which only reason and words are known yet.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            candidate: None,
            baseline: None,
            threshold: None,
            delta: None,
            notes: Vec::new(),
            derivation: Vec::new(),
            parts: Vec::new(),
        }
    }
}

/// A slice of a check that looks at several.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Which one: `region=eu`.
    pub name: String,
    /// What was found.
    pub reason: Reason,
    /// The same in words.
    pub message: String,
    /// The candidate's value on it.
    pub candidate: Option<Observed>,
    /// The other side's value on it.
    pub baseline: Option<Observed>,
    /// How many rows it has, where that is known.
    pub n: Option<u64>,
}

/// A value that was seen, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The value.
    pub value: Value,
    /// Where it was read.
    pub source: Source,
}

/// A value as reports show it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A metric's value.
    Reading(Reading),
    /// An exact number that was computed: a share, a difference, a mean.
    Number(BigDecimal),
    /// The true value lies between these.
    Interval {
        /// The lower end.
        low: BigDecimal,
        /// The upper end.
        high: BigDecimal,
    },
    /// Anything else: a tag, a parameter, a digest.
    Text(String),
}

/// Where a value was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Source {
    /// `run 0f3...`, `logged model m-...`, `report.xml`.
    pub place: String,
    /// The data set behind the value, where it is known.
    pub dataset: Option<Dataset>,
    /// The step it was logged at.
    pub step: Option<i64>,
    /// When it was logged, in milliseconds since the Unix epoch.
    pub timestamp_ms: Option<i64>,
    /// How many rows, runs or values it was computed from.
    pub n: Option<u64>,
}

/// What one check gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// What it gave, once level, settings and waivers are taken into account.
    pub outcome: Outcome,
    /// What the rule said.
    pub opinion: Opinion,
    /// The waiver that excuses it; also one that would, had its floor been kept.
    pub waiver: Option<Waiver>,
}

impl Finding {
    /// Whether this finding alone keeps the candidate out.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.outcome == Outcome::Fail
    }

    /// Whether the check could have blocked.
    #[must_use]
    pub fn is_error_level(&self) -> bool {
        self.check.level == Level::Error
    }
}

/// What a gate gave: a finding for every check, and the verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The answer.
    pub verdict: Verdict,
    /// What there is to say about the verdict itself.
    pub remark: Option<Remark>,
    /// What a reader should know besides the findings.
    pub notes: Vec<String>,
    /// In the order of the gate's checks.
    pub findings: Vec<Finding>,
}

impl Judgement {
    /// The judgement on a candidate that is the live version itself.
    #[must_use]
    pub fn already_live() -> Self {
        Self {
            verdict: Verdict::Pass,
            remark: Some(Remark::AlreadyLive),
            notes: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// How many findings have this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.outcome == outcome)
            .count()
    }
}

impl Value {
    /// The exact number, when it is one.
    #[must_use]
    pub fn finite(&self) -> Option<BigDecimal> {
        match self {
            Self::Reading(reading) => reading.finite().map(decimal::decimal),
            Self::Number(number) => Some(number.clone()),
            Self::Interval { .. } | Self::Text(_) => None,
        }
    }

    /// For people: six digits, or as many as it takes to tell it from `beside`.
    #[must_use]
    pub fn show(&self, beside: Option<&BigDecimal>) -> String {
        match self {
            Self::Reading(Reading::Finite(value)) => {
                decimal::show_beside(&decimal::decimal(*value), beside)
            }
            Self::Reading(other) => other.to_string(),
            Self::Number(number) => decimal::show_beside(number, beside),
            Self::Interval { low, high } => format!(
                "{} to {}",
                decimal::show_beside(low, None),
                decimal::show_beside(high, None)
            ),
            Self::Text(text) => text.clone(),
        }
    }

    /// For programs: all digits.
    #[must_use]
    pub fn exact(&self) -> String {
        match self {
            Self::Reading(Reading::Finite(value)) => decimal::show(&decimal::decimal(*value)),
            Self::Reading(other) => other.to_string(),
            Self::Number(number) => decimal::show(number),
            Self::Interval { low, high } => {
                format!("{} to {}", decimal::show(low), decimal::show(high))
            }
            Self::Text(text) => text.clone(),
        }
    }
}
