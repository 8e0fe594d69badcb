//! The rules a check can hold a candidate to, one type for each kind.
//!
//! The one decision here: a one-line check and a map become the same types, so that whatever
//! judges, prints or explains a rule knows nothing of how it was written.

mod import;
mod kind;
mod metric;
mod record;
mod slices;
mod test;

pub use import::{Expectation, ImportFormat, ImportRule};
pub use kind::Rule;
pub use metric::{Comparator, Margin, MetricRule, ReadFrom, SliceKey, Step, Threshold};
pub use record::{AgeRule, CoverageRule, ParamRule, SignatureMode, SignatureRule, TagRule};
pub use slices::{Columns, SlicesRule, SmallSlice, TableColumns};
pub use test::{Samples, TestKind, TestMethod, TestRule};
