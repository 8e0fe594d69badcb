//! That both sides were measured on the same data, by the same judge.
//!
//! The one decision here: as for a metric, what is known to differ is refused, and what is not known
//! is said, or refused where the gate asks for knowledge.

use std::collections::BTreeSet;

use super::opinion::no;
use crate::gate::check::Sameness;
use crate::gate::finding::Opinion;
use crate::gate::judge::case::{Case, Side};
use crate::gate::judge::place::describe;
use crate::gate::judge::scorers::is_digest;
use crate::gate::judge::{aggregate, dataset};
use crate::gate::reason::Reason;
use crate::gate::rule::{Samples, TestRule};

/// What a reader should know about the comparison; the error is the whole opinion.
pub(super) fn comparable(
    case: &Case<'_>,
    ours: &Side<'_>,
    theirs: &Side<'_>,
    rule: &TestRule,
) -> Result<Vec<String>, Box<Opinion>> {
    let data = same_data(case.gate.comparability.dataset, ours, theirs)?;
    let judge = match rule.samples {
        Samples::Judge => same_judge(case.gate.comparability.scorers, ours, theirs, &rule.metric)?,
        _ => None,
    };
    Ok(data.into_iter().chain(judge).collect())
}

fn same_data(
    asked: Sameness,
    ours: &Side<'_>,
    theirs: &Side<'_>,
) -> Result<Option<String>, Box<Opinion>> {
    let on = |side: &Side<'_>| {
        let run = side.subject.run.as_ref()?;
        dataset::evaluated_on(side.subject, run)
    };
    match (on(ours), on(theirs)) {
        _ if asked == Sameness::Any => Ok(None),
        (Some(mine), Some(other)) if mine == other => Ok(None),
        (Some(mine), Some(other)) => {
            let message = format!(
                "the candidate was evaluated on {}, {} on {}",
                describe(Some(&mine)),
                theirs.whose,
                describe(Some(&other))
            );
            no(Reason::NotComparable, message)
        }
        _ => unknown(asked, "on which data sets both were evaluated is not known"),
    }
}

/// Names that differ are two judges; names that do not are not known to be one, for a name is not a
/// definition.
fn same_judge(
    asked: Sameness,
    ours: &Side<'_>,
    theirs: &Side<'_>,
    metric: &str,
) -> Result<Option<String>, Box<Opinion>> {
    let judge = aggregate::split(metric).map_or(metric, |(judge, _)| judge);
    let (mine, other) = (who(ours, judge), who(theirs, judge));
    let is_known = |who: &BTreeSet<&str>| !who.is_empty() && who.iter().all(|who| is_digest(who));
    if asked == Sameness::Any {
        return Ok(None);
    }
    if mine != other && !mine.is_empty() && !other.is_empty() {
        let message = format!("the judge behind {metric} is not the same on both sides");
        return no(Reason::NotComparable, message);
    }
    if is_known(&mine) && is_known(&other) {
        return Ok(None);
    }
    let message =
        format!("whether the judge behind {metric} is the same on both sides is not known");
    unknown(asked, &message)
}

fn who<'a>(side: &Side<'a>, judge: &str) -> BTreeSet<&'a str> {
    let given = side.subject.assessments.values().flat_map(|all| &all.given);
    let given = given.filter(|given| given.judge == judge);
    given.map(|given| given.scorer.as_str()).collect()
}

fn unknown(asked: Sameness, message: &str) -> Result<Option<String>, Box<Opinion>> {
    if asked == Sameness::Same {
        return no(Reason::NotComparable, message);
    }
    Ok(Some(message.to_owned()))
}
