//! The kinds of rules, in one type.

use super::{
    AgeRule, CoverageRule, ImportRule, MetricRule, ParamRule, SignatureRule, SlicesRule, TagRule,
    TestRule,
};
use crate::evidence::Reference;

/// A rule about the candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `r2 >= champion - 0.01`, `recall[region=*] >= 0.7`.
    Metric(MetricRule),
    /// `slices: {by: [region], min: 0.70, max_gap: 0.10, min_n: 50}`.
    Slices(SlicesRule),
    /// `signature compatible champion`.
    Signature(SignatureRule),
    /// `dataset same champion`.
    Dataset(Reference),
    /// `scorers same champion`.
    Scorers(Reference),
    /// `coverage(correctness) >= 98%`.
    Coverage(CoverageRule),
    /// `age <= 7d`.
    Age(AgeRule),
    /// `tag stage = candidate`.
    Tag(TagRule),
    /// `param max_depth <= 8`.
    Param(ParamRule),
    /// `test: {kind: non-inferiority, ...}`.
    Test(TestRule),
    /// `import: {junit: report.xml}`.
    Import(ImportRule),
}
