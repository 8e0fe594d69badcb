//! Why a metric has no value that could be compared.

use super::case::Side;
use crate::gate::finding::{Observed, Opinion};
use crate::gate::reason::Reason;

/// How many names an opinion lists when the one asked for is missing.
const NEAR_LIMIT: usize = 3;

/// How many names are looked at: thousands of slices may be missing, each among thousands of names.
const LOOKED_AT: usize = 2_000;

/// A metric without a value that could be compared.
#[derive(Debug, Clone)]
pub(super) struct Unseen {
    pub(super) reason: Reason,
    pub(super) message: String,
    /// What was seen all the same: a NaN.
    pub(super) observed: Option<Box<Observed>>,
    pub(super) notes: Vec<String>,
    pub(super) derivation: Vec<String>,
}

impl Unseen {
    pub(super) fn new(reason: Reason, message: String) -> Self {
        Self {
            reason,
            message,
            observed: None,
            notes: Vec::new(),
            derivation: Vec::new(),
        }
    }

    /// There is no such metric, said in the words for this side.
    pub(super) fn missing(side: &Side<'_>, name: &str, message: String) -> Self {
        let step = format!("{}'s {name}: not found", side.whose);
        Self {
            derivation: vec![step],
            ..Self::new(Reason::MetricMissing, message)
        }
    }

    /// There is no such metric, and these are the names there are.
    pub(super) fn absent<'n>(
        side: &Side<'_>,
        name: &str,
        names: impl Iterator<Item = &'n String>,
    ) -> Self {
        let near = nearest(name, names.map(String::as_str));
        let message = if near.is_empty() {
            format!("{} has no metric `{name}`", side.whose)
        } else {
            format!("{} has no metric `{name}`; it has {near}", side.whose)
        };
        Self::missing(side, name, message)
    }

    /// There are values on several data sets.
    pub(super) fn ambiguous(
        side: &Side<'_>,
        name: &str,
        datasets: impl Iterator<Item = String>,
    ) -> Self {
        let datasets: Vec<_> = datasets.collect();
        let message = format!(
            "{} has {name} on several data sets: {}",
            side.whose,
            datasets.join(", ")
        );
        Self {
            derivation: vec![message.clone()],
            ..Self::new(Reason::AmbiguousMetric, message)
        }
    }

    /// The opinion on a candidate that has no value.
    pub(super) fn of_candidate(self) -> Opinion {
        Opinion {
            candidate: self.observed.map(|observed| *observed),
            notes: self.notes,
            derivation: self.derivation,
            ..Opinion::new(self.reason, self.message)
        }
    }

    /// The opinion when the other side has no value.
    pub(super) fn of_baseline(self) -> Opinion {
        let reason = match self.reason {
            Reason::MetricMissing | Reason::MetricNan | Reason::MetricInfinite => {
                Reason::BaselineInvalid
            }
            other => other,
        };
        Opinion {
            baseline: self.observed.map(|observed| *observed),
            notes: self.notes,
            derivation: self.derivation,
            ..Opinion::new(reason, self.message)
        }
    }
}

/// The names most like this one, quoted; empty where there are none.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> String {
    let likeness = |other: &'n str| (strsim::jaro_winkler(name, other), other);
    let mut names: Vec<_> = names.take(LOOKED_AT).map(likeness).collect();
    names.sort_by(|(one, name), (other, another)| {
        other.total_cmp(one).then_with(|| name.cmp(another))
    });
    names.dedup();
    names.truncate(NEAR_LIMIT);
    let near = names.into_iter().map(|(_, near)| format!("`{near}`"));
    near.collect::<Vec<_>>().join(", ")
}
