//! The data set behind a metric, and the rule that two sides were measured on the same.
//!
//! The one decision here: a data set counts only where MLflow ties it to the measurement: it
//! stands with the logged model's value, or it is the one input of the run that is for evaluation.
//! Anything else is unknown, and unknown is not the same.

use std::collections::BTreeSet;

use super::case::{Case, Side};
use super::place::describe;
use crate::evidence::{Dataset, DatasetInput, ModelMetric, Reference, Run, Subject};
use crate::gate::finding::{Observed, Opinion, Source, Value};
use crate::gate::reason::Reason;

/// The tag by which MLflow says what kind of run it is (since 3.17).
const RUN_TYPE: &str = "mlflow.runType";

/// The tag in which `mlflow.models.evaluate` lists the data sets it measured on, as JSON.
const EVALUATED: &str = "mlflow.datasets";

/// Whether the run is an evaluation by judges (`mlflow.genai.evaluate`).
pub(super) fn is_evaluation(run: &Run) -> bool {
    run.tags
        .get(RUN_TYPE)
        .is_some_and(|kind| kind == "genai_evaluate")
}

/// The data sets that this run logged a metric on, by the logged model.
pub(super) fn logged_by(subject: &Subject, run: &Run, name: &str) -> BTreeSet<Dataset> {
    let metrics = subject.logged_model.iter().flat_map(|model| &model.metrics);
    metrics
        .filter(|metric| metric.name == name && metric.run_id.as_deref() == Some(&run.id))
        .filter_map(|metric| metric.dataset.clone())
        .collect()
}

/// The data set behind a value of the logged model: its own, else that of the run that logged it.
pub(super) fn behind(subject: &Subject, metric: &ModelMetric) -> Option<Dataset> {
    metric.dataset.clone().or_else(|| {
        let run = subject.run_with_id(metric.run_id.as_deref()?)?;
        evaluated_on(subject, run)
    })
}

/// The one data set the run was evaluated on, if it is one.
pub(super) fn evaluated_on(subject: &Subject, run: &Run) -> Option<Dataset> {
    let mut datasets = for_evaluation(subject, run).into_iter();
    let first = datasets.next();
    first.filter(|_| datasets.next().is_none())
}

/// The run's inputs that models are measured on. `mlflow.models.evaluate` and
/// `mlflow.genai.evaluate` log theirs without a context: those count where the run says that it
/// was made by one of them.
fn for_evaluation(subject: &Subject, run: &Run) -> BTreeSet<Dataset> {
    let said: BTreeSet<_> = run
        .datasets
        .iter()
        .filter(|input| input.is_for_evaluation())
        .map(|input| input.dataset.clone())
        .collect();
    if !said.is_empty() {
        return said;
    }
    let judged = subject
        .assessments
        .get(&run.id)
        .is_some_and(|all| !all.given.is_empty());
    let listed = listed(run);
    let counts = |input: &&DatasetInput| {
        let evaluated = judged || is_evaluation(run) || listed.contains(&input.dataset.name);
        input.context.is_none() && evaluated
    };
    let inputs = run.datasets.iter().filter(counts);
    inputs.map(|input| input.dataset.clone()).collect()
}

fn listed(run: &Run) -> BTreeSet<String> {
    #[derive(serde::Deserialize)]
    struct Listed {
        name: String,
    }
    let tag = run.tags.get(EVALUATED).map_or("[]", String::as_str);
    let listed: Vec<Listed> = serde_json::from_str(tag).unwrap_or_default();
    listed.into_iter().map(|listed| listed.name).collect()
}

/// `dataset same REF`: both sides were evaluated on the same data sets, all of them.
pub(super) fn judge(case: &Case<'_>, reference: &Reference) -> Opinion {
    let candidate = case.candidate(None);
    let ours = all(&candidate);
    let mut opinion = match case.others(reference, None) {
        Ok(others) if !ours.is_empty() => compare(&ours, &others),
        Err(opinion) if opinion.reason != Reason::NoBaseline => *opinion,
        Err(opinion) if !ours.is_empty() => *opinion,
        _ => Opinion::new(
            Reason::EvidenceMissing,
            "it is not recorded on which data set the candidate was evaluated",
        ),
    };
    let found = format!("the candidate was evaluated on {}", list(&ours));
    opinion.derivation.insert(0, found);
    opinion.candidate = (!ours.is_empty()).then(|| observed(&candidate, &ours));
    opinion
}

fn compare(ours: &BTreeSet<Dataset>, others: &[Side<'_>]) -> Opinion {
    let mut derivation = Vec::new();
    let mut last = None;
    for other in others {
        let theirs = all(other);
        derivation.push(format!(
            "{} was evaluated on {}",
            other.whose,
            list(&theirs)
        ));
        let opinion = if theirs.is_empty() {
            let message = format!(
                "it is not recorded on which data set {} was evaluated",
                other.whose
            );
            Opinion::new(Reason::EvidenceMissing, message)
        } else if theirs == *ours {
            Opinion::new(Reason::Holds, "holds")
        } else {
            let message = format!(
                "the candidate was evaluated on {}, {} on {}",
                list(ours),
                other.whose,
                list(&theirs)
            );
            Opinion::new(Reason::Violated, message)
        };
        let opinion = Opinion {
            baseline: (!theirs.is_empty()).then(|| observed(other, &theirs)),
            ..opinion
        };
        let stop = opinion.reason != Reason::Holds;
        last = Some(opinion);
        if stop {
            break;
        }
    }
    let opinion = last.unwrap_or_else(|| Opinion::new(Reason::NoBaseline, "nothing to compare"));
    Opinion {
        derivation,
        ..opinion
    }
}

/// Every data set that a measurement of this side is tied to.
fn all(side: &Side<'_>) -> BTreeSet<Dataset> {
    let subject = side.subject;
    let run = subject.run.as_ref();
    let of_run = run
        .map(|run| for_evaluation(subject, run))
        .unwrap_or_default();
    let metrics = subject.logged_model.iter().flat_map(|model| &model.metrics);
    let of_model = metrics.filter_map(|metric| metric.dataset.clone());
    of_run.into_iter().chain(of_model).collect()
}

fn observed(side: &Side<'_>, datasets: &BTreeSet<Dataset>) -> Observed {
    Observed {
        value: Value::Text(list(datasets)),
        source: Source {
            place: side.subject.name(),
            ..Source::default()
        },
    }
}

fn list(datasets: &BTreeSet<Dataset>) -> String {
    if datasets.is_empty() {
        return describe(None);
    }
    let shown: Vec<_> = datasets.iter().map(|set| describe(Some(set))).collect();
    shown.join(", ")
}
