//! The judge: checks, evidence in, outcomes and a verdict out. Pure: no disk, clock or network.
//!
//! The one decision here: a check compares exact decimal numbers, the digits people see, so that
//! no verdict depends on floating-point noise (see [`decimal`]).
//!
//! ```
//! use gatewright::evidence::{Metric, Metrics, Reading};
//! use gatewright::gate::check::{Baseline, Check, Gate, IfAbsent, Level, OnInconclusive};
//! use gatewright::gate::{Verdict, grammar, judge};
//!
//! let metrics = |r2: f64| -> Metrics {
//!     let metric = Metric { reading: Reading::from_stored(r2), step: 0, timestamp_ms: 0 };
//!     [("r2".to_owned(), metric)].into_iter().collect()
//! };
//! let gate = Gate {
//!     name: "promote".to_owned(),
//!     baseline: Baseline { alias: "champion".to_owned(), if_absent: IfAbsent::Fail },
//!     on_inconclusive: OnInconclusive::Hold,
//!     checks: vec![Check {
//!         id: "better".to_owned(),
//!         level: Level::Error,
//!         condition: grammar::parse("r2 >= champion + 0.05").unwrap().condition,
//!         line: 1,
//!         column: 1,
//!     }],
//! };
//! // 0.80 + 0.05 is 0.8500000000000001 in floating point, and 0.85 to people.
//! assert_eq!(judge(&gate, &metrics(0.85), Some(&metrics(0.80))).verdict, Verdict::Pass);
//! assert_eq!(judge(&gate, &metrics(f64::NAN), Some(&metrics(0.80))).verdict, Verdict::Blocked);
//! ```

pub mod check;
pub mod decimal;
pub mod grammar;
pub mod judge;
pub mod verdict;

mod print;

pub use check::{
    Baseline, Check, Comparator, Condition, Gate, IfAbsent, Level, Margin, OnInconclusive,
    Threshold,
};
pub use judge::judge;
pub use verdict::{Finding, Judgement, Outcome, Reason, Remark, Verdict};
