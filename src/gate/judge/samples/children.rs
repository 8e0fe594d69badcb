//! One value of each child run: seeds, folds.

use std::collections::BTreeMap;

use super::value::{Answered, finite, no, of_baseline};
use super::{Both, Measured};
use crate::evidence::Run;
use crate::gate::finding::Opinion;
use crate::gate::judge::case::Side;
use crate::gate::judge::look::broken;
use crate::gate::reason::Reason;

/// One value of each child run.
pub(super) fn of_both(
    ours: &Side<'_>,
    theirs: &Side<'_>,
    metric: &str,
    pair_by: Option<&str>,
) -> Answered<Measured> {
    let (mine, other) = (
        children(ours, metric, pair_by)?,
        children(theirs, metric, pair_by).map_err(of_baseline)?,
    );
    if pair_by.is_some() && mine.keys().ne(other.keys()) {
        let message = format!(
            "the child runs of the candidate and of {} do not belong together",
            theirs.whose
        );
        return no(Reason::NotComparable, message);
    }
    let both = Both {
        candidate: mine.into_values().collect(),
        baseline: other.into_values().collect(),
    };
    Ok(if pair_by.is_some() {
        Measured::Paired(both)
    } else {
        Measured::Apart(both)
    })
}

/// By what pairs them, else by their ids.
fn children(
    side: &Side<'_>,
    metric: &str,
    pair_by: Option<&str>,
) -> Answered<BTreeMap<String, f64>> {
    let whose = &side.whose;
    let Some(children) = side
        .subject
        .children
        .as_ref()
        .filter(|runs| !runs.is_empty())
    else {
        return no(
            Reason::EvidenceMissing,
            format!("{whose} has no child runs"),
        );
    };
    let mut values = BTreeMap::new();
    for run in children {
        if let Some(how) = broken(run.status) {
            return no(
                Reason::RunNotFinished,
                format!("{whose}'s child run {} {how}", run.id),
            );
        }
        let Some(logged) = run.metrics.get(metric) else {
            return no(
                Reason::MetricMissing,
                format!("{whose}'s child run {} has no {metric}", run.id),
            );
        };
        let value = finite(whose, metric, *logged)?;
        let key = match pair_by {
            None => run.id.clone(),
            Some(name) => label(run, name).ok_or_else(|| {
                let message = format!(
                    "{whose}'s child run {} has no param or tag `{name}`",
                    run.id
                );
                Box::new(Opinion::new(Reason::EvidenceMissing, message))
            })?,
        };
        if values.insert(key.clone(), value).is_some() {
            let message = format!("{whose} has two child runs of `{key}`");
            return no(Reason::NotComparable, message);
        }
    }
    Ok(values)
}

fn label(run: &Run, name: &str) -> Option<String> {
    run.params.get(name).or_else(|| run.tags.get(name)).cloned()
}
