//! Where a model goes live: the model, the alias and the registry of an environment.

use std::path::Path;

use crate::commands::gate::Question;
use crate::commands::load::Loaded;
use crate::commands::stores::{Stores, uris};
use crate::console::Console;
use crate::error::Error;
use crate::evidence::Ledger;
use crate::promotion::Chain;
use crate::registry::{self, Registry};
use crate::spec::{Mlflow, Model, Spec};
use crate::store::StoreError;

/// Where a model goes live.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Place<'a> {
    /// The spec.
    pub(in crate::commands) spec: &'a Spec,
    /// The folder of the spec.
    pub(in crate::commands) folder: &'a Path,
    /// The environment, when one was named.
    pub(in crate::commands) environment: Option<&'a str>,
    /// The registered model, with the alias that is moved.
    pub(in crate::commands) model: &'a Model,
    /// The registered model that the candidate is a version of; mostly the same one.
    pub(in crate::commands) origin: &'a Model,
    mlflow: &'a Mlflow,
    tracking_uri: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// The place that a command line names.
    ///
    /// # Errors
    /// When there is no such environment.
    pub(in crate::commands) fn of(
        spec: &'a Spec,
        loaded: &'a Loaded,
        environment: Option<&'a str>,
        tracking_uri: Option<&'a str>,
    ) -> Result<Self, Error> {
        let question = Question {
            environment,
            ..Question::default()
        };
        Ok(Self {
            spec,
            folder: loaded.folder(),
            environment,
            mlflow: question.stores(spec)?,
            model: spec.model_of(environment),
            origin: spec.candidate_model_of(environment),
            tracking_uri,
        })
    }

    /// The alias that is moved.
    pub(in crate::commands) fn alias(&self) -> &'a str {
        &self.model.live_alias
    }

    /// Whether the candidate is a version of another model, and is copied.
    pub(in crate::commands) fn copies(&self) -> bool {
        self.origin.name != self.model.name
    }

    /// Opens the stores. They have to be dropped before anything is written.
    ///
    /// # Errors
    /// When they cannot be opened.
    pub(in crate::commands) fn stores(&self, console: &Console<'_>) -> Result<Stores, Error> {
        Stores::open(
            self.mlflow,
            self.tracking_uri,
            self.folder,
            &console.environment,
            &console.observer,
        )
    }

    /// Opens the registry for writing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(in crate::commands) fn registry(
        &self,
        console: &Console<'_>,
    ) -> Result<Box<dyn Registry>, Error> {
        let (tracking, registry) = uris(self.mlflow, self.tracking_uri, &console.environment)?;
        let uri = registry.unwrap_or(tracking);
        let lookup = console.environment.lookup();
        Ok(registry::open_observed(
            &uri,
            self.folder,
            &lookup,
            &console.observer,
        )?)
    }

    /// Reads the ledger of the model.
    ///
    /// # Errors
    /// When the registry could not answer, and when there is no such model and nothing is copied to
    /// it.
    pub(in crate::commands) fn chain(&self, stores: &Stores) -> Result<Chain, Error> {
        let name = &self.model.name;
        let ledger = match stores.registry().store.ledger(name) {
            // The first copy makes it.
            Err(StoreError::ModelNotFound { .. }) if self.copies() => Ledger::default(),
            ledger => ledger?,
        };
        Ok(Chain::read(name, &ledger))
    }
}
