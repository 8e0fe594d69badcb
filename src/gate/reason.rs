//! Why a check gave its outcome, as stable codes.
//!
//! The one decision here: a reason says what was found, not what follows. What follows depends on
//! the check's level and the gate's settings, and is settled in one place.

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
    /// Several values could be meant, and nothing says which.
    AmbiguousMetric,
    /// There is nothing to compare with yet.
    NoBaseline,
    /// The other side's value is absent, NaN or infinite.
    BaselineInvalid,
    /// A percentage of a baseline of zero.
    BaselineZero,
    /// The data sets or the judges behind the two values are not the same.
    NotComparable,
    /// A judge failed on rows, and the mean may lie on either side of the threshold.
    JudgeIncomplete,
    /// There are fewer measurements than the check asks for.
    TooFew,
    /// The interval lies on both sides of the margin.
    Undecided,
    /// The run that logged the candidate's value failed or was stopped.
    RunNotFinished,
    /// What the rule is about is not recorded.
    EvidenceMissing,
    /// What the rule is about is recorded, and cannot be read.
    EvidenceUnreadable,
}

/// What a reason amounts to, before level and settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The rule was held against evidence, and holds.
    Holds,
    /// It does not hold, or what it needs is not there.
    Fails,
    /// Nothing can be said.
    Inconclusive,
    /// There is nothing to compare with yet.
    NothingToCompare,
}

/// A reason's code and meaning, in one place.
struct Entry {
    reason: Reason,
    code: &'static str,
    standing: Standing,
    meaning: &'static str,
}

const fn entry(
    reason: Reason,
    code: &'static str,
    standing: Standing,
    meaning: &'static str,
) -> Entry {
    Entry {
        reason,
        code,
        standing,
        meaning,
    }
}

const ENTRIES: &[Entry] = &[
    entry(Reason::Holds, "holds", Standing::Holds, "The rule holds."),
    entry(
        Reason::Violated,
        "violated",
        Standing::Fails,
        "The rule does not hold on the evidence that was read.",
    ),
    entry(
        Reason::MetricMissing,
        "metric-missing",
        Standing::Fails,
        "The candidate has no metric of this name. Fails: what was not measured cannot be good enough.",
    ),
    entry(
        Reason::MetricNan,
        "metric-nan",
        Standing::Fails,
        "The candidate's value is NaN: its evaluation broke. Fails in both directions.",
    ),
    entry(
        Reason::MetricInfinite,
        "metric-infinite",
        Standing::Fails,
        "The candidate's value is infinite. MLflow's SQL stores keep infinities as the largest double, which is read as one. Fails in both directions.",
    ),
    entry(
        Reason::AmbiguousMetric,
        "ambiguous-metric",
        Standing::Inconclusive,
        "The metric has values on several data sets, and nothing says which one is meant. Inconclusive: name one with `from: {model: {dataset: ...}}`.",
    ),
    entry(
        Reason::NoBaseline,
        "no-baseline",
        Standing::NothingToCompare,
        "There is nothing to compare with yet. Relative checks are skipped, unless `baseline.if_absent` says otherwise.",
    ),
    entry(
        Reason::BaselineInvalid,
        "baseline-invalid",
        Standing::Fails,
        "The other side's value is absent, NaN or infinite: there is nothing to compare with. Fails.",
    ),
    entry(
        Reason::BaselineZero,
        "baseline-zero",
        Standing::Inconclusive,
        "A percentage of a baseline of zero says nothing. Inconclusive: `on_inconclusive` says what follows.",
    ),
    entry(
        Reason::NotComparable,
        "not-comparable",
        Standing::Fails,
        "The data sets or the judges behind the two values differ, so their difference says nothing about the models. Fails; `comparability: {dataset: any}` compares all the same.",
    ),
    entry(
        Reason::JudgeIncomplete,
        "judge-incomplete",
        Standing::Inconclusive,
        "The judge failed on some rows. Had it answered them, the mean could be on either side of the threshold. Inconclusive.",
    ),
    entry(
        Reason::TooFew,
        "too-few",
        Standing::Inconclusive,
        "There are fewer rows, runs or values than the check asks for (`min_n`), or their number is unknown. Inconclusive.",
    ),
    entry(
        Reason::Undecided,
        "undecided",
        Standing::Inconclusive,
        "The confidence interval lies on both sides of the margin: the data do not tell. Inconclusive; more rows make it narrower.",
    ),
    entry(
        Reason::RunNotFinished,
        "run-not-finished",
        Standing::Fails,
        "The run that logged the candidate's value ended with an error or was stopped, so nobody knows whether its evaluation was complete. Fails; a run that is still going on is noted.",
    ),
    entry(
        Reason::EvidenceMissing,
        "evidence-missing",
        Standing::Fails,
        "What the check is about (a signature, a table, a tag, a report) is not there. Fails: what is not recorded cannot be judged good.",
    ),
    entry(
        Reason::EvidenceUnreadable,
        "evidence-unreadable",
        Standing::Fails,
        "What the check is about is there and is not what it should be: cut off, of another form, or in contradiction with itself. Fails.",
    ),
];

impl Reason {
    /// Every reason there is.
    pub fn all() -> impl Iterator<Item = Self> {
        ENTRIES.iter().map(|entry| entry.reason)
    }

    fn entry(self) -> &'static Entry {
        const UNKNOWN: &Entry = &entry(Reason::Violated, "unknown", Standing::Fails, "");
        ENTRIES
            .iter()
            .find(|entry| entry.reason == self)
            .unwrap_or(UNKNOWN)
    }

    /// What it means, and what follows.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// The stable reason code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.entry().code
    }

    /// Whether a person can answer for it: a value was judged, or could not be compared. Not where
    /// there was no value, or what there was could not be read.
    #[must_use]
    pub fn is_excusable(self) -> bool {
        match self {
            Self::Violated
            | Self::AmbiguousMetric
            | Self::NoBaseline
            | Self::BaselineInvalid
            | Self::BaselineZero
            | Self::NotComparable
            | Self::JudgeIncomplete
            | Self::TooFew
            | Self::Undecided
            | Self::RunNotFinished => true,
            Self::Holds
            | Self::MetricMissing
            | Self::MetricNan
            | Self::MetricInfinite
            | Self::EvidenceMissing
            | Self::EvidenceUnreadable => false,
        }
    }

    /// What it amounts to.
    #[must_use]
    pub fn standing(self) -> Standing {
        self.entry().standing
    }
}
