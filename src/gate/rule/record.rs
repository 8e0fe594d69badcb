//! What the candidate is recorded to be: signature, judges' coverage, age, tags, params.

use bigdecimal::BigDecimal;

use super::Comparator;
use crate::evidence::Reference;

/// `signature compatible|backward|forward|exact REF`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureRule {
    /// How the two must stand to each other.
    pub mode: SignatureMode,
    /// Whose signature it is compared with.
    pub against: Reference,
}

/// How two signatures must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureMode {
    /// Callers of the other one can call the candidate: also written `compatible`.
    Backward,
    /// Callers of the candidate can call the other one.
    Forward,
    /// Both are the same.
    Exact,
}

/// `coverage(JUDGE) cmp PERCENT`: the share of rows that a judge answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRule {
    /// The judge's name.
    pub judge: String,
    /// How the share must stand to the bound.
    pub comparator: Comparator,
    /// The bound, in percent.
    pub percent: BigDecimal,
}

/// `age <= 7d`: how long ago the candidate's run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeRule {
    /// The bound, in seconds.
    pub at_most_seconds: u64,
}

/// `tag NAME = VALUE`, of the version, else of its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRule {
    /// The tag's name.
    pub name: String,
    /// Whether it must be equal, or must not be.
    pub equal: bool,
    /// The value.
    pub value: String,
}

/// `param NAME cmp VALUE`, of the candidate's run, else of its logged model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamRule {
    /// The parameter's name.
    pub name: String,
    /// How it must stand to the value.
    pub comparator: Comparator,
    /// The value: compared as a number where both are numbers, else as text (`==` and `!=` only).
    pub value: String,
}
