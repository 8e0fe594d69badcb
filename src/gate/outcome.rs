//! What a check can give, and what a gate can answer.

/// What a check gave. The order is from what blocks to what is fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The rule does not hold, at level `error`.
    Fail,
    /// Nothing can be said.
    Inconclusive,
    /// The rule does not hold, below level `error`.
    Warn,
    /// The rule does not hold or nothing can be said, and a person answers for it.
    Waived,
    /// Not evaluated, because there is nothing to compare with.
    Skipped,
    /// The rule holds.
    Pass,
}

impl Outcome {
    /// Every outcome there is, in order.
    pub const ALL: &[Self] = &[
        Self::Fail,
        Self::Inconclusive,
        Self::Warn,
        Self::Waived,
        Self::Skipped,
        Self::Pass,
    ];

    /// `fail`, `inconclusive`, `warn`, `waived`, `skipped` or `pass`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Warn => "warn",
            Self::Waived => "waived",
            Self::Skipped => "skipped",
            Self::Pass => "pass",
        }
    }

    /// Whether the rule was held against evidence. A waived one was not judged good enough.
    #[must_use]
    pub fn is_evaluated(self) -> bool {
        matches!(self, Self::Fail | Self::Warn | Self::Pass)
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
