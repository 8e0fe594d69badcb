//! The judge: checks, evidence in, outcomes and a verdict out. Pure: no disk, clock or network.
//!
//! The one decision here: a check compares exact decimal numbers, the digits people see, so that
//! no verdict depends on floating-point noise (see [`decimal`]).
//!
//! ```
//! use gatewright::evidence::{Evidence, Metric, Reading, Reference, Referent, Run, Subject};
//! use gatewright::gate::{Check, Gate, Verdict, grammar, judge};
//!
//! let evidence = |candidate: Run, champion: Run| Evidence {
//!     candidate: Subject::of_run(candidate),
//!     references: [(Reference::Champion, Referent::One(Box::new(Subject::of_run(champion))))].into(),
//!     ..Evidence::default()
//! };
//! let run = |r2: f64| {
//!     let metric = Metric { reading: Reading::from_stored(r2), step: 0, timestamp_ms: 0 };
//!     Run { metrics: [("r2".to_owned(), metric)].into(), ..Run::empty("0") }
//! };
//! let rule = grammar::parse("r2 >= champion + 0.05").unwrap().rule;
//! let gate = Gate::new("promote", vec![Check::new("better", rule)]);
//! // 0.80 + 0.05 is 0.8500000000000001 in floating point, and 0.85 to people.
//! assert_eq!(judge(&gate, &evidence(run(0.85), run(0.80))).verdict, Verdict::Pass);
//! assert_eq!(judge(&gate, &evidence(run(f64::NAN), run(0.80))).verdict, Verdict::Blocked);
//! ```

pub mod check;
pub mod decimal;
pub mod direction;
pub mod finding;
pub mod grammar;
pub mod judge;
pub mod need;
pub mod outcome;
pub mod range;
pub mod reason;
pub mod rule;
pub mod waiver;

mod known_metric;
mod print;

pub use check::{
    Baseline, Candidate, Check, Comparability, Gate, IfAbsent, Level, OnInconclusive, Sameness,
    Scale, SlicePattern, Weight,
};
pub use finding::{Finding, Judgement, Observed, Opinion, Part, Source, Value};
pub(crate) use judge::is_computed;
pub use judge::{judge, judge_with};
pub use need::Need;
pub use outcome::{Outcome, Remark, Verdict};
pub use print::id_of;
pub use reason::{Reason, Standing};
pub use rule::{Comparator, Margin, MetricRule, ReadFrom, Rule, Threshold};
pub use waiver::Waiver;
