//! What a gate asks: the one type that one-liners and maps both become.

use std::fmt;

use bigdecimal::BigDecimal;

/// A named list of checks that a candidate must pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Its name, unique in the spec.
    pub name: String,
    /// What the candidate is compared with.
    pub baseline: Baseline,
    /// What follows when nothing can be said.
    pub on_inconclusive: OnInconclusive,
    /// The checks, in the order written, those with level `off` left out.
    pub checks: Vec<Check>,
}

/// What the candidate is compared with, and what follows where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The alias of the version compared with.
    pub alias: String,
    /// What to do when nothing has this alias yet.
    pub if_absent: IfAbsent,
}

/// What a relative check gives when there is no champion yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfAbsent {
    /// It is skipped; at least one error-level check must still have been evaluated.
    AbsoluteOnly,
    /// It fails.
    Fail,
    /// It passes.
    Pass,
}

/// What an inconclusive check at level `error` does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnInconclusive {
    /// A person decides.
    Hold,
    /// It blocks.
    Fail,
    /// It does not matter.
    Pass,
}

/// One rule about the candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What reports and waivers call it; unique in its gate.
    pub id: String,
    /// How much it weighs.
    pub level: Level,
    /// The rule.
    pub condition: Condition,
    /// Line in the spec, counted from 1.
    pub line: usize,
    /// Column in the spec, counted from 1 in characters.
    pub column: usize,
}

/// How much a check weighs. The order is by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Reported, changes nothing.
    Info,
    /// A failure is a warning.
    Warn,
    /// A failure blocks.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        })
    }
}

/// A level as it is written: one of the three, or not evaluated at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Not evaluated.
    Off,
    /// Evaluated, at this level.
    On(Level),
}

impl Weight {
    /// `off`, `info`, `warn` or `error`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "off" => Self::Off,
            "info" => Self::On(Level::Info),
            "warn" => Self::On(Level::Warn),
            "error" => Self::On(Level::Error),
            _ => return None,
        })
    }
}

/// `metric cmp threshold`, such as `r2 >= champion - 0.01`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The metric's name, exactly as MLflow has it.
    pub metric: String,
    /// How the candidate's value must stand to the threshold.
    pub comparator: Comparator,
    /// What it is held against.
    pub threshold: Threshold,
}

/// A comparison. Equality at the boundary satisfies `<=`, `>=` and `==`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparator {
    /// Whether `ordering`, of the candidate to the threshold, satisfies it.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
        }
    }

    /// As it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }
}

/// What a metric is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Threshold {
    /// A number.
    Absolute(BigDecimal),
    /// The champion's value of the same metric, moved by a margin.
    Champion(Option<Margin>),
}

/// How far from the champion's value. The sign says which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Margin {
    /// In the metric's own unit: `- 0.01`.
    Absolute(BigDecimal),
    /// In percent of the champion's absolute value: `+ 2%`.
    Percent(BigDecimal),
    /// In percentage points, hundredths of the metric's unit: `- 1pp`.
    PercentagePoints(BigDecimal),
}
