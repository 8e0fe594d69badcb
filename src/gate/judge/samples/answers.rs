//! The answers of a judge to the same requests.

use std::collections::BTreeMap;

use super::Both;
use super::value::{Answered, no, of_baseline};
use crate::evidence::Answer;
use crate::gate::judge::case::Side;
use crate::gate::judge::{aggregate, answers};
use crate::gate::reason::Reason;

/// A judge's answers to the same requests. A row without one could have got any.
pub(super) fn of_both(ours: &Side<'_>, theirs: &Side<'_>, metric: &str) -> Answered<Both<f64>> {
    let judge = aggregate::split(metric).map_or(metric, |(judge, _)| judge);
    let mine = answered(ours, judge)?;
    let other = answered(theirs, judge).map_err(of_baseline)?;
    if mine.keys().ne(other.keys()) {
        let message = format!(
            "the candidate and {} were not evaluated on the same rows",
            theirs.whose
        );
        return no(Reason::NotComparable, message);
    }
    Ok(Both {
        candidate: mine.into_values().collect(),
        baseline: other.into_values().collect(),
    })
}

fn answered(side: &Side<'_>, judge: &str) -> Answered<BTreeMap<String, f64>> {
    let whose = &side.whose;
    let all = match answers::of_judge(side.subject, judge) {
        Ok(Some((_, all))) => all,
        Ok(None) => {
            let message =
                format!("no rows that judges could have answered are recorded for {whose}");
            return no(Reason::EvidenceMissing, message);
        }
        Err(runs) => {
            let message = format!("{judge} answered in several runs: {}", runs.join(", "));
            return no(Reason::AmbiguousMetric, message);
        }
    };
    if let Err(contradiction) = answers::tally(all, judge) {
        return no(Reason::EvidenceUnreadable, contradiction);
    }
    let given: BTreeMap<_, _> = all
        .given
        .iter()
        .filter(|given| given.judge == judge)
        .map(|given| (given.row.as_str(), &given.answer))
        .collect();
    let mut values = BTreeMap::new();
    let mut missing = 0_usize;
    for (row, key) in &all.rows {
        let Some(key) = key else {
            let message = format!("what pairs the rows of {whose} with others is not recorded");
            return no(Reason::EvidenceMissing, message);
        };
        let value = match given.get(row.as_str()) {
            Some(Answer::Number(number)) => number.get(),
            Some(Answer::YesNo(yes)) => f64::from(u8::from(*yes)),
            _ => {
                missing += 1;
                continue;
            }
        };
        if values.insert(key.clone(), value).is_some() {
            let message = format!("two rows of {whose} are the same request, and cannot be paired");
            return no(Reason::NotComparable, message);
        }
    }
    if missing > 0 {
        let message = format!(
            "{judge} has no answer that counts for {missing} of {} rows of {whose}",
            all.rows.len()
        );
        return no(Reason::JudgeIncomplete, message);
    }
    Ok(values)
}
