//! A metric of one side, with everything a rule has to know about it.

use std::collections::BTreeSet;

use bigdecimal::BigDecimal;

use super::aggregate;
use super::case::{Case, Side};
use super::place::{self, Place, describe};
use super::range::Range;
use super::series::{self, Picked};
use super::unseen::Unseen;
use crate::evidence::{Dataset, Reading, RunStatus};
use crate::gate::finding::{Observed, Opinion, Source, Value};
use crate::gate::reason::Reason;
use crate::gate::rule::Step;

/// A number that was seen.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Whose it is, in words.
    pub(super) whose: String,
    /// What reports show.
    pub(super) observed: Observed,
    /// What the number is known to be, or why nothing is.
    pub(super) range: Result<Range, String>,
    /// The run that logged it did not end well: how.
    pub(super) broken: Option<String>,
    /// Who the judge behind it was, where a judge is.
    pub(super) scorers: Option<BTreeSet<String>>,
    pub(super) notes: Vec<String>,
    pub(super) derivation: Vec<String>,
}

impl Seen {
    pub(super) fn dataset(&self) -> Option<&Dataset> {
        self.observed.source.dataset.as_ref()
    }
}

/// Looks at a metric of one side.
pub(super) fn look(
    case: &Case<'_>,
    side: &Side<'_>,
    name: &str,
    step: Step,
) -> Result<Seen, Unseen> {
    let place = place::find(side, name, step)?;
    let whose = &side.whose;
    let picked = series::pick(whose, name, &place.values, step).map_err(|unseen| Unseen {
        notes: place.notes.clone(),
        ..unseen
    })?;
    let observed = Observed {
        source: source(&place, &picked),
        value: picked.value.clone(),
    };
    let read = format!(
        "{whose}'s {name}: {} ({}), read in {} on {}",
        observed.value.exact(),
        picked.how,
        place.name,
        describe(place.dataset.as_ref())
    );
    let number = number(whose, name, &observed).map_err(|unseen| Unseen {
        observed: Some(Box::new(observed.clone())),
        notes: place.notes.clone(),
        derivation: vec![read.clone()],
        ..unseen
    })?;
    let rows = aggregate::rows(case, side.subject, &place, name, &number, step);
    if let Some(contradiction) = rows.contradiction {
        return Err(Unseen {
            observed: Some(Box::new(observed)),
            notes: place.notes,
            derivation: vec![read],
            ..Unseen::new(Reason::EvidenceUnreadable, contradiction)
        });
    }
    let range = match (rows.unknown, rows.range) {
        (Some(why), _) => Err(why),
        (None, Some(range)) => Ok(range),
        (None, None) => Ok(Range::point(number)),
    };
    let (broken, status) = ending(whose, &place);
    let mut seen = Seen {
        whose: whose.clone(),
        range,
        broken,
        scorers: rows.scorers,
        observed,
        notes: [place.notes, status.into_iter().collect(), rows.notes].concat(),
        derivation: [vec![read], rows.derivation].concat(),
    };
    if let Ok(range) = &seen.range
        && range.exact().is_none()
    {
        seen.observed.value = range.value();
    }
    seen.observed.source.n = rows.n.or(seen.observed.source.n);
    Ok(seen)
}

fn source(place: &Place<'_>, picked: &Picked) -> Source {
    Source {
        place: place.name.clone(),
        dataset: place.dataset.clone(),
        step: picked.metric.map(|metric| metric.step),
        timestamp_ms: picked.metric.map(|metric| metric.timestamp_ms),
        n: picked.metric.is_none().then_some(picked.n),
    }
}

fn number(whose: &str, name: &str, observed: &Observed) -> Result<BigDecimal, Unseen> {
    if let Some(number) = observed.value.finite() {
        return Ok(number);
    }
    let reason = match observed.value {
        Value::Reading(Reading::NaN) => Reason::MetricNan,
        _ => Reason::MetricInfinite,
    };
    let shown = observed.value.show(None);
    Err(Unseen::new(reason, format!("{whose}'s {name} is {shown}")))
}

/// How the run that logged a value stands: whether it broke, and what a reader should know.
fn ending(whose: &str, place: &Place<'_>) -> (Option<String>, Option<String>) {
    let Some(run) = place.run else {
        return (None, None);
    };
    let told = |how: &str| format!("{whose}'s run {} {how}", run.id);
    let open = match run.status {
        RunStatus::Running => Some("is still going on (RUNNING)"),
        RunStatus::Scheduled => Some("has not begun (SCHEDULED)"),
        RunStatus::Finished | RunStatus::Failed | RunStatus::Killed => None,
    };
    (broken(run.status).map(told), open.map(told))
}

/// How a run ended that is no evidence of a complete evaluation.
pub(super) fn broken(status: RunStatus) -> Option<&'static str> {
    match status {
        RunStatus::Failed => Some("ended with an error (FAILED)"),
        RunStatus::Killed => Some("was stopped from outside (KILLED)"),
        RunStatus::Finished | RunStatus::Running | RunStatus::Scheduled => None,
    }
}

/// The opinion when what a judge's number could be is not known.
pub(super) fn incomplete(why: &str) -> Opinion {
    Opinion::new(Reason::JudgeIncomplete, why)
}
