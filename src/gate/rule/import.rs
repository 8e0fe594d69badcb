//! Another tool's result as a check.

use bigdecimal::BigDecimal;

use super::Comparator;

/// Another tool's result as a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRule {
    /// Which tool's format.
    pub format: ImportFormat,
    /// The file, relative to the spec.
    pub path: String,
    /// What must hold.
    pub expectation: Expectation,
}

/// A format that checks can import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    /// `JUnit` XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Any JSON document, by a pointer.
    Json,
    /// promptfoo's results.
    Promptfoo,
    /// Evidently's test results.
    Evidently,
}

/// What an imported document must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// Nothing failed, and something was tested.
    AllPass,
    /// This share passed, in percent; what errored has not passed.
    PassRate {
        /// How the share must stand to the bound.
        comparator: Comparator,
        /// The bound, in percent.
        percent: BigDecimal,
    },
    /// The value at a JSON pointer stands so to this one: a number, `true`, `false` or text.
    Value {
        /// The pointer (RFC 6901).
        pointer: String,
        /// How it must stand.
        comparator: Comparator,
        /// The value.
        value: String,
    },
}
