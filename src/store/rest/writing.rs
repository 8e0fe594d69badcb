//! What the writing door needs of the server: the state of a model, looked at as the reading door
//! looks at everything, and a way to send an order.
//!
//! The one decision here: this file sends orders and gives none. Which order is given, and what it
//! means when it gets no answer, is the writing door's to know.

use std::collections::BTreeMap;
use std::time::Instant;

use super::registry::Registry;
use super::server::{RestStore, is_absent};
use crate::evidence::ModelVersion;
use crate::mlflow::{
    Answer, Failure, ModelVersionAnswer, NewVersion, Order, RegisteredModelAnswer,
};
use crate::store::StoreError;

/// A registered model, as far as promotions change it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Registered {
    /// The version that each alias points to.
    pub(crate) aliases: BTreeMap<String, u64>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

impl RestStore {
    /// Which registry this is.
    pub(crate) fn kind(&self) -> Registry {
        self.registry
    }

    /// The base URL, without credentials.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Gives everything that comes next until `end`; `None` for the full time again.
    pub(crate) fn finish_by(&self, end: Option<Instant>) {
        self.client.finish_by(end);
    }

    /// The aliases and tags of a model.
    ///
    /// # Errors
    /// [`StoreError::ModelNotFound`] when there is no such model, and everything that keeps the
    /// server from answering.
    pub(crate) fn registered(&self, model: &str) -> Result<Registered, StoreError> {
        let checked = self.registry.check(model);
        checked.map_err(|failure| self.fail(failure))?;
        let answer = self.ask(&[self.registry.model(model)])?.pop();
        let answer = answer.ok_or_else(|| self.malformed("it did not answer"))?;
        if is_absent(&answer) {
            return Err(StoreError::ModelNotFound {
                model: model.to_owned(),
            });
        }
        let found = self
            .parse::<RegisteredModelAnswer>(answer)?
            .registered_model;
        if found.name != model {
            return Err(self.malformed("it answered about another model"));
        }
        let mut aliases = BTreeMap::new();
        for one in found.aliases {
            let version = u64::try_from(one.version.0)
                .map_err(|_| self.malformed("an alias points to a negative version"))?;
            // Unity Catalog does not tell cases of letters apart.
            let alias = match self.registry {
                Registry::UnityCatalog => one.alias.to_ascii_lowercase(),
                Registry::Server | Registry::Workspace => one.alias,
            };
            if aliases.insert(alias, version).is_some() {
                return Err(self.malformed("an alias points to two versions"));
            }
        }
        let tags = self.registry_tags(found.tags, "the registered model")?;
        Ok(Registered { aliases, tags })
    }

    /// A version by its number, with its tags; `None` where it does not exist.
    ///
    /// # Errors
    /// Everything that keeps the server from answering.
    pub(crate) fn one_version(
        &self,
        model: &str,
        number: u64,
    ) -> Result<Option<ModelVersion>, StoreError> {
        let answer = self.ask(&[self.registry.version(model, number)])?.pop();
        let answer = answer.ok_or_else(|| self.malformed("it did not answer"))?;
        if is_absent(&answer) {
            return Ok(None);
        }
        let found: ModelVersionAnswer = self.parse(answer)?;
        if i64::try_from(number) != Ok(found.model_version.version.0) {
            return Err(self.malformed("it answered about another version"));
        }
        self.version(model, found.model_version)
    }

    /// A version by its number, ready to be registered once more under another name, with the
    /// source and the status of this one; `None` where it does not exist.
    ///
    /// # Errors
    /// Everything that keeps the server from answering.
    pub(crate) fn original(
        &self,
        model: &str,
        number: u64,
    ) -> Result<Option<(NewVersion, Option<String>)>, StoreError> {
        let checked = self.registry.check(model);
        checked.map_err(|failure| self.fail(failure))?;
        let answer = self.ask(&[self.registry.version(model, number)])?.pop();
        let answer = answer.ok_or_else(|| self.malformed("it did not answer"))?;
        if is_absent(&answer) {
            return Ok(None);
        }
        let mut found = self.parse::<ModelVersionAnswer>(answer)?.model_version;
        let (run_link, description) = (found.run_link.take(), found.description.take());
        if i64::try_from(number) != Ok(found.version.0) {
            return Err(self.malformed("it answered about another version"));
        }
        let Some(version) = self.version(model, found)? else {
            return Ok(None);
        };
        let new = NewVersion {
            source: version.source,
            run_id: version.run_id,
            run_link,
            description,
            tags: version.tags,
        };
        Ok(Some((new, version.status)))
    }

    /// Every version of a model with its tags.
    ///
    /// # Errors
    /// Everything that keeps the server from answering.
    pub(crate) fn all_versions(&self, model: &str) -> Result<Vec<ModelVersion>, StoreError> {
        let question = self.registry.search(model, None);
        let question = question.map_err(|failure| self.fail(failure))?;
        let answer = self.ask(std::slice::from_ref(&question))?.pop();
        let answer = answer.ok_or_else(|| self.malformed("it did not answer"))?;
        let versions = self.all(model, &question, answer)?;
        if self.registry.search_shows_tags() {
            return Ok(versions);
        }
        self.whole(model, &versions)
    }

    /// Sends an order, once. MLflow answers a change with a JSON object; anything else is nothing
    /// that MLflow said.
    ///
    /// # Errors
    /// [`Unheard::Refused`] when MLflow said no, and [`Unheard::Unclear`] when nobody knows.
    pub(crate) fn order(&self, order: &Order) -> Result<(), Unheard> {
        let answer = match self.client.carry_out(order) {
            Ok(answer) => answer,
            Err(failure) => {
                let refused = matches!(
                    failure,
                    Failure::Setting { .. } | Failure::Unauthorized { .. }
                );
                return Err(Unheard::new(refused, self.fail(failure)));
            }
        };
        let refused = match &answer {
            Answer::Found(_) => false,
            Answer::Denied { status, .. } => (400..500).contains(status) && *status != 408,
            Answer::NoEndpoint => true,
        };
        let object = self.parse::<serde_json::Map<String, serde_json::Value>>(answer);
        object
            .map(drop)
            .map_err(|error| Unheard::new(refused, error))
    }
}

/// Why an order was not heard, or not seen to be.
#[derive(Debug)]
pub(crate) enum Unheard {
    /// The server said no.
    Refused(StoreError),
    /// It may have been carried out.
    Unclear(StoreError),
}

impl Unheard {
    fn new(refused: bool, error: StoreError) -> Self {
        if refused {
            Self::Refused(error)
        } else {
            Self::Unclear(error)
        }
    }
}
