//! The logged values of a metric, paired by step.

use std::collections::{BTreeMap, BTreeSet};

use super::Both;
use super::value::{Answered, finite, no, of_baseline};
use crate::evidence::Metric;
use crate::gate::judge::case::Side;
use crate::gate::reason::Reason;

/// The logged values at the same steps.
pub(super) fn of_both(ours: &Side<'_>, theirs: &Side<'_>, metric: &str) -> Answered<Both<f64>> {
    let (mine, other) = (
        steps(ours, metric)?,
        steps(theirs, metric).map_err(of_baseline)?,
    );
    let keys = |steps: &BTreeMap<i64, f64>| steps.keys().copied().collect::<BTreeSet<_>>();
    if keys(&mine) != keys(&other) {
        let message = format!(
            "the candidate and {} logged {metric} at different steps",
            theirs.whose
        );
        return no(Reason::NotComparable, message);
    }
    Ok(Both {
        candidate: mine.into_values().collect(),
        baseline: other.into_values().collect(),
    })
}

/// The value of each step; of several at one step the last.
fn steps(side: &Side<'_>, metric: &str) -> Answered<BTreeMap<i64, f64>> {
    let whose = &side.whose;
    let run = side.subject.run.as_ref();
    let history = run.and_then(|run| side.subject.histories.get(&run.id)?.get(metric));
    let Some(history) = history.filter(|values| !values.is_empty()) else {
        return no(
            Reason::MetricMissing,
            format!("{whose} has no history of {metric}"),
        );
    };
    let latest = run.and_then(|run| run.metrics.get(metric));
    if !latest.is_some_and(|latest| history.contains(latest)) {
        let message = format!("{whose}'s history of {metric} does not hold its latest value");
        return no(Reason::EvidenceUnreadable, message);
    }
    let mut sorted: Vec<&Metric> = history.iter().collect();
    sorted.sort_by_key(|metric| (metric.step, metric.timestamp_ms));
    let mut values = BTreeMap::new();
    for logged in sorted {
        values.insert(logged.step, finite(whose, metric, *logged)?);
    }
    Ok(values)
}
