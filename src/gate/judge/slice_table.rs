//! Slices computed from a logged table.

use bigdecimal::BigDecimal;

use super::case::Case;
use super::logged_table::{read, unusable};
use super::look::broken;
use super::lost;
use super::range::Range;
use super::score::{self, Score};
use super::slice_name::label;
use super::slices::Slice;
use crate::gate::finding::{Observed, Opinion, Source};
use crate::gate::reason::Reason;
use crate::gate::rule::{Columns, SlicesRule, TableColumns};
use crate::table::{Group, Table, TableError};

/// The slices of the table's rows, each with the metric computed from its rows. Every row is in
/// exactly one.
pub(super) fn slices<'a>(
    case: &Case<'a>,
    rule: &'a SlicesRule,
    columns: &TableColumns,
) -> Result<Vec<Slice>, Box<Opinion>> {
    let side = case.candidate(rule.from.as_ref());
    if let Some(how) = side.subject.run.as_ref().and_then(|run| broken(run.status)) {
        let message = format!("the candidate's run {how}");
        return Err(Box::new(Opinion::new(Reason::RunNotFinished, message)));
    }
    let table = read(&side, &columns.path)?;
    let failed = |error: TableError| unusable(&side.whose, &columns.path, &error);
    let values = Values::of(&table, &columns.columns, &rule.metric, failed)?;
    let by: Vec<_> = rule.by.iter().map(String::as_str).collect();
    let groups = table.groups(&by).map_err(failed)?;
    let place = format!("{} of {}", columns.path, side.subject.name());
    let mut slices: Vec<_> = groups
        .iter()
        .map(|group| slice(rule, group, &values, &place))
        .collect();
    match lost::by_table(case, rule, &columns.path, &slices) {
        Ok(lost) => slices.extend(lost),
        Err(unknown) => slices
            .iter_mut()
            .take(1)
            .for_each(|first| first.notes.push(unknown.clone())),
    }
    Ok(slices)
}

/// What of the table the metric is computed from.
enum Values {
    Score(Vec<f64>),
    Labels {
        score: score::LabelScore,
        truth: Vec<String>,
        predicted: Vec<String>,
        positive: Option<String>,
    },
    Numbers {
        score: crate::statistics::RegressionScore,
        truth: Vec<f64>,
        predicted: Vec<f64>,
    },
}

impl Values {
    fn of(
        table: &Table,
        columns: &Columns,
        metric: &str,
        failed: impl Fn(TableError) -> Box<Opinion>,
    ) -> Result<Self, Box<Opinion>> {
        let (target, prediction, positive) = match columns {
            Columns::Score(column) => {
                return Ok(Self::Score(table.numbers(column).map_err(failed)?));
            }
            Columns::Predictions {
                target,
                prediction,
                positive,
            } => (target, prediction, positive),
        };
        let score = Score::of(metric)
            .map_err(|message| Box::new(Opinion::new(Reason::EvidenceUnreadable, message)))?;
        Ok(match score {
            Score::Label(score) => Self::Labels {
                score,
                truth: table.labels(target).map_err(&failed)?,
                predicted: table.labels(prediction).map_err(&failed)?,
                positive: positive.clone(),
            },
            Score::Number(score) => Self::Numbers {
                score,
                truth: table.numbers(target).map_err(&failed)?,
                predicted: table.numbers(prediction).map_err(&failed)?,
            },
        })
    }

    fn on(&self, group: &Group) -> Result<BigDecimal, String> {
        match self {
            Self::Score(values) => score::mean(&group.pick(values)),
            Self::Labels {
                score,
                truth,
                predicted,
                positive,
            } => {
                let (truth, predicted) = (group.pick(truth), group.pick(predicted));
                score::of_labels(*score, &truth, &predicted, positive.as_deref())
            }
            Self::Numbers {
                score,
                truth,
                predicted,
            } => score::of_numbers(*score, &group.pick(truth), &group.pick(predicted)),
        }
    }
}

fn slice(rule: &SlicesRule, group: &Group, values: &Values, place: &str) -> Slice {
    let pairs: Vec<_> = rule
        .by
        .iter()
        .cloned()
        .zip(group.key.iter().cloned())
        .collect();
    let n = u64::try_from(group.rows.len()).unwrap_or(u64::MAX);
    let value = values.on(group);
    let shown = value.as_ref().map(crate::gate::decimal::show);
    let derivation = match &shown {
        Ok(value) => format!("{} over {n} rows of {place}: {value}", rule.metric),
        Err(why) => format!("{} over {n} rows of {place}: {why}", rule.metric),
    };
    Slice {
        name: label(&pairs),
        value: value
            .map(|number| {
                let range = Range::point(number);
                let observed = Observed {
                    value: range.value(),
                    source: Source {
                        place: place.to_owned(),
                        n: Some(n),
                        ..Source::default()
                    },
                };
                (range, observed)
            })
            .map_err(|why| (Reason::TooFew, format!("it has no {}: {why}", rule.metric))),
        n: Ok(n),
        notes: Vec::new(),
        derivation: vec![derivation],
    }
}
