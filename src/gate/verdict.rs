//! What a gate answers: an outcome with a reason for each check, and one verdict.

use bigdecimal::BigDecimal;

use super::check::{Check, Level, Threshold};
use super::decimal;
use crate::evidence::{Metric, Reading};

/// What a check gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The rule does not hold, at level `error`.
    Fail,
    /// Nothing can be said.
    Inconclusive,
    /// The rule does not hold, below level `error`.
    Warn,
    /// Not evaluated, because there is nothing to compare with.
    Skipped,
    /// The rule holds.
    Pass,
}

impl Outcome {
    /// `fail`, `inconclusive`, `warn`, `skipped` or `pass`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Warn => "warn",
            Self::Skipped => "skipped",
            Self::Pass => "pass",
        }
    }

    /// Whether the rule was held against evidence.
    #[must_use]
    pub fn is_evaluated(self) -> bool {
        matches!(self, Self::Fail | Self::Warn | Self::Pass)
    }
}

/// Why a check gave its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The rule holds.
    Holds,
    /// The rule does not hold.
    Violated,
    /// The candidate has no such metric.
    MetricMissing,
    /// The candidate's value is NaN.
    MetricNan,
    /// The candidate's value is infinite.
    MetricInfinite,
    /// Nothing is live yet.
    NoBaseline,
    /// The champion's value is absent, NaN or infinite.
    BaselineInvalid,
    /// A percentage of a champion's value of zero.
    BaselineZero,
}

impl Reason {
    /// Every reason there is.
    pub const ALL: &[Self] = &[
        Self::Holds,
        Self::Violated,
        Self::MetricMissing,
        Self::MetricNan,
        Self::MetricInfinite,
        Self::NoBaseline,
        Self::BaselineInvalid,
        Self::BaselineZero,
    ];

    /// What it means, and what follows.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Holds => "The rule holds.",
            Self::Violated => "The rule does not hold on the numbers that were read.",
            Self::MetricMissing => {
                "The candidate's run has no metric of this name. Fails: what was not measured cannot be good enough."
            }
            Self::MetricNan => {
                "The candidate's value is NaN: its evaluation broke. Fails in both directions."
            }
            Self::MetricInfinite => {
                "The candidate's value is infinite. MLflow's SQL stores keep infinities as the largest double, which is read as one. Fails in both directions."
            }
            Self::NoBaseline => {
                "Nothing has the champion's alias yet. Relative checks are skipped, unless `baseline.if_absent` says otherwise."
            }
            Self::BaselineInvalid => {
                "The champion's value is absent, NaN or infinite: there is nothing to compare with. Fails."
            }
            Self::BaselineZero => {
                "A percentage of a champion's value of zero says nothing. Inconclusive: `on_inconclusive` says what follows."
            }
        }
    }

    /// The stable reason code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Violated => "violated",
            Self::MetricMissing => "metric-missing",
            Self::MetricNan => "metric-nan",
            Self::MetricInfinite => "metric-infinite",
            Self::NoBaseline => "no-baseline",
            Self::BaselineInvalid => "baseline-invalid",
            Self::BaselineZero => "baseline-zero",
        }
    }
}

/// The answer of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The candidate may go live.
    Pass,
    /// It may not.
    Blocked,
    /// The evidence does not tell; a person decides.
    Hold,
}

impl Verdict {
    /// `pass`, `blocked` or `hold`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Blocked => "blocked",
            Self::Hold => "hold",
        }
    }
}

/// Why a verdict is not simply what the outcomes add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// Not one check that could block was evaluated.
    Vacuous,
    /// The candidate is the live version: there is nothing to judge.
    AlreadyLive,
}

impl Remark {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Vacuous => "vacuous",
            Self::AlreadyLive => "already-live",
        }
    }

    /// What it means, for people.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Vacuous => "not one check that could block was evaluated",
            Self::AlreadyLive => "the candidate is the live version already",
        }
    }
}

/// What one check gave, and on what evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// What it gave.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
    /// The candidate's metric, when it has one.
    pub candidate: Option<Metric>,
    /// The champion's metric, when the check is relative and the champion has one.
    pub baseline: Option<Metric>,
    /// What the candidate was held against, exactly.
    pub threshold: Option<BigDecimal>,
    /// Candidate minus champion, exactly, when both are numbers.
    pub delta: Option<BigDecimal>,
    /// Names the candidate does have, nearest first, where the metric is missing.
    pub near: Vec<String>,
}

/// What a gate gave: a finding for every check, and the verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The answer.
    pub verdict: Verdict,
    /// What there is to say about the verdict itself.
    pub remark: Option<Remark>,
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

    /// What there is to say, in one fragment.
    #[must_use]
    pub fn message(&self) -> String {
        let metric = &self.check.condition.metric;
        let shown = |metric: Option<Metric>| {
            metric.map_or_else(|| "absent".to_owned(), |metric| metric.reading.to_string())
        };
        match self.reason {
            Reason::Holds => "holds".to_owned(),
            Reason::Violated => self.violation(),
            Reason::MetricMissing if self.near.is_empty() => {
                format!("the candidate has no metric `{metric}`")
            }
            Reason::MetricMissing => {
                let near: Vec<_> = self.near.iter().map(|name| format!("`{name}`")).collect();
                format!(
                    "the candidate has no metric `{metric}`; it has {}",
                    near.join(", ")
                )
            }
            Reason::MetricNan => format!("the candidate's {metric} is NaN"),
            Reason::MetricInfinite => {
                format!("the candidate's {metric} is {}", shown(self.candidate))
            }
            Reason::NoBaseline => "there is no champion yet".to_owned(),
            Reason::BaselineInvalid => {
                format!("the champion's {metric} is {}", shown(self.baseline))
            }
            Reason::BaselineZero => {
                format!("the champion's {metric} is 0, and a percentage of 0 says nothing")
            }
        }
    }

    fn violation(&self) -> String {
        let condition = &self.check.condition;
        let value = self.candidate.map(|metric| metric.reading);
        let (Some(Reading::Finite(value)), Some(threshold)) = (value, &self.threshold) else {
            return "does not hold".to_owned();
        };
        let value = decimal::decimal(value);
        let shown = format!(
            "{} is {}, and must be {} {}",
            condition.metric,
            decimal::show_beside(&value, Some(threshold)),
            condition.comparator.symbol(),
            decimal::show_beside(threshold, Some(&value)),
        );
        match (
            &condition.threshold,
            self.baseline.map(|metric| metric.reading),
        ) {
            (Threshold::Champion(Some(margin)), Some(Reading::Finite(champion))) => {
                let champion = decimal::show_beside(&decimal::decimal(champion), Some(threshold));
                format!("{shown} (the champion's {champion} {margin})")
            }
            _ => shown,
        }
    }
}
