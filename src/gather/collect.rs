//! Everything about the versions that were resolved, in one batch, then the files.

use std::collections::{BTreeMap, BTreeSet};

use super::resolve::{Choice, Chosen, Resolved};
use super::{Files, GatherError};
use crate::evidence::{
    Dataset, Evidence, Found, LoggedModel, ModelMetric, Reference, Referent, Run, Subject, Wanted,
};
use crate::gate::need::{MODEL_FILE, Need};
use crate::store::Store;

/// Reads what `need` asks for about everyone in `resolved`. `now_ms` is the moment that ages count
/// to.
///
/// # Errors
/// [`GatherError::Candidate`] when the candidate has no evidence or a person deleted it,
/// [`GatherError::Store`] and [`GatherError::File`] when something could not be looked at.
pub fn collect(
    resolved: &Resolved,
    need: &Need,
    tracking: &dyn Store,
    files: Files<'_>,
    now_ms: i64,
) -> Result<Evidence, GatherError> {
    let mut found = tracking.read(&wanted(resolved, need))?;
    read_evaluations(&mut found, need, tracking)?;
    let assembly = Assembly {
        need,
        found: &found,
        files,
    };
    let mut candidate = assembly.subject(&resolved.candidate, !need.signatures_of.is_empty())?;
    for id in &need.named_runs {
        let run = found.runs.get(id).cloned();
        candidate
            .other_runs
            .extend(run.map(|run| (id.clone(), run)));
        let histories = found.histories.get(id).cloned();
        candidate
            .histories
            .extend(histories.map(|logged| (id.clone(), logged)));
        let given = found.assessments.get(id).cloned();
        candidate
            .assessments
            .extend(given.map(|given| (id.clone(), given)));
    }
    refuse_deleted(&candidate)?;
    let mut references = BTreeMap::new();
    for (reference, choice) in &resolved.references {
        references.insert(reference.clone(), assembly.referent(reference, choice)?);
    }
    let mut imports = BTreeMap::new();
    for path in &need.imports {
        imports.insert(path.clone(), (files.beside_spec)(path)?);
    }
    Ok(Evidence {
        taken_at_ms: now_ms,
        candidate,
        references,
        imports,
    })
}

/// Everyone that evidence is read about.
fn everyone(resolved: &Resolved) -> impl Iterator<Item = &Chosen> {
    let others = resolved
        .references
        .values()
        .flat_map(|choice| match choice {
            Choice::Absent => &[],
            Choice::One(chosen) => std::slice::from_ref(chosen),
            Choice::Many(chosen) => chosen.as_slice(),
        });
    std::iter::once(&resolved.candidate).chain(others)
}

fn wanted(resolved: &Resolved, need: &Need) -> Wanted {
    let mut wanted = Wanted {
        runs: need.named_runs.clone(),
        ..Wanted::default()
    };
    for run in &need.named_runs {
        also(run, need, &mut wanted);
    }
    for chosen in everyone(resolved) {
        let model = chosen
            .version
            .as_ref()
            .and_then(|version| version.logged_model_id());
        wanted.logged_models.extend(model.map(str::to_owned));
        let Some(run) = &chosen.run_id else { continue };
        wanted.runs.insert(run.clone());
        also(run, need, &mut wanted);
        if need.children {
            wanted.children_of.insert(run.clone());
        }
    }
    wanted
}

/// What is wanted of a run besides itself, wherever a check may read its metrics.
fn also(run: &str, need: &Need, wanted: &mut Wanted) {
    if !need.histories.is_empty() {
        let histories = need.histories.clone();
        wanted.histories.insert(run.to_owned(), histories);
    }
    if need.assessments {
        wanted.assessments_of.insert(run.to_owned());
    }
}

/// The runs that evaluated a logged model later, and what judges said in them: which they are is
/// known only now.
fn read_evaluations(
    found: &mut Found,
    need: &Need,
    tracking: &dyn Store,
) -> Result<(), GatherError> {
    let mut wanted = Wanted::default();
    for model in found.logged_models.values() {
        for run in evaluation_runs(model, need) {
            if !found.runs.contains_key(run) {
                wanted.runs.insert(run.to_owned());
                if need.assessments {
                    wanted.assessments_of.insert(run.to_owned());
                }
            }
        }
    }
    if wanted == Wanted::default() {
        return Ok(());
    }
    let later = tracking.read(&wanted)?;
    found.runs.extend(later.runs);
    found.assessments.extend(later.assessments);
    Ok(())
}

/// The runs that logged the latest value of a metric of interest, on each data set.
fn evaluation_runs<'m>(model: &'m LoggedModel, need: &Need) -> BTreeSet<&'m str> {
    let mut latest: BTreeMap<(&str, Option<&Dataset>), &ModelMetric> = BTreeMap::new();
    for value in &model.metrics {
        if !need.wants_evaluation(&value.name) {
            continue;
        }
        let order = |value: &ModelMetric| (value.metric.step, value.metric.timestamp_ms);
        let place = latest
            .entry((&value.name, value.dataset.as_ref()))
            .or_insert(value);
        if order(value) > order(place) {
            *place = value;
        }
    }
    latest
        .values()
        .filter_map(|value| value.run_id.as_deref())
        .collect()
}

#[derive(Clone, Copy)]
struct Assembly<'a> {
    need: &'a Need,
    found: &'a Found,
    files: Files<'a>,
}

impl Assembly<'_> {
    fn referent(&self, reference: &Reference, choice: &Choice) -> Result<Referent, GatherError> {
        let signed = self.need.signatures_of.contains(reference);
        Ok(match choice {
            Choice::Absent => Referent::Absent,
            Choice::One(chosen) => Referent::One(Box::new(self.subject(chosen, signed)?)),
            Choice::Many(chosen) => Referent::Many(
                chosen
                    .iter()
                    .map(|chosen| self.subject(chosen, signed))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    fn subject(&self, chosen: &Chosen, signed: bool) -> Result<Subject, GatherError> {
        let found = self.found;
        let run_id = chosen.run_id.as_ref();
        let run = run_id.and_then(|id| found.runs.get(id)).cloned();
        let histories = run_id.and_then(|id| Some((id.clone(), found.histories.get(id)?.clone())));
        let logged_model = chosen
            .version
            .as_ref()
            .and_then(|version| found.logged_models.get(version.logged_model_id()?))
            .cloned();
        let mut subject = Subject {
            found_by: chosen.found_by.clone(),
            version: chosen.version.clone(),
            logged_model,
            histories: histories.into_iter().collect(),
            children: run_id.and_then(|id| found.children.get(id)).cloned(),
            run,
            ..Subject::default()
        };
        self.evaluations(&mut subject);
        if signed {
            self.model_file(&mut subject)?;
        }
        self.tables(&mut subject)?;
        Ok(subject)
    }

    /// The runs that evaluated it, and what judges said in them and in its own.
    fn evaluations(&self, subject: &mut Subject) {
        let later = subject
            .logged_model
            .iter()
            .flat_map(|model| evaluation_runs(model, self.need));
        let own = subject.run.iter().map(|run| run.id.as_str());
        let runs: BTreeSet<_> = own.chain(later).map(str::to_owned).collect();
        for id in runs {
            let assessments = self.found.assessments.get(&id).cloned();
            subject
                .assessments
                .extend(assessments.map(|given| (id.clone(), given)));
            let is_own = subject.run.as_ref().is_some_and(|run| run.id == id);
            let run = self.found.runs.get(&id).filter(|_| !is_own).cloned();
            subject.other_runs.extend(run.map(|run| (id, run)));
        }
    }

    fn model_file(&self, subject: &mut Subject) -> Result<(), GatherError> {
        let location = match (&subject.logged_model, &subject.version) {
            (Some(model), _) => model.artifact_location.as_str(),
            (None, Some(version)) => version.source.as_str(),
            (None, None) => return Ok(()),
        };
        let file = (self.files.artifact)(location, MODEL_FILE)?;
        subject.files.insert(MODEL_FILE.to_owned(), file);
        Ok(())
    }

    fn tables(&self, subject: &mut Subject) -> Result<(), GatherError> {
        let Some(run) = &subject.run else {
            return Ok(());
        };
        for path in &self.need.tables {
            let file = (self.files.artifact)(&run.artifact_uri, path)?;
            subject.files.insert(path.clone(), file);
        }
        Ok(())
    }
}

/// What a person deleted, and what was registered without a run, is no evidence.
fn refuse_deleted(candidate: &Subject) -> Result<(), GatherError> {
    let name = candidate.name();
    let refused = |message: String, help: &str| {
        Err(GatherError::Candidate {
            message,
            help: help.to_owned(),
        })
    };
    let unready = candidate
        .version
        .as_ref()
        .and_then(|version| version.unready());
    if let Some(status) = unready {
        return refused(
            format!("the registration of {name} is not complete: {status}"),
            "wait until MLflow says READY, or register the model again",
        );
    }
    if candidate.run.is_none() && candidate.logged_model.is_none() {
        return refused(
            format!("{name} was registered without a run, so it has no metrics"),
            "register the model from the run that evaluated it",
        );
    }
    if candidate.run.as_ref().is_some_and(|run| run.deleted) {
        return refused(
            format!("the run of {name} was deleted, and a deleted run is no evidence"),
            "restore the run in MLflow, or train again",
        );
    }
    if candidate
        .logged_model
        .as_ref()
        .is_some_and(|model| model.deleted)
    {
        return refused(
            format!("the logged model of {name} was deleted"),
            "restore it in MLflow, or train again",
        );
    }
    if let Some(run) = candidate.other_runs.values().find(|run: &&Run| run.deleted) {
        return refused(
            format!(
                "the run {} was deleted, and a deleted run is no evidence",
                run.id
            ),
            "restore the run in MLflow, or name another",
        );
    }
    Ok(())
}
