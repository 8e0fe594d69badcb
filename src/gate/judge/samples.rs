//! The repeated measurements of both sides that a statistical test is about.
//!
//! The one decision here: every row, run or step of one side has its partner on the other, or there
//! are no pairs. Leaving out what does not fit is how a comparison is made to look good.

use std::collections::{BTreeMap, BTreeSet};

use super::aggregate;
use super::answers;
use super::case::Side;
use super::logged_table::{read, unusable};
use super::look::broken;
use super::score::Score;
use crate::evidence::{Answer, Metric, Reading, Run};
use crate::gate::finding::Opinion;
use crate::gate::reason::Reason;
use crate::gate::rule::{Columns, Samples, TableColumns, TestRule};
use crate::table::{PairBy, Table, TableError, pair};

/// The measurements of both sides.
#[derive(Debug)]
pub(super) enum Measured {
    /// The same rows, runs or steps on both sides, in the same order.
    Paired(Both<f64>),
    /// Runs of both sides that do not belong together.
    Apart(Both<f64>),
    /// Predicted labels of the same rows, and the truth.
    Labels {
        truth: Vec<String>,
        both: Both<String>,
        positive: Option<String>,
    },
    /// Predicted numbers of the same rows, and the truth.
    Numbers { truth: Vec<f64>, both: Both<f64> },
}

/// What both sides measured.
#[derive(Debug)]
pub(super) struct Both<T> {
    pub(super) candidate: Vec<T>,
    pub(super) baseline: Vec<T>,
}

impl Measured {
    /// How many measurements there are; of two samples the smaller.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Paired(both) | Self::Apart(both) | Self::Numbers { both, .. } => {
                both.candidate.len().min(both.baseline.len())
            }
            Self::Labels { both, .. } => both.candidate.len().min(both.baseline.len()),
        }
    }
}

type Answered<T> = Result<T, Box<Opinion>>;

fn no<T>(reason: Reason, message: impl Into<String>) -> Answered<T> {
    Err(Box::new(Opinion::new(reason, message)))
}

/// What the other side lacks is no fault of the candidate's values.
fn of_baseline(opinion: Box<Opinion>) -> Box<Opinion> {
    let reason = match opinion.reason {
        Reason::MetricMissing | Reason::MetricNan | Reason::MetricInfinite => {
            Reason::BaselineInvalid
        }
        other => other,
    };
    Box::new(Opinion { reason, ..*opinion })
}

/// Finds the measurements a rule asks for.
pub(super) fn measured(ours: &Side<'_>, theirs: &Side<'_>, rule: &TestRule) -> Answered<Measured> {
    match &rule.samples {
        Samples::Rows(columns) => rows(ours, theirs, rule, columns),
        Samples::Judge => judged(ours, theirs, &rule.metric).map(Measured::Paired),
        Samples::Runs { pair_by } => runs(ours, theirs, &rule.metric, pair_by.as_deref()),
        Samples::History => history(ours, theirs, &rule.metric).map(Measured::Paired),
    }
}

fn rows(
    ours: &Side<'_>,
    theirs: &Side<'_>,
    rule: &TestRule,
    columns: &TableColumns,
) -> Answered<Measured> {
    let path = &columns.path;
    let (mine, other) = (read(ours, path)?, read(theirs, path)?);
    let by = columns.key.as_deref().map_or(PairBy::Order, PairBy::Key);
    let pairs = pair(&mine, &other, by)
        .map_err(|error| unusable("the candidate and the other side", path, &error))?;
    let tables = Tables {
        sides: [(ours, &mine), (theirs, &other)],
        path,
        pairs,
    };
    match &columns.columns {
        Columns::Score(column) => tables
            .both(|table| table.numbers(column))
            .map(Measured::Paired),
        Columns::Predictions {
            target,
            prediction,
            positive,
        } => match Score::of(&rule.metric) {
            Err(message) => no(Reason::EvidenceUnreadable, message),
            Ok(Score::Label(_)) => Ok(Measured::Labels {
                truth: tables.truth(|table| table.labels(target))?,
                both: tables.both(|table| table.labels(prediction))?,
                positive: positive.clone(),
            }),
            Ok(Score::Number(_)) => Ok(Measured::Numbers {
                truth: tables.truth(|table| table.numbers(target))?,
                both: tables.both(|table| table.numbers(prediction))?,
            }),
        },
    }
}

/// Two tables whose rows belong together.
struct Tables<'a> {
    sides: [(&'a Side<'a>, &'a Table); 2],
    path: &'a str,
    pairs: Vec<(usize, usize)>,
}

impl Tables<'_> {
    /// A column of both, in the order of the pairs.
    fn both<T: Clone>(
        &self,
        column: impl Fn(&Table) -> Result<Vec<T>, TableError>,
    ) -> Answered<Both<T>> {
        let [mine, other] = self.sides.map(|(side, table)| {
            column(table).map_err(|error| unusable(&side.whose, self.path, &error))
        });
        let (mine, other) = (mine?, other?);
        let rows = self.pairs.iter();
        let rows =
            rows.filter_map(|(one, two)| Some((mine.get(*one)?.clone(), other.get(*two)?.clone())));
        let (candidate, baseline) = rows.unzip();
        Ok(Both {
            candidate,
            baseline,
        })
    }

    /// What was true, which both have to agree on.
    fn truth<T: Clone + PartialEq>(
        &self,
        column: impl Fn(&Table) -> Result<Vec<T>, TableError>,
    ) -> Answered<Vec<T>> {
        let both = self.both(column)?;
        let rows = both.candidate.iter().zip(&both.baseline);
        let differing = rows.filter(|(one, other)| one != other).count();
        if differing > 0 {
            let message = format!("the truth in {} differs in {differing} rows", self.path);
            return no(Reason::NotComparable, message);
        }
        Ok(both.candidate)
    }
}

/// A judge's answers to the same requests. A row without one could have got any.
fn judged(ours: &Side<'_>, theirs: &Side<'_>, metric: &str) -> Answered<Both<f64>> {
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

/// One value of each child run.
fn runs(
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

/// The logged values at the same steps.
fn history(ours: &Side<'_>, theirs: &Side<'_>, metric: &str) -> Answered<Both<f64>> {
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

fn finite(whose: &str, metric: &str, logged: Metric) -> Answered<f64> {
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
