//! What is there now.

use crate::commands::gate::Artifacts;
use crate::commands::promote::Place;
use crate::commands::stores::Stores;
use crate::console::Console;
use crate::decision::{Presented, sha256};
use crate::error::Error;
use crate::evidence::{File, ModelVersion, Wanted};
use crate::gate::Candidate;
use crate::gate::need::MODEL_FILE;
use crate::gather;
use crate::promotion::{Chain, Now};
use crate::store::Selector;

/// What is there now. The stores are closed again.
pub(super) struct Look {
    /// What the rules go by.
    pub(super) now: Now,
    /// The ledger.
    pub(super) chain: Chain,
    /// The live version, where the candidate is that, or is what it was copied from.
    pub(super) already: Option<u64>,
    /// Where the candidate's run keeps its files.
    pub(super) artifacts: Option<String>,
    /// The URI of the tracking store, credentials and all: never shown.
    pub(super) tracking_uri: String,
}

/// Who is to be promoted.
pub(super) struct Sought<'a> {
    /// The version that was named: a number or an alias.
    pub(super) named: Option<&'a str>,
    /// The decisions that were handed in.
    pub(super) decisions: &'a [Presented],
    /// Whom the first gate judges.
    pub(super) usual: &'a Candidate,
}

impl Sought<'_> {
    /// Finds the candidate again as it was found when it was judged.
    fn candidate(&self) -> Candidate {
        let text = self.named.map(str::to_owned).or_else(|| {
            let found_by = &self.decisions.first()?.candidate.found_by;
            let number = found_by.strip_prefix("version ");
            number
                .or(found_by.strip_prefix("alias "))
                .map(str::to_owned)
        });
        match text {
            Some(text) => text
                .parse()
                .map_or(Candidate::Alias(text), Candidate::Version),
            None => self.usual.clone(),
        }
    }
}

/// Looks at the registry, and at the files that decisions went by.
pub(super) fn look(
    place: Place<'_>,
    sought: &Sought<'_>,
    console: &Console<'_>,
) -> Result<Look, Error> {
    let stores = place.stores(console)?;
    let registry = stores.registry();
    let chain = place.chain(&stores)?;
    let candidate = sought.candidate();
    if let Candidate::Run(run) = &candidate {
        return Err(Error::usage(
            format!("run {run} is no version, and only a version goes live"),
            "register the model from its run, and name the version with `--candidate`",
        ));
    }
    let candidate = gather::find(&place.origin.name, &candidate, registry.store.as_ref())?;
    let already = already(place, &chain, &candidate, &stores)?;
    Ok(Look {
        now: Now {
            registry: registry.shown.clone(),
            at_ms: console.now.as_millisecond(),
            aliases: chain.aliases().clone(),
            live: chain.live(place.alias()).cloned(),
            model_file: model_file(place, sought.decisions, &candidate, &stores, console)?,
            files: None,
            candidate: candidate.clone(),
        },
        chain,
        already,
        artifacts: artifacts(&candidate, &stores)?,
        tracking_uri: stores.tracking.uri.clone(),
    })
}

/// The live version, where there is nothing to promote.
fn already(
    place: Place<'_>,
    chain: &Chain,
    candidate: &ModelVersion,
    stores: &Stores,
) -> Result<Option<u64>, Error> {
    let Some(live) = chain.aliases().get(place.alias()).copied() else {
        return Ok(None);
    };
    if !place.copies() {
        return Ok(Some(live).filter(|live| *live == candidate.number));
    }
    let model = &place.model.name;
    let store = &stores.registry().store;
    let found = store.versions(model, &[Selector::Number(live)])?;
    let copy = found.into_iter().flatten().next();
    let is_copy = copy.is_some_and(|copy| copy.is_copy_of(&place.origin.name, candidate.number));
    Ok(is_copy.then_some(live))
}

/// The digest of the candidate's `MLmodel` file, where a decision went by one.
fn model_file(
    place: Place<'_>,
    decisions: &[Presented],
    candidate: &ModelVersion,
    stores: &Stores,
    console: &Console<'_>,
) -> Result<Option<String>, Error> {
    let mut decisions = decisions.iter();
    if !decisions.any(|decision| decision.candidate.model_file.is_some()) {
        return Ok(None);
    }
    let lookup = console.environment.lookup();
    let store = stores.tracking.store.as_ref();
    let artifacts = Artifacts::of(store, &stores.tracking.uri, place.folder, &lookup);
    let artifacts = artifacts.observed(&console.observer);
    Ok(match artifacts.read(&candidate.source, MODEL_FILE)? {
        File::Text(text) => Some(sha256(text.as_bytes())),
        File::Absent => None,
    })
}

/// Where the candidate's run keeps its files.
fn artifacts(candidate: &ModelVersion, stores: &Stores) -> Result<Option<String>, Error> {
    let Some(run) = &candidate.run_id else {
        return Ok(None);
    };
    let found = stores.tracking.store.read(&Wanted {
        runs: [run.clone()].into(),
        ..Wanted::default()
    });
    match found {
        Ok(found) => Ok(found.runs.get(run).map(|run| run.artifact_uri.clone())),
        // A version may come from a run that this store does not hold.
        Err(crate::store::StoreError::RunNotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
