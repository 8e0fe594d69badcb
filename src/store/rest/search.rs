//! Versions that are searched for: the newest with a tag, and all of them.
//!
//! The one decision here: the server narrows the search down, and what it found is looked at again.
//! Databases compare text in their own ways, and a filter that is not understood finds everything.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::resolve::Resolved;
use super::server::RestStore;
use crate::evidence::ModelVersion;
use crate::mlflow::{Answer, ModelVersionAnswer, ModelVersionsAnswer, Question};
use crate::store::StoreError;

/// The most versions that are looked through. MLflow itself stops at 200 000.
const MOST_VERSIONS: usize = 200_000;

/// How many versions are read at once where a search leaves their tags out.
const AT_ONCE: usize = 8;

impl RestStore {
    /// The version with the highest number among those with this tag.
    pub(super) fn newest(
        &self,
        model: &str,
        (tag, value): (&str, &str),
        question: &Question,
        answer: Answer,
    ) -> Result<Resolved, StoreError> {
        let mut versions = self.all(model, question, answer)?;
        if versions.is_empty() {
            return Ok(Resolved::Absent {
                message: format!("no version has the tag `{tag}`"),
            });
        }
        versions.sort_by_key(|version| Reverse(version.number));
        let has_tag =
            |version: &ModelVersion| version.tags.get(tag).is_some_and(|found| found == value);
        let found = |version| Resolved::Version(Box::new(version));
        if self.registry.search_shows_tags() {
            let newest = versions.into_iter().find(has_tag);
            return Ok(newest.map_or(Resolved::Nothing, found));
        }
        for some in versions.chunks(AT_ONCE) {
            let whole = self.whole(model, some)?;
            if let Some(newest) = whole.into_iter().find(has_tag) {
                return Ok(found(newest));
            }
        }
        Ok(Resolved::Nothing)
    }

    /// Every version of a model, with tags. A model without versions has none; no model is an error.
    pub(super) fn every(&self, model: &str) -> Result<Vec<ModelVersion>, StoreError> {
        let question = self.registry.search(model, None);
        let question = question.map_err(|failure| self.fail(failure))?;
        let mut versions = Vec::new();
        for answer in self.ask(std::slice::from_ref(&question))? {
            versions.extend(self.all(model, &question, answer)?);
        }
        if versions.is_empty() {
            self.model(model)?;
        }
        if self.registry.search_shows_tags() {
            return Ok(versions);
        }
        self.whole(model, &versions)
    }

    /// Every version of a search, page by page.
    pub(super) fn all(
        &self,
        model: &str,
        question: &Question,
        answer: Answer,
    ) -> Result<Vec<ModelVersion>, StoreError> {
        let mut versions = Vec::new();
        let mut seen = BTreeSet::new();
        let mut page = Some((question.clone(), answer));
        while let Some((question, answer)) = page {
            let found: ModelVersionsAnswer = self.parse(answer)?;
            for version in found.model_versions {
                let Some(version) = self.version(model, version)? else {
                    continue;
                };
                if !seen.insert(version.number) {
                    return Err(self.malformed("the versions changed while they were read"));
                }
                versions.push(version);
            }
            if versions.len() > MOST_VERSIONS {
                return Err(self.too_large(MOST_VERSIONS, "versions of one model"));
            }
            page = match self.next_page(&question, found.next_page_token)? {
                Some(next) => {
                    let answer = self.ask(std::slice::from_ref(&next))?.pop();
                    answer.map(|answer| (next, answer))
                }
                None => None,
            };
        }
        Ok(versions)
    }

    /// The same versions, each asked for by its number, with tags.
    pub(super) fn whole(
        &self,
        model: &str,
        versions: &[ModelVersion],
    ) -> Result<Vec<ModelVersion>, StoreError> {
        let questions: Vec<_> = versions
            .iter()
            .map(|version| self.registry.version(model, version.number))
            .collect();
        let mut whole = Vec::with_capacity(versions.len());
        for (version, answer) in versions.iter().zip(self.ask(&questions)?) {
            let found: ModelVersionAnswer = self.parse(answer)?;
            let found = self.version(model, found.model_version)?;
            match found.filter(|found| found.number == version.number) {
                Some(found) => whole.push(found),
                None => return Err(self.malformed("the versions changed while they were read")),
            }
        }
        Ok(whole)
    }
}
