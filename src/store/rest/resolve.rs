//! From selectors to versions.
//!
//! The one decision here: "there is none" is only said of a model that is known to exist.

use super::registry::Registry;
use super::server::{RestStore, is_absent};
use crate::evidence::ModelVersion;
use crate::mlflow::{
    self, Answer, Failure, ModelVersionAnswer, RegisteredModel, RegisteredModelAnswer,
};
use crate::store::{Selector, StoreError};

/// The alias that MLflow resolves to the highest version, in any case of letters.
const LATEST: &str = "latest";

/// How MLflow marks a version that was deleted.
const DELETED: &str = "Deleted_Internal";

/// What the server says about one selector.
pub(super) enum Resolved {
    Version(Box<ModelVersion>),
    /// The model exists, and what was selected does not.
    Nothing,
    /// Something does not exist: the model, or only the version.
    Absent {
        message: String,
    },
}

impl RestStore {
    pub(super) fn resolve_all(
        &self,
        model: &str,
        selectors: &[Selector],
    ) -> Result<Vec<Option<ModelVersion>>, StoreError> {
        let questions = selectors
            .iter()
            .map(|selector| self.registry.about(model, selector))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|failure| self.fail(failure))?;
        let answers = self.ask(&questions)?;
        let mut resolved = Vec::with_capacity(selectors.len());
        for ((selector, question), answer) in selectors.iter().zip(&questions).zip(answers) {
            resolved.push(match selector {
                Selector::Newest { tag, value } => {
                    self.newest(model, (tag, value), question, answer)?
                }
                _ => self.resolve(model, selector, answer)?,
            });
        }
        let aliases = if self.must_look_at_model(selectors, &resolved) {
            self.aliases(model)?
        } else {
            Vec::new()
        };
        selectors
            .iter()
            .zip(resolved)
            .map(|(selector, resolved)| self.settle(selector, resolved, &aliases))
            .collect()
    }

    /// Where nothing of a batch proves that the model exists. Unity Catalog says of a missing alias
    /// what it says of a missing model, so its aliases have to be looked at.
    fn must_look_at_model(&self, selectors: &[Selector], resolved: &[Resolved]) -> bool {
        let absent = |resolved: &Resolved| matches!(resolved, Resolved::Absent { .. });
        let unclear = |(selector, resolved): (&Selector, &Resolved)| {
            matches!(selector, Selector::Alias(_)) && absent(resolved)
        };
        let is_catalog = self.registry == Registry::UnityCatalog;
        (is_catalog && selectors.iter().zip(resolved).any(unclear))
            || (!resolved.is_empty() && resolved.iter().all(absent))
    }

    fn resolve(
        &self,
        model: &str,
        selector: &Selector,
        answer: Answer,
    ) -> Result<Resolved, StoreError> {
        if let Answer::Denied {
            status,
            code,
            message,
        } = &answer
        {
            if is_absent(&answer) {
                return Ok(Resolved::Absent {
                    message: message.clone(),
                });
            }
            if let Selector::Alias(alias) = selector
                && is_missing_alias(*status, code, message, alias)
            {
                return Ok(Resolved::Nothing);
            }
        }
        let found: ModelVersionAnswer = self.parse(answer)?;
        let number = found.model_version.version.0;
        if matches!(selector, Selector::Number(asked) if i64::try_from(*asked) != Ok(number)) {
            return Err(self.malformed(format!("it answered about version {number}")));
        }
        if let Selector::Alias(alias) = selector
            && !found.model_version.may_have(alias)
        {
            let reason = format!("it answered about version {number}, which is not `{alias}`");
            return Err(self.malformed(reason));
        }
        let version = self.version(model, found.model_version)?;
        Ok(version.map_or_else(
            || Resolved::Absent {
                message: format!("version {number} was deleted"),
            },
            |version| Resolved::Version(Box::new(version)),
        ))
    }

    /// A version of `model`; `None` for one that was deleted.
    pub(super) fn version(
        &self,
        model: &str,
        found: mlflow::ModelVersion,
    ) -> Result<Option<ModelVersion>, StoreError> {
        if found.name != model {
            return Err(self.malformed("it answered about another model"));
        }
        let number = u64::try_from(found.version.0)
            .map_err(|_| self.malformed("a version has a negative number"))?;
        if found.current_stage.as_deref() == Some(DELETED) {
            return Ok(None);
        }
        Ok(Some(ModelVersion {
            number,
            run_id: found.run_id.filter(|id| !id.is_empty()),
            source: found.source.unwrap_or_default(),
            created_ms: found.creation_timestamp.map(|time| time.0),
            status: found.status.filter(|status| !status.is_empty()),
            tags: self.registry_tags(found.tags, &format!("version {number}"))?,
        }))
    }

    /// The names of a model's aliases.
    ///
    /// # Errors
    /// [`StoreError::ModelNotFound`] when there is no such model.
    fn aliases(&self, model: &str) -> Result<Vec<String>, StoreError> {
        let found = self.model(model)?;
        Ok(found.aliases.into_iter().map(|alias| alias.alias).collect())
    }

    /// A model, with aliases and tags.
    ///
    /// # Errors
    /// [`StoreError::ModelNotFound`] when there is no such model.
    pub(super) fn model(&self, model: &str) -> Result<RegisteredModel, StoreError> {
        let missing = || StoreError::ModelNotFound {
            model: model.to_owned(),
        };
        let mut answers = self.ask(&[self.registry.model(model)])?;
        let answer = answers.pop().filter(|answer| !is_absent(answer));
        let found: RegisteredModelAnswer = self.parse(answer.ok_or_else(missing)?)?;
        let found = found.registered_model;
        if found.name != model {
            return Err(self.malformed("it answered about another model"));
        }
        Ok(found)
    }

    /// What a selector without a version means, once it is certain that the model exists.
    fn settle(
        &self,
        selector: &Selector,
        resolved: Resolved,
        aliases: &[String],
    ) -> Result<Option<ModelVersion>, StoreError> {
        let (message, alias) = match (resolved, selector) {
            (Resolved::Version(version), _) => return Ok(Some(*version)),
            (Resolved::Absent { message }, Selector::Alias(alias)) => (message, alias),
            (Resolved::Nothing | Resolved::Absent { .. }, _) => return Ok(None),
        };
        let exists = match self.registry {
            // The server has another answer for an alias that does not exist.
            Registry::Server => !alias.eq_ignore_ascii_case(LATEST),
            Registry::UnityCatalog | Registry::Workspace => {
                aliases.iter().any(|one| one.eq_ignore_ascii_case(alias))
            }
        };
        if !exists {
            return Ok(None);
        }
        // An alias that exists and points to nothing is not "there is no champion yet".
        let message = format!("the alias `{alias}` points to nothing: {message}");
        Err(self.fail(Failure::Refused {
            status: 404,
            message,
        }))
    }
}

/// MLflow reports a missing alias as an invalid parameter, like many other things; only its
/// message tells them apart (`get_model_version_by_alias` in its SQL and file stores).
fn is_missing_alias(status: u16, code: &str, message: &str, alias: &str) -> bool {
    status == 400
        && code == "INVALID_PARAMETER_VALUE"
        && message
            .strip_prefix("Registered model alias ")
            .is_some_and(|rest| {
                rest.strip_prefix(alias)
                    .is_some_and(|rest| rest.starts_with(" not found"))
            })
}
