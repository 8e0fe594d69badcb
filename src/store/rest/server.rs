//! The server: questions to it, and what its failures mean.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::catalog_tag;
use super::registry::Registry;
use super::rounds;
use crate::evidence::{Found, Ledger, ModelVersion, Wanted};
use crate::mlflow::{Answer, Client, Failure, Question, Tag};
use crate::observer::Observer;
use crate::store::{Selector, Store, StoreError};

/// A tracking server, or a Databricks workspace.
pub(crate) struct RestStore {
    pub(super) client: Client,
    pub(super) url: String,
    pub(super) registry: Registry,
}

impl RestStore {
    pub(in crate::store) fn new(client: Client, registry: Registry) -> Self {
        let url = client.address().to_string();
        Self {
            client,
            url,
            registry,
        }
    }

    /// The same store, which tells somebody of every request.
    pub(crate) fn observed(mut self, observer: &Observer) -> Self {
        self.client = self.client.observed(observer);
        self
    }

    pub(super) fn fail(&self, failure: Failure) -> StoreError {
        StoreError::from_failure(&self.url, self.client.conceal(failure))
    }

    pub(super) fn malformed(&self, reason: impl Into<String>) -> StoreError {
        let reason = reason.into();
        self.fail(Failure::Malformed { reason })
    }

    pub(super) fn too_large(&self, limit: usize, what: &str) -> StoreError {
        let reason = format!("more than {limit} {what}");
        self.fail(Failure::TooLarge { reason })
    }

    /// Asks all questions at once. Where several fail, the first in order is the error, so that
    /// the same failure always reads the same.
    pub(super) fn ask(&self, questions: &[Question]) -> Result<Vec<Answer>, StoreError> {
        let answers = self
            .client
            .ask(questions)
            .map_err(|failure| self.fail(failure))?;
        answers
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|failure| self.fail(failure))
    }

    pub(super) fn parse<T: DeserializeOwned>(&self, answer: Answer) -> Result<T, StoreError> {
        answer.read().map_err(|failure| self.fail(failure))
    }

    /// The question for the next page, if there is one.
    pub(super) fn next_page(
        &self,
        question: &Question,
        token: Option<String>,
    ) -> Result<Option<Question>, StoreError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Ok(None);
        };
        let next = question.page(&token);
        if next == *question {
            return Err(self.malformed("its next page is the same page again"));
        }
        Ok(Some(next))
    }

    /// The tags of a registered model or of a version, by the names that they have everywhere.
    pub(super) fn registry_tags(
        &self,
        tags: Vec<Tag>,
        whose: &str,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let tags = self.pairs(tags, whose)?;
        match self.registry {
            Registry::UnityCatalog => catalog_tag::read(tags)
                .map_err(|tag| self.malformed(format!("{whose} has the tag `{tag}` twice"))),
            Registry::Server | Registry::Workspace => Ok(tags),
        }
    }

    /// Names and texts as a map; a name that comes twice is no choice.
    pub(super) fn pairs(
        &self,
        tags: Vec<Tag>,
        whose: &str,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let mut pairs = BTreeMap::new();
        for Tag { key, value } in tags {
            if pairs.insert(key, value).is_some() {
                return Err(self.malformed(format!("{whose} has two values of one name")));
            }
        }
        Ok(pairs)
    }
}

impl Store for RestStore {
    fn location(&self) -> &str {
        &self.url
    }

    fn versions(
        &self,
        model: &str,
        selectors: &[Selector],
    ) -> Result<Vec<Option<ModelVersion>>, StoreError> {
        self.resolve_all(model, selectors)
    }

    fn ledger(&self, model: &str) -> Result<Ledger, StoreError> {
        self.whole_ledger(model)
    }

    fn read(&self, wanted: &Wanted) -> Result<Found, StoreError> {
        rounds::read(self, wanted)
    }
}

/// How MLflow says that a model, a version or a run does not exist.
pub(super) fn is_absent(answer: &Answer) -> bool {
    matches!(answer, Answer::Denied { status: 404, code, .. } if code == "RESOURCE_DOES_NOT_EXIST")
}
