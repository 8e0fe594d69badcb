//! The mean of a judge's answers, as far as it is known.
//!
//! The one decision here: MLflow takes the mean over the rows that the judge answered, so a judge
//! that fails on the hard rows makes a better mean. Here each row without an answer could have got
//! anything on the judge's scale, and the mean is the range of what it could have been.

use bigdecimal::BigDecimal;

use super::answers::{self, Tally};
use super::case::Case;
use super::dataset;
use super::place::Place;
use super::range::Range;
use super::scorers::is_digest;
use crate::evidence::Subject;
use crate::gate::decimal::show;
use crate::gate::rule::Step;

/// How MLflow puts a judge's answers into one number (`mlflow.genai.scorers`, `aggregations`).
const AGGREGATIONS: [&str; 6] = ["mean", "min", "max", "median", "variance", "p90"];

/// What the answers to single rows say about a judge's logged number.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// What the number is known to be: `None` where the rows change nothing.
    pub(super) range: Option<Range>,
    /// Why it is not known at all.
    pub(super) unknown: Option<String>,
    /// The answers contradict themselves: how.
    pub(super) contradiction: Option<String>,
    /// How many rows the evaluation has.
    pub(super) n: Option<u64>,
    /// Who the judge was.
    pub(super) scorers: Option<std::collections::BTreeSet<String>>,
    pub(super) notes: Vec<String>,
    pub(super) derivation: Vec<String>,
}

/// The judge and the aggregation in the name of a metric: `correctness/mean`.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    let (judge, aggregation) = name.rsplit_once('/')?;
    (!judge.is_empty() && AGGREGATIONS.contains(&aggregation)).then_some((judge, aggregation))
}

/// Whether a metric's name is that of a judge's number.
pub(in crate::gate) fn is_aggregate(name: &str) -> bool {
    split(name).is_some()
}

/// What the answers to single rows say about the metric that was found at `place`.
pub(super) fn rows(
    case: &Case<'_>,
    subject: &Subject,
    place: &Place<'_>,
    name: &str,
    logged: &BigDecimal,
    step: Step,
) -> Rows {
    let Some((judge, aggregation)) = split(name) else {
        return Rows::default();
    };
    let evaluation = place.run.is_some_and(dataset::is_evaluation);
    let all = place
        .run_id
        .as_ref()
        .and_then(|id| answers::of_run(subject, id));
    let Some(all) = all else {
        return without_rows(judge, place, evaluation);
    };
    let tally = match answers::tally(all, judge) {
        Ok(tally) => tally,
        Err(contradiction) => {
            return Rows {
                contradiction: Some(contradiction),
                ..Rows::default()
            };
        }
    };
    let question = Question {
        case,
        judge,
        aggregation,
        logged,
        tally: &tally,
    };
    let mut rows = question.answer(step);
    rows.n = u64::try_from(tally.rows).ok();
    // A name is not a definition: only digests can be known to differ.
    let is_known = tally.spoke() && tally.scorers.iter().all(|who| is_digest(who));
    rows.scorers = is_known.then(|| tally.scorers.clone());
    rows
}

/// A number that may be a judge's, without anything known about its rows.
fn without_rows(judge: &str, place: &Place<'_>, evaluation: bool) -> Rows {
    let message = format!(
        "no answers of `{judge}` to single rows are recorded for the value in {}",
        place.name
    );
    if evaluation {
        return Rows {
            unknown: Some(message),
            ..Rows::default()
        };
    }
    Rows {
        derivation: vec![message],
        ..Rows::default()
    }
}

struct Question<'a> {
    case: &'a Case<'a>,
    judge: &'a str,
    aggregation: &'a str,
    logged: &'a BigDecimal,
    tally: &'a Tally,
}

impl Question<'_> {
    fn answer(&self, step: Step) -> Rows {
        let tally = self.tally;
        let missing = tally.rows.saturating_sub(tally.numbers.len());
        let mut rows = Rows::default();
        rows.derivation.push(format!(
            "{} gave a number for {} of {} rows",
            self.judge,
            tally.numbers.len(),
            tally.rows
        ));
        if missing > 0 {
            rows.notes.push(self.incomplete(missing));
        }
        let contradicts = self.contradicts();
        if let Some(mean) = &contradicts {
            rows.notes.push(format!(
                "the logged {}/mean is {}, and the mean of the recorded answers is {}",
                self.judge,
                show(self.logged),
                show(&mean.round(6))
            ));
        }
        if missing == 0 && contradicts.is_none() {
            return rows;
        }
        if step == Step::Best || step == Step::Mean {
            rows.unknown = Some(format!(
                "{} did not answer every row, and which rows an earlier value counted is not recorded",
                self.judge
            ));
            return rows;
        }
        match self.range(missing) {
            Ok((range, how)) => {
                let range = match contradicts {
                    Some(mean) => range.including(self.logged).including(&mean),
                    None => range,
                };
                rows.derivation.push(how);
                rows.range = Some(range);
            }
            Err(why) => rows.unknown = Some(why),
        }
        rows
    }

    fn incomplete(&self, missing: usize) -> String {
        let because = self
            .tally
            .failure
            .as_ref()
            .map(|why| format!(": {}", first_line(why)))
            .unwrap_or_default();
        format!(
            "{} has no answer that counts for {missing} of {} rows{because}",
            self.judge, self.tally.rows
        )
    }

    /// The mean of the recorded answers, where the logged mean is another one. Both are means of
    /// the same doubles, and MLflow's is rounded on the way.
    fn contradicts(&self) -> Option<BigDecimal> {
        let numbers = &self.tally.numbers;
        if self.aggregation != "mean" || numbers.is_empty() {
            return None;
        }
        let sum: BigDecimal = numbers.iter().sum();
        let mean = sum / count(numbers.len());
        let room = (mean.abs() + BigDecimal::from(1)) * BigDecimal::new(1.into(), 9);
        ((&mean - self.logged).abs() > room).then_some(mean)
    }

    /// What the number would be, had the judge answered every row.
    fn range(&self, missing: usize) -> Result<(Range, String), String> {
        let numbers = &self.tally.numbers;
        if missing == 0 {
            return Ok((
                Range::point(self.logged.clone()),
                "every row counts".to_owned(),
            ));
        }
        let scale = self.scale()?;
        let (low, high) = (scale.low(), scale.high());
        if let Some(outside) = numbers
            .iter()
            .find(|number| *number < low || *number > high)
        {
            return Err(format!(
                "{} answered {}, which is not on its scale from {} to {}",
                self.judge,
                show(outside),
                show(low),
                show(high)
            ));
        }
        let sum: BigDecimal = numbers.iter().sum();
        let rows = count(self.tally.rows);
        let end = |each: &BigDecimal| (&sum + each * count(missing)) / &rows;
        let range = match self.aggregation {
            "mean" => Range::between(end(low), end(high)),
            "min" => Range::between(low.clone(), numbers.iter().min().unwrap_or(high).clone()),
            "max" => Range::between(numbers.iter().max().unwrap_or(low).clone(), high.clone()),
            other => {
                return Err(format!(
                    "{} did not answer every row, and the {other} over all of them is not known",
                    self.judge
                ));
            }
        };
        let how = format!(
            "had it answered all {}: ({} + {missing} x {}) / {} to ({} + {missing} x {}) / {}",
            self.tally.rows,
            show(&sum),
            show(low),
            self.tally.rows,
            show(&sum),
            show(high),
            self.tally.rows
        );
        Ok((range, how))
    }

    /// From the worst to the best answer: what the gate says, else 0 to 1 for yes and no.
    fn scale(&self) -> Result<Range, String> {
        if let Some(scale) = self.case.gate.scales.get(self.judge) {
            return Ok(Range::between(scale.worst.clone(), scale.best.clone()));
        }
        if self.tally.is_yes_or_no && self.tally.answered > 0 {
            return Ok(Range::between(BigDecimal::from(0), BigDecimal::from(1)));
        }
        Err(format!(
            "{judge} did not answer every row, and what it could have answered is not known: tell its worst and best answer with `scales: {{{judge}: ...}}`",
            judge = self.judge
        ))
    }
}

fn count(number: usize) -> BigDecimal {
    BigDecimal::from(u64::try_from(number).unwrap_or(u64::MAX))
}

/// A judge's failure may be a whole stack trace.
fn first_line(text: &str) -> String {
    const LIMIT: usize = 120;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= LIMIT {
        return line.to_owned();
    }
    line.chars().take(LIMIT).chain(['…']).collect()
}
