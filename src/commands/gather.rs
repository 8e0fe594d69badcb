//! The evidence for a judgement: which stores, which versions, which runs, resolved once.

use std::path::Path;

use crate::console::Console;
use crate::decision::VersionRecord;
use crate::error::Error;
use crate::evidence::{ModelVersion, Run};
use crate::gate::Gate;
use crate::spec::model::DEFAULT_TRACKING_URI;
use crate::spec::{Mlflow, Setting, Spec};
use crate::store::{self, Selector, Store};

/// The stores that are read: mostly one, for runs and for versions.
pub(super) struct Stores {
    pub(super) tracking: Opened,
    separate_registry: Option<Opened>,
}

/// A store, and what reports call it.
pub(super) struct Opened {
    pub(super) store: Box<dyn Store>,
    pub(super) shown: String,
}

impl Opened {
    fn open(uri: &str, folder: &Path, console: &Console<'_>) -> Result<Self, Error> {
        let store = store::open(uri, folder, &console.environment.lookup())?;
        // A file is recorded as the spec has it: where the checkout is differs between machines.
        let is_file = uri.starts_with("sqlite");
        let shown = if is_file {
            uri.to_owned()
        } else {
            store.location().to_owned()
        };
        Ok(Self { store, shown })
    }
}

impl Stores {
    pub(super) fn open(
        mlflow: &Mlflow,
        named: Option<&str>,
        folder: &Path,
        console: &Console<'_>,
    ) -> Result<Self, Error> {
        let lookup = console.environment.lookup();
        let resolve = |setting: &Setting| {
            setting.resolve(&lookup).map_err(|name| {
                Error::usage(
                    format!(
                        "the environment variable `{name}` is not set, and the spec refers to it"
                    ),
                    format!("set {name}, or name the store with `--tracking-uri`"),
                )
            })
        };
        let tracking = match (named, &mlflow.tracking_uri) {
            (Some(uri), _) => uri.to_owned(),
            (None, Some(setting)) => resolve(setting)?,
            (None, None) => {
                lookup("MLFLOW_TRACKING_URI").unwrap_or_else(|| DEFAULT_TRACKING_URI.to_owned())
            }
        };
        let registry = match (named, &mlflow.registry_uri) {
            (None, Some(setting)) => Some(resolve(setting)?).filter(|uri| *uri != tracking),
            _ => None,
        };
        Ok(Self {
            tracking: Opened::open(&tracking, folder, console)?,
            separate_registry: registry
                .map(|uri| Opened::open(&uri, folder, console))
                .transpose()?,
        })
    }

    pub(super) fn registry(&self) -> &Opened {
        self.separate_registry.as_ref().unwrap_or(&self.tracking)
    }
}

/// The versions a judgement is about, resolved once and then fixed.
pub(super) struct Versions {
    pub(super) candidate: ModelVersion,
    found_by: String,
    named: bool,
    pub(super) champion: Option<ModelVersion>,
}

impl Versions {
    pub(super) fn resolve(
        spec: &Spec,
        gate: &Gate,
        named: Option<&str>,
        stores: &Stores,
    ) -> Result<Self, Error> {
        let candidate = named.unwrap_or(&spec.model.candidate_alias);
        let selector = selector(candidate);
        let champion = Selector::Alias(gate.baseline.alias.clone());
        let mut found = stores
            .registry()
            .store
            .versions(&spec.model.name, &[selector.clone(), champion])?
            .into_iter();
        let (Some(candidate_version), Some(champion)) = (found.next(), found.next()) else {
            return Err(Error::Internal(
                "the store answered fewer versions than asked".to_owned(),
            ));
        };
        let candidate = candidate_version.ok_or_else(|| no_candidate(spec, &selector))?;
        let found_by = match &selector {
            Selector::Alias(alias) => format!("alias {alias}"),
            Selector::Number(number) => format!("version {number}"),
        };
        Ok(Self {
            candidate,
            found_by,
            named: named.is_some(),
            champion,
        })
    }

    /// Whether the candidate is the live version itself.
    pub(super) fn are_the_same(&self) -> bool {
        self.champion
            .as_ref()
            .is_some_and(|champion| champion.number == self.candidate.number)
    }

    /// The candidate for the decision.
    pub(super) fn candidate_record(&self, runs: &Runs) -> VersionRecord {
        VersionRecord::of(
            &self.candidate,
            self.found_by.clone(),
            runs.candidate.as_ref(),
        )
    }

    /// The champion for the decision, when there is one.
    pub(super) fn champion_record(&self, runs: &Runs, gate: &Gate) -> Option<VersionRecord> {
        let found_by = format!("alias {}", gate.baseline.alias);
        let champion = self.champion.as_ref()?;
        Some(VersionRecord::of(
            champion,
            found_by,
            runs.champion.as_ref(),
        ))
    }

    /// A candidate found by its usual alias may well be live already: then there is nothing to do.
    /// One that was named to be judged against itself is a mistake.
    pub(super) fn refuse_self_comparison(&self, spec: &Spec) -> Result<(), Error> {
        if !self.named {
            return Ok(());
        }
        Err(Error::usage(
            format!(
                "self-comparison: version {} of `{}` is the champion itself",
                self.candidate.number, spec.model.name
            ),
            "name another version with `--candidate`",
        ))
    }
}

fn selector(text: &str) -> Selector {
    text.parse()
        .map_or_else(|_| Selector::Alias(text.to_owned()), Selector::Number)
}

fn no_candidate(spec: &Spec, selector: &Selector) -> Error {
    let model = &spec.model.name;
    match selector {
        Selector::Alias(alias) => Error::evidence(
            format!("no version of `{model}` has the alias `{alias}`"),
            format!(
                "training sets it: `MlflowClient().set_registered_model_alias(\"{model}\", \"{alias}\", version)`; or name a version with `--candidate`"
            ),
        ),
        Selector::Number(number) => Error::evidence(
            format!("`{model}` has no version {number}"),
            "look up its versions in MLflow, and name one that exists",
        ),
    }
}

/// The runs that made the versions.
#[derive(Default)]
pub(super) struct Runs {
    pub(super) candidate: Option<Run>,
    pub(super) champion: Option<Run>,
}

impl Runs {
    pub(super) fn read(versions: &Versions, stores: &Stores) -> Result<Self, Error> {
        let number = versions.candidate.number;
        let Some(candidate) = versions.candidate.run_id.as_deref() else {
            return Err(Error::evidence(
                format!("version {number} was registered without a run, so it has no metrics"),
                "register the model from the run that evaluated it",
            ));
        };
        let champion = versions
            .champion
            .as_ref()
            .and_then(|version| version.run_id.as_deref());
        let ids: Vec<_> = [Some(candidate), champion].into_iter().flatten().collect();
        let mut runs = stores.tracking.store.runs(&ids)?.into_iter();
        let read = Self {
            candidate: runs.next(),
            champion: champion.and_then(|_| runs.next()),
        };
        if read.candidate.as_ref().is_none_or(|run| run.deleted) {
            return Err(Error::evidence(
                format!(
                    "the run of version {number} was deleted, and a deleted run is no evidence"
                ),
                "restore the run in MLflow, or train again",
            ));
        }
        Ok(read)
    }
}
