//! What a gate asks: the one type that one-liners and maps both become.

use std::collections::BTreeMap;
use std::fmt;

use bigdecimal::BigDecimal;

use super::rule::{ReadFrom, Rule};

/// A named list of checks that a candidate must pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Its name, unique in the spec.
    pub name: String,
    /// Which version is judged, where the command line names none.
    pub candidate: Candidate,
    /// What the candidate is compared with.
    pub baseline: Baseline,
    /// When a comparison with another version is one.
    pub comparability: Comparability,
    /// What follows when nothing can be said.
    pub on_inconclusive: OnInconclusive,
    /// Where metrics are read, where a check says nothing else.
    pub from: ReadFrom,
    /// How slices are spelt in metric names.
    pub slice_pattern: SlicePattern,
    /// The scales of judges that answer with numbers, by judge: the worst and the best answer.
    pub scales: BTreeMap<String, Scale>,
    /// The file of waivers, relative to the spec.
    pub waivers: Option<String>,
    /// The checks, in the order written, those with level `off` left out.
    pub checks: Vec<Check>,
}

impl Gate {
    /// A gate of these checks, with every setting at its default.
    #[must_use]
    pub fn new(name: &str, checks: Vec<Check>) -> Self {
        Self {
            name: name.to_owned(),
            candidate: Candidate::Alias("challenger".to_owned()),
            baseline: Baseline {
                alias: "champion".to_owned(),
                if_absent: IfAbsent::AbsoluteOnly,
            },
            comparability: Comparability::default(),
            on_inconclusive: OnInconclusive::Hold,
            from: ReadFrom::Run,
            slice_pattern: SlicePattern::default(),
            scales: BTreeMap::new(),
            waivers: None,
            checks,
        }
    }
}

/// Which version a gate judges. Resolved once, then fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidate {
    /// The version with this alias.
    Alias(String),
    /// The version with this number.
    Version(u64),
    /// A run that is not registered as a version (yet).
    Run(String),
    /// The version with the highest number among those with this tag.
    Newest {
        /// The tag's name.
        tag: String,
        /// The tag's value.
        value: String,
    },
}

/// What the candidate is compared with, and what follows where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The alias of the version compared with: what checks call `champion`.
    pub alias: String,
    /// What to do when nothing has this alias yet.
    pub if_absent: IfAbsent,
}

/// What a relative check gives when there is nothing to compare with yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfAbsent {
    /// It is skipped; at least one error-level check must still have been evaluated.
    AbsoluteOnly,
    /// It fails.
    Fail,
    /// It passes.
    Pass,
}

/// When two values of a metric may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Comparability {
    /// How the data sets behind the values must stand to each other.
    pub dataset: Sameness,
    /// How the judges behind the values must stand to each other.
    pub scorers: Sameness,
}

/// How two things must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sameness {
    /// They may differ.
    Any,
    /// Known to differ is refused; unknown is judged, and noted.
    #[default]
    NotKnownToDiffer,
    /// Both known, and the same.
    Same,
}

/// How the name of a slice's metric is spelt: `{metric}/{key}:{value}` unless the spec says
/// otherwise. With several keys the part from the end of `{metric}` on is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlicePattern {
    /// The text with `{metric}` first, then `{key}` and `{value}`, each once.
    pub text: String,
}

impl Default for SlicePattern {
    fn default() -> Self {
        Self {
            text: "{metric}/{key}:{value}".to_owned(),
        }
    }
}

/// The range of a judge's numbers. `worst` may be the larger one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// What the worst row gets.
    pub worst: BigDecimal,
    /// What the best row gets.
    pub best: BigDecimal,
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
    /// Whether no waiver may excuse it.
    pub critical: bool,
    /// The rule.
    pub rule: Rule,
    /// Line in the spec, counted from 1.
    pub line: usize,
    /// Column in the spec, counted from 1 in characters.
    pub column: usize,
}

impl Check {
    /// A check at level `error`, at no place in particular.
    #[must_use]
    pub fn new(id: &str, rule: Rule) -> Self {
        Self {
            id: id.to_owned(),
            level: Level::Error,
            critical: false,
            rule,
            line: 1,
            column: 1,
        }
    }
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
