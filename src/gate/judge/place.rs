//! Where a metric is read.
//!
//! The one decision here: the run comes first, and what the run does not have is looked for on the
//! logged model, never the other way round; whatever was taken from another place than the one
//! asked for is said. Values on several data sets are never mixed and never chosen between.

use std::collections::BTreeSet;

use super::case::Side;
use super::dataset;
use super::unseen::Unseen;
use crate::evidence::{Dataset, LoggedModel, Metric, ModelMetric, Reading, Run, Subject};
use crate::gate::reason::Reason;
use crate::gate::rule::{ReadFrom, Step};

/// A metric where it was found.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    /// `run 0f3...`, `logged model m-...`.
    pub(super) name: String,
    /// Its values, in the order of step, then timestamp; at least one.
    pub(super) values: Vec<Metric>,
    /// The data set behind them, where it is known.
    pub(super) dataset: Option<Dataset>,
    /// The run that logged them, where that is known.
    pub(super) run_id: Option<String>,
    /// The same run with all it logged, where it was read.
    pub(super) run: Option<&'a Run>,
    /// What a reader should know.
    pub(super) notes: Vec<String>,
}

/// Finds the values of a metric that count for `step`.
pub(super) fn find<'a>(side: &Side<'a>, name: &str, step: Step) -> Result<Place<'a>, Unseen> {
    match side.from {
        ReadFrom::Run => in_run_or_model(side, name, step),
        ReadFrom::Model { dataset } => match &side.subject.logged_model {
            Some(model) => in_model(side, model, name, dataset.as_deref()),
            None => Err(Unseen::missing(
                side,
                name,
                format!(
                    "{} has no logged model to read `{name}` from",
                    side.subject.name()
                ),
            )),
        },
        ReadFrom::NamedRun(id) => {
            let run = side.subject.run_with_id(id).ok_or_else(|| {
                Unseen::missing(side, name, format!("there is no run {id} to read from"))
            })?;
            match run.metrics.get(name) {
                Some(latest) => in_run(side, run, name, *latest, step),
                None => Err(Unseen::absent(side, name, run.metrics.keys())),
            }
        }
    }
}

/// Every name that a metric can be read under there.
pub(super) fn names(side: &Side<'_>) -> BTreeSet<String> {
    let subject = side.subject;
    let of_run = |run: Option<&Run>| -> Vec<String> {
        run.map(|run| run.metrics.keys().cloned().collect())
            .unwrap_or_default()
    };
    let of_model = || -> Vec<String> {
        let metrics = subject.logged_model.iter().flat_map(|model| &model.metrics);
        metrics.map(|metric| metric.name.clone()).collect()
    };
    match side.from {
        ReadFrom::Run => of_run(subject.run.as_ref())
            .into_iter()
            .chain(of_model())
            .collect(),
        ReadFrom::Model { .. } => of_model().into_iter().collect(),
        ReadFrom::NamedRun(id) => of_run(side.subject.run_with_id(id)).into_iter().collect(),
    }
}

fn in_run_or_model<'a>(side: &Side<'a>, name: &str, step: Step) -> Result<Place<'a>, Unseen> {
    let run = side.subject.run.as_ref();
    if let Some((run, latest)) = run.and_then(|run| Some((run, run.metrics.get(name)?))) {
        return in_run(side, run, name, *latest, step);
    }
    let model = side.subject.logged_model.as_ref();
    let Some(model) = model.filter(|model| model.metrics.iter().any(|m| m.name == name)) else {
        return Err(Unseen::absent(side, name, names(side).iter()));
    };
    let mut place = in_model(side, model, name, None)?;
    let run = run.map_or("a run".to_owned(), |run| format!("run {}", run.id));
    place.notes.push(format!(
        "{}'s {name} is not on {run}: taken from logged model {}",
        side.whose, model.id
    ));
    Ok(place)
}

fn in_run<'a>(
    side: &Side<'a>,
    run: &'a Run,
    name: &str,
    latest: Metric,
    step: Step,
) -> Result<Place<'a>, Unseen> {
    let datasets = dataset::logged_by(side.subject, run, name);
    if datasets.len() > 1 {
        return Err(Unseen::ambiguous(side, name, datasets.iter().map(show)));
    }
    let values = if step == Step::Latest {
        vec![latest]
    } else {
        history(side, run, name, latest)?
    };
    let dataset = datasets
        .into_iter()
        .next()
        .or_else(|| dataset::evaluated_on(side.subject, run));
    Ok(Place {
        name: format!("run {}", run.id),
        values,
        dataset,
        run_id: Some(run.id.clone()),
        run: Some(run),
        notes: Vec::new(),
    })
}

/// Every value the run logged. The latest one has to be among them, or something was cut off.
fn history(side: &Side<'_>, run: &Run, name: &str, latest: Metric) -> Result<Vec<Metric>, Unseen> {
    let unreadable = |message: String| Unseen::new(Reason::EvidenceUnreadable, message);
    let values = side
        .subject
        .histories
        .get(&run.id)
        .and_then(|histories| histories.get(name))
        .ok_or_else(|| {
            unreadable(format!(
                "the history of {name} in run {} was not read",
                run.id
            ))
        })?;
    if !values.contains(&latest) {
        return Err(unreadable(format!(
            "the history of {name} in run {} does not hold its latest value",
            run.id
        )));
    }
    Ok(in_order(values.clone()))
}

/// By step, then timestamp, then value: MLflow's order of what is latest.
fn in_order(mut values: Vec<Metric>) -> Vec<Metric> {
    let number = |metric: &Metric| match metric.reading {
        Reading::Finite(value) => value.get(),
        Reading::NegativeInfinity => f64::NEG_INFINITY,
        Reading::PositiveInfinity => f64::INFINITY,
        Reading::NaN => f64::NAN,
    };
    values.sort_by(|one, other| {
        (one.step, one.timestamp_ms)
            .cmp(&(other.step, other.timestamp_ms))
            .then(number(one).total_cmp(&number(other)))
    });
    values
}

fn in_model<'a>(
    side: &Side<'a>,
    model: &'a LoggedModel,
    name: &str,
    asked: Option<&str>,
) -> Result<Place<'a>, Unseen> {
    let named: Vec<_> = model.metrics.iter().filter(|m| m.name == name).collect();
    if named.is_empty() {
        let known = model.metrics.iter().map(|metric| &metric.name);
        return Err(Unseen::absent(side, name, known));
    }
    let behind = |metric: &ModelMetric| dataset::behind(side.subject, metric);
    let chosen: Vec<_> = named
        .iter()
        .copied()
        .filter(|metric| asked.is_none_or(|asked| behind(metric).is_some_and(|d| d.name == asked)))
        .collect();
    let known: BTreeSet<_> = chosen.iter().filter_map(|metric| behind(metric)).collect();
    let stray = |metric: &&&ModelMetric| {
        behind(metric).is_none()
            && !is_copy(
                metric,
                chosen.iter().copied().filter(|m| behind(m).is_some()),
            )
    };
    let strays = chosen.iter().filter(stray).count();
    match (known.len(), strays) {
        (0, 0) => {
            let on: BTreeSet<_> = named.iter().map(|m| describe(behind(m).as_ref())).collect();
            let asked = asked.unwrap_or_default();
            let on: Vec<_> = on.into_iter().collect();
            let message = format!(
                "logged model {} has no `{name}` on data set `{asked}`; it has it on {}",
                model.id,
                on.join(", ")
            );
            Err(Unseen::missing(side, name, message))
        }
        (1, 0) | (0, _) => Ok(on_one(side, model, &chosen, known.into_iter().next())),
        _ => {
            let unknown = (strays > 0).then(|| describe(None));
            Err(Unseen::ambiguous(
                side,
                name,
                known.iter().map(show).chain(unknown),
            ))
        }
    }
}

/// The values of one data set. `mlflow.evaluate` logs each twice: what is the same at the same
/// step is one value.
fn on_one<'a>(
    side: &Side<'a>,
    model: &LoggedModel,
    chosen: &[&ModelMetric],
    dataset: Option<Dataset>,
) -> Place<'a> {
    let recovered = |metric: &ModelMetric| recovered(side.subject, metric);
    let mut values = in_order(chosen.iter().map(|metric| recovered(metric)).collect());
    values.dedup_by_key(|metric| (metric.step, metric.reading.to_string()));
    let last = chosen
        .iter()
        .max_by_key(|metric| (metric.metric.step, metric.metric.timestamp_ms));
    let run_id = last.and_then(|metric| metric.run_id.clone());
    let mut notes = Vec::new();
    if !model.ready {
        notes.push(format!(
            "logged model {} is not ready: its files are not complete",
            model.id
        ));
    }
    Place {
        name: format!("logged model {}", model.id),
        values,
        dataset,
        run: run_id.as_ref().and_then(|id| side.subject.run_with_id(id)),
        run_id,
        notes,
    }
}

/// Whether a value without a data set is one that was logged with its data set as well.
fn is_copy<'m>(metric: &ModelMetric, mut known: impl Iterator<Item = &'m ModelMetric>) -> bool {
    known.any(|other| {
        other.run_id == metric.run_id
            && other.metric.reading == metric.metric.reading
            && other.metric.step == metric.metric.step
    })
}

/// A store may keep a NaN of a logged model as 0; the run that logged it knows better.
fn recovered(subject: &Subject, metric: &ModelMetric) -> Metric {
    let run = metric.run_id.as_ref();
    let run = run.and_then(|id| subject.run_with_id(id));
    let twin = run.and_then(|run| run.metrics.get(&metric.name));
    let is_zero = metric
        .metric
        .reading
        .finite()
        .is_some_and(|value| value.get() == 0.0);
    match twin {
        Some(twin)
            if is_zero && twin.reading == Reading::NaN && twin.step == metric.metric.step =>
        {
            Metric {
                reading: Reading::NaN,
                ..metric.metric
            }
        }
        _ => metric.metric,
    }
}

fn show(dataset: &Dataset) -> String {
    describe(Some(dataset))
}

/// `` `holdout` (f448960a) ``
pub(super) fn describe(dataset: Option<&Dataset>) -> String {
    dataset.map_or_else(
        || "no known data set".to_owned(),
        |dataset| format!("`{}` ({})", dataset.name, dataset.digest),
    )
}
