//! From stores and files to a recording.

use std::path::Path;

use super::artifacts::Artifacts;
use super::files::Folder;
use super::surroundings::Reading;
use super::{Question, Surroundings};
use crate::commands::load::Loaded;
use crate::commands::stores::Stores;
use crate::decision::{FileRecord, Recording, StoreRecord};
use crate::error::Error;
use crate::evidence::{Evidence, ModelFiles, Reference, Referent, Subject};
use crate::gate::{Gate, Need};
use crate::gather::{self, Choice, Chosen, Files, Resolved};
use crate::observer::Observer;
use crate::spec::Spec;
use crate::store::Selector;

/// Reads everything that a gate judges on.
pub(super) fn record(
    question: Question<'_>,
    loaded: &Loaded,
    spec: &Spec,
    gate: &Gate,
    waivers: Option<FileRecord>,
    around: Surroundings<'_>,
) -> Result<Recording, Error> {
    let mlflow = question.stores(spec)?;
    let stores = Stores::open(
        mlflow,
        question.tracking_uri,
        loaded.folder(),
        around.environment,
        around.observer,
    )?;
    let model = spec.model_of(question.environment);
    let origin = spec.candidate_model_of(question.environment);
    let evidence = evidence(question, spec, gate, &stores, loaded.folder(), around)?;
    let reading = Reading {
        waivers,
        model: origin.name.clone(),
        target: (origin.name != model.name).then(|| model.name.clone()),
        stores: StoreRecord {
            tracking: stores.tracking.shown.clone(),
            registry: stores.registry().shown.clone(),
        },
        evidence,
    };
    Ok(around.recording(spec, gate, question.environment, reading))
}

/// Reads every file of a version of `model` as it is now, for whoever holds them against an
/// attestation.
///
/// # Errors
/// [`Error::Evidence`] where there is no such version, and where not all files could be read.
pub(in crate::commands) fn model_files(
    question: Question<'_>,
    loaded: &Loaded,
    spec: &Spec,
    (model, version): (&str, u64),
    around: Surroundings<'_>,
) -> Result<ModelFiles, Error> {
    let stores = Stores::open(
        question.stores(spec)?,
        question.tracking_uri,
        loaded.folder(),
        around.environment,
        around.observer,
    )?;
    let lookup = around.environment.lookup();
    let tracking = &stores.tracking;
    let store = tracking.store.as_ref();
    let artifacts =
        Artifacts::of(store, &tracking.uri, loaded.folder(), &lookup).observed(around.observer);
    let selector = [Selector::Number(version)];
    let mut found = stores.registry().store.versions(model, &selector)?;
    let Some(found) = found.pop().flatten() else {
        return Err(Error::evidence(
            format!("`{model}` has no version {version}"),
            "it was deleted, or it is in another registry: name the environment with `--env`",
        ));
    };
    let subject = Subject {
        version: Some(found),
        ..Subject::default()
    };
    Ok(artifacts.model_files(&subject)?)
}

/// A candidate that is live already is not read about: there is nothing to judge.
fn evidence(
    question: Question<'_>,
    spec: &Spec,
    gate: &Gate,
    stores: &Stores,
    folder: &Path,
    around: Surroundings<'_>,
) -> Result<Evidence, Error> {
    let named = question.candidate();
    let here = spec.gate_in(gate, question.environment);
    let need = Need::of(gate);
    let now_ms = around.now.as_millisecond();
    let resolved = gather::resolve(gather::Question {
        model: &spec.model_of(question.environment).name,
        origin: &spec.candidate_model_of(question.environment).name,
        candidate: named.as_ref().unwrap_or(&here.candidate),
        live_alias: &here.baseline.alias,
        references: &need.references,
        registry: stores.registry().store.as_ref(),
    })?;
    tell(&resolved, around.observer);
    if resolved.is_live() {
        if named.is_some() {
            let origin = spec.candidate_model_of(question.environment);
            return Err(self_comparison(&origin.name, &resolved.candidate));
        }
        return Ok(live(&resolved, now_ms));
    }
    let store = stores.tracking.store.as_ref();
    let lookup = around.environment.lookup();
    let artifacts = Artifacts::of(store, &stores.tracking.uri, folder, &lookup);
    let artifacts = artifacts.observed(around.observer);
    let beside = Folder::beside(folder);
    let files = Files {
        artifact: &|location, path| artifacts.read(location, path),
        beside_spec: &|path| beside.read(path),
    };
    let mut evidence = gather::collect(&resolved, &need, store, files, now_ms)?;
    if question.model_files || spec.promotion.require_attestation {
        let files = artifacts.model_files(&evidence.candidate)?;
        evidence.candidate.model_files = Some(files);
    }
    Ok(evidence)
}

/// Says who is judged, and whom each reference stands for.
fn tell(resolved: &Resolved, observer: &Observer) {
    let name = |chosen: &Chosen| {
        let run = chosen.run_id.as_deref().unwrap_or("none");
        match &chosen.version {
            Some(version) => format!("version {}, run {run}", version.number),
            None => format!("run {run}"),
        }
    };
    let candidate = &resolved.candidate;
    observer.note(|| format!("candidate ({}): {}", candidate.found_by, name(candidate)));
    for (reference, choice) in &resolved.references {
        observer.note(|| match choice {
            Choice::Absent => format!("{reference}: none yet"),
            Choice::One(chosen) => format!("{reference}: {}", name(chosen)),
            Choice::Many(many) => {
                let many: Vec<_> = many.iter().map(name).collect();
                format!("{reference}: {}", many.join("; "))
            }
        });
    }
}

/// What is recorded where nothing had to be read.
fn live(resolved: &Resolved, now_ms: i64) -> Evidence {
    let subject = Subject {
        found_by: resolved.candidate.found_by.clone(),
        version: resolved.candidate.version.clone(),
        ..Subject::default()
    };
    let champion = Referent::One(Box::new(subject.clone()));
    Evidence {
        taken_at_ms: now_ms,
        candidate: subject,
        references: [(Reference::Champion, champion)].into(),
        ..Evidence::default()
    }
}

/// A candidate found by its usual alias may well be live already: then there is nothing to do.
/// One that was named to be judged against itself is a mistake.
fn self_comparison(model: &str, candidate: &Chosen) -> Error {
    let version = candidate
        .version
        .as_ref()
        .map_or(0, |version| version.number);
    Error::usage(
        format!("self-comparison: version {version} of `{model}` is the champion itself"),
        "name another version with `--candidate`",
    )
}
