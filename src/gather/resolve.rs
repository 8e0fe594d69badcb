//! Words to versions: who is judged, and whom each reference stands for.

use std::collections::{BTreeMap, BTreeSet};
use std::vec::IntoIter;

use super::GatherError;
use crate::evidence::{Ledger, ModelVersion, Reference};
use crate::gate::check::Candidate;
use crate::promotion::Chain;
use crate::store::{Selector, Store, StoreError};

/// What is to be resolved.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The registered model's name: that of the live version.
    pub model: &'a str,
    /// The registered model that the candidate is a version of: mostly the same one. Another where
    /// it is to be copied.
    pub origin: &'a str,
    /// Who is judged.
    pub candidate: &'a Candidate,
    /// The alias that `champion` stands for.
    pub live_alias: &'a str,
    /// The references that checks name.
    pub references: &'a BTreeSet<Reference>,
    /// Where versions and aliases are.
    pub registry: &'a dyn Store,
}

/// A version or a run that was chosen, before anything about it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// How it was found.
    pub found_by: String,
    /// The version, unless it is a bare run.
    pub version: Option<ModelVersion>,
    /// Its run.
    pub run_id: Option<String>,
}

/// Whom a reference stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Nobody (yet).
    Absent,
    /// One version or run.
    One(Chosen),
    /// Several versions, the latest promotion first.
    Many(Vec<Chosen>),
}

/// Who is judged, and whom each reference stands for: fixed from here on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The registered model that the candidate is a version of, where it is another one than the
    /// live version's.
    pub origin: Option<String>,
    /// Who is judged.
    pub candidate: Chosen,
    /// Whom each reference stands for.
    pub references: BTreeMap<Reference, Choice>,
}

impl Resolved {
    /// Whether the candidate is the live version itself.
    #[must_use]
    pub fn is_live(&self) -> bool {
        let number = |chosen: &Chosen| chosen.version.as_ref().map(|version| version.number);
        match self.references.get(&Reference::Champion) {
            Some(Choice::One(champion)) => match (&self.origin, number(&self.candidate)) {
                (_, None) => false,
                (None, candidate) => number(champion) == candidate,
                (Some(origin), Some(candidate)) => champion
                    .version
                    .as_ref()
                    .is_some_and(|version| version.is_copy_of(origin, candidate)),
            },
            _ => false,
        }
    }
}

/// Finds one version of a model.
///
/// # Errors
/// [`GatherError::Candidate`] when there is no such version, [`GatherError::Store`] when the
/// registry could not answer.
pub fn find(
    model: &str,
    candidate: &Candidate,
    registry: &dyn Store,
) -> Result<ModelVersion, GatherError> {
    let Some(selector) = selector(candidate) else {
        return Err(no_candidate(model, candidate));
    };
    let found = registry.versions(model, &[selector])?.into_iter().next();
    found
        .flatten()
        .ok_or_else(|| no_candidate(model, candidate))
}

/// Resolves the candidate and every reference in one round, and what the ledger names in a
/// second one, where a reference asks for it.
///
/// # Errors
/// [`GatherError::Candidate`] when there is no such candidate, [`GatherError::Ledger`] when a
/// reference needs a ledger that is damaged, [`GatherError::Store`] when the registry could not
/// answer.
pub fn resolve(question: Question<'_>) -> Result<Resolved, GatherError> {
    let wanted = selector(question.candidate);
    let named: Vec<_> = question
        .references
        .iter()
        .filter_map(|reference| Some((reference, selector_of(reference, question.live_alias)?)))
        .collect();
    let (first, mut found) = look_up(question, wanted.as_ref(), &named)?;
    let candidate = match (question.candidate, wanted) {
        (Candidate::Run(id), _) => run(id),
        (_, selector) => first
            .zip(selector.as_ref())
            .map(|(version, selector)| chosen(version, describe(selector)))
            .ok_or_else(|| no_candidate(question.origin, question.candidate))?,
    };
    let mut references = BTreeMap::new();
    for (reference, selector) in named {
        let choice = found.next().flatten().map_or(Choice::Absent, |version| {
            Choice::One(chosen(version, describe(&selector)))
        });
        references.insert(reference.clone(), choice);
    }
    for reference in question.references {
        if let Reference::Run(id) = reference {
            references.insert(reference.clone(), Choice::One(run(id)));
        }
    }
    let mut resolved = Resolved {
        origin: (question.origin != question.model).then(|| question.origin.to_owned()),
        candidate,
        references,
    };
    from_record(question, &mut resolved)?;
    Ok(resolved)
}

/// The candidate, and whatever the references name. Of one model they are asked for together.
fn look_up(
    question: Question<'_>,
    candidate: Option<&Selector>,
    named: &[(&Reference, Selector)],
) -> Result<(Option<ModelVersion>, IntoIter<Option<ModelVersion>>), GatherError> {
    let others = named.iter().map(|(_, selector)| selector);
    let ask = |model: &str, selectors: Vec<Selector>| {
        if selectors.is_empty() {
            return Ok(Vec::new());
        }
        question.registry.versions(model, &selectors)
    };
    if question.origin == question.model {
        let selectors = candidate.into_iter().chain(others).cloned().collect();
        let mut found = ask(question.model, selectors)?.into_iter();
        let first = candidate.and_then(|_| found.next()).flatten();
        return Ok((first, found));
    }
    let first = ask(question.origin, candidate.into_iter().cloned().collect())?;
    let found = match ask(question.model, others.cloned().collect()) {
        // Nothing was ever copied there.
        Err(StoreError::ModelNotFound { .. }) => Vec::new(),
        found => found?,
    };
    Ok((first.into_iter().next().flatten(), found.into_iter()))
}

/// What the ledger names: the version live before, and the last ones.
fn from_record(question: Question<'_>, resolved: &mut Resolved) -> Result<(), GatherError> {
    let asked: Vec<_> = question
        .references
        .iter()
        .filter(|reference| {
            matches!(
                reference,
                Reference::Previous | Reference::Median(_) | Reference::Best(_)
            )
        })
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let ledger = match question.registry.ledger(question.model) {
        Err(StoreError::ModelNotFound { .. }) if resolved.origin.is_some() => Ledger::default(),
        ledger => ledger?,
    };
    let chain = Chain::read(question.model, &ledger);
    if let Some(fault) = chain.damage() {
        let fault = fault.clone();
        return Err(GatherError::Ledger { fault });
    }
    let live = last_promoted(&chain, question.live_alias, resolved);
    let selectors: Vec<_> = live.iter().copied().map(Selector::Number).collect();
    let versions = if selectors.is_empty() {
        Vec::new()
    } else {
        question.registry.versions(question.model, &selectors)?
    };
    // A version that was deleted since is no evidence of anything.
    let versions: Vec<_> = versions.into_iter().flatten().collect();
    for reference in asked {
        let choice = pick(reference, &versions, resolved);
        resolved.references.insert(reference.clone(), choice);
    }
    Ok(())
}

/// The versions that had the alias, the latest first, each once, the candidate left out.
fn last_promoted(chain: &Chain, alias: &str, resolved: &Resolved) -> Vec<u64> {
    let candidate = resolved
        .candidate
        .version
        .as_ref()
        .filter(|_| resolved.origin.is_none())
        .map(|version| version.number);
    let mut versions = Vec::new();
    let carried_out = chain.of_alias(alias).filter(|link| link.was_carried_out());
    for number in carried_out.rev().map(|link| link.record.version) {
        if !versions.contains(&number) && Some(number) != candidate {
            versions.push(number);
        }
    }
    versions
}

fn pick(reference: &Reference, versions: &[ModelVersion], resolved: &Resolved) -> Choice {
    let champion = match resolved.references.get(&Reference::Champion) {
        Some(Choice::One(champion)) => champion.version.as_ref().map(|version| version.number),
        _ => None,
    };
    let promoted = |version: &ModelVersion| chosen(version.clone(), "the ledger".to_owned());
    match reference {
        Reference::Median(count) | Reference::Best(count) => {
            let last: Vec<_> = versions
                .iter()
                .take(usize::try_from(*count).unwrap_or(usize::MAX))
                .map(promoted)
                .collect();
            if last.is_empty() {
                Choice::Absent
            } else {
                Choice::Many(last)
            }
        }
        _ => versions
            .iter()
            .find(|version| Some(version.number) != champion)
            .map_or(Choice::Absent, |version| Choice::One(promoted(version))),
    }
}

fn selector(candidate: &Candidate) -> Option<Selector> {
    Some(match candidate {
        Candidate::Alias(alias) => Selector::Alias(alias.clone()),
        Candidate::Version(number) => Selector::Number(*number),
        Candidate::Newest { tag, value } => Selector::Newest {
            tag: tag.clone(),
            value: value.clone(),
        },
        Candidate::Run(_) => return None,
    })
}

fn selector_of(reference: &Reference, live_alias: &str) -> Option<Selector> {
    Some(match reference {
        Reference::Champion => Selector::Alias(live_alias.to_owned()),
        Reference::Alias(alias) => Selector::Alias(alias.clone()),
        Reference::Version(number) => Selector::Number(*number),
        Reference::Previous | Reference::Run(_) | Reference::Median(_) | Reference::Best(_) => {
            return None;
        }
    })
}

fn describe(selector: &Selector) -> String {
    match selector {
        Selector::Alias(alias) => format!("alias {alias}"),
        Selector::Number(number) => format!("version {number}"),
        Selector::Newest { tag, value } => format!("newest with {tag}={value}"),
    }
}

fn chosen(version: ModelVersion, found_by: String) -> Chosen {
    Chosen {
        found_by,
        run_id: version.run_id.clone(),
        version: Some(version),
    }
}

fn run(id: &str) -> Chosen {
    Chosen {
        found_by: format!("run {id}"),
        version: None,
        run_id: Some(id.to_owned()),
    }
}

fn no_candidate(model: &str, candidate: &Candidate) -> GatherError {
    let (message, help) = match candidate {
        Candidate::Alias(alias) => (
            format!("no version of `{model}` has the alias `{alias}`"),
            format!(
                "training sets it: `MlflowClient().set_registered_model_alias(\"{model}\", \"{alias}\", version)`; or name a version with `--candidate`"
            ),
        ),
        Candidate::Version(number) => (
            format!("`{model}` has no version {number}"),
            "look up its versions in MLflow, and name one that exists".to_owned(),
        ),
        Candidate::Run(id) => (format!("there is no run {id}"), String::new()),
        Candidate::Newest { tag, value } => (
            format!("no version of `{model}` has the tag `{tag}` with the value `{value}`"),
            format!(
                "training sets it: `MlflowClient().set_model_version_tag(\"{model}\", version, \"{tag}\", \"{value}\")`"
            ),
        ),
    };
    GatherError::Candidate { message, help }
}
