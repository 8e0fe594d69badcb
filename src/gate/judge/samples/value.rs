//! One measurement that can be compared, or why it cannot.

use crate::evidence::{Metric, Reading};
use crate::gate::finding::Opinion;
use crate::gate::reason::Reason;

/// What was asked for, or the whole opinion.
pub(super) type Answered<T> = Result<T, Box<Opinion>>;

pub(super) fn no<T>(reason: Reason, message: impl Into<String>) -> Answered<T> {
    Err(Box::new(Opinion::new(reason, message)))
}

/// What the other side lacks is no fault of the candidate's values.
pub(super) fn of_baseline(opinion: Box<Opinion>) -> Box<Opinion> {
    let reason = match opinion.reason {
        Reason::MetricMissing | Reason::MetricNan | Reason::MetricInfinite => {
            Reason::BaselineInvalid
        }
        other => other,
    };
    Box::new(Opinion { reason, ..*opinion })
}

pub(super) fn finite(whose: &str, metric: &str, logged: Metric) -> Answered<f64> {
    match logged.reading {
        Reading::Finite(value) => Ok(value.get()),
        Reading::NaN => no(
            Reason::MetricNan,
            format!("one of {whose}'s values of {metric} is NaN"),
        ),
        other => no(
            Reason::MetricInfinite,
            format!("one of {whose}'s values of {metric} is {other}"),
        ),
    }
}
