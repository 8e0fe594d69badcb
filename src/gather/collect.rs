//! Everything about the versions that were resolved, in one batch, then the files.

use std::collections::BTreeMap;

use super::resolve::{Choice, Chosen, Resolved};
use super::{Files, GatherError};
use crate::evidence::{Evidence, Found, Reference, Referent, Run, Subject, Wanted};
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
    let found = tracking.read(&wanted(resolved, need))?;
    let assembly = Assembly {
        need,
        found: &found,
        files,
    };
    let mut candidate = assembly.subject(&resolved.candidate, !need.signatures_of.is_empty())?;
    candidate.named_runs = need
        .named_runs
        .iter()
        .filter_map(|id| Some((id.clone(), found.runs.get(id)?.clone())))
        .collect();
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
    for chosen in everyone(resolved) {
        let model = chosen
            .version
            .as_ref()
            .and_then(|version| version.logged_model_id());
        wanted.logged_models.extend(model.map(str::to_owned));
        let Some(run) = &chosen.run_id else { continue };
        wanted.runs.insert(run.clone());
        if !need.histories.is_empty() {
            wanted.histories.insert(run.clone(), need.histories.clone());
        }
        if need.children {
            wanted.children_of.insert(run.clone());
        }
        if need.assessments {
            wanted.assessments_of.insert(run.clone());
        }
    }
    wanted
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
            assessments: run_id.and_then(|id| found.assessments.get(id)).cloned(),
            run,
            ..Subject::default()
        };
        if signed {
            self.model_file(&mut subject)?;
        }
        self.tables(&mut subject)?;
        Ok(subject)
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
    if let Some(run) = candidate.named_runs.values().find(|run: &&Run| run.deleted) {
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
