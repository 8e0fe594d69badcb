//! The store behind a tracking server's REST API.
//!
//! The one decision here: every answer must be about the thing that was asked for. A server, a
//! cache or a proxy that answers something else has not answered.

use std::collections::BTreeMap;

use super::{Selector, Store, StoreError};
use crate::evidence::{Found, Metric, Metrics, ModelVersion, Promotion, Reading, Run, Wanted};
use crate::mlflow::{
    self, Answer, Client, Failure, ModelVersionAnswer, Question, RegisteredModelAnswer, RunAnswer,
};

/// The alias that MLflow resolves to the highest version, in any case of letters.
const LATEST: &str = "latest";

/// How MLflow marks a version that was deleted.
const DELETED: &str = "Deleted_Internal";

/// A tracking server.
pub(super) struct RestStore {
    client: Client,
    url: String,
}

/// What the server says about one selector.
enum Resolved {
    Version(ModelVersion),
    /// The model exists, the alias does not.
    NoAlias,
    /// Something does not exist: the model, or only the version.
    Absent {
        message: String,
    },
}

impl RestStore {
    pub(super) fn new(client: Client) -> Self {
        let url = client.address().to_string();
        Self { client, url }
    }

    fn fail(&self, failure: Failure) -> StoreError {
        StoreError::from_failure(&self.url, self.client.conceal(failure))
    }

    fn malformed(&self, reason: String) -> StoreError {
        self.fail(Failure::Malformed { reason })
    }

    /// Asks all questions at once. Where several fail, the first in order is the error, so that
    /// the same failure always reads the same.
    fn ask(&self, questions: &[Question]) -> Result<Vec<Answer>, StoreError> {
        let answers = self
            .client
            .ask(questions)
            .map_err(|failure| self.fail(failure))?;
        answers
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|failure| self.fail(failure))
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
                return Ok(Resolved::NoAlias);
            }
        }
        let found: ModelVersionAnswer = answer.read().map_err(|failure| self.fail(failure))?;
        self.version(model, selector, found.model_version)
    }

    fn version(
        &self,
        model: &str,
        selector: &Selector,
        found: mlflow::ModelVersion,
    ) -> Result<Resolved, StoreError> {
        if found.name != model {
            return Err(self.malformed("it answered about another model".to_owned()));
        }
        let number = u64::try_from(found.version.0)
            .map_err(|_| self.malformed("a version has a negative number".to_owned()))?;
        if matches!(selector, Selector::Number(asked) if *asked != number) {
            return Err(self.malformed(format!("it answered about version {number}")));
        }
        if found.current_stage.as_deref() == Some(DELETED) {
            return Ok(Resolved::Absent {
                message: format!("version {number} was deleted"),
            });
        }
        Ok(Resolved::Version(ModelVersion {
            number,
            run_id: found.run_id.filter(|id| !id.is_empty()),
            source: found.source.unwrap_or_default(),
            created_ms: None,
            tags: BTreeMap::new(),
        }))
    }

    /// Only reached when nothing of a batch proves that the model exists.
    fn require_model(&self, model: &str) -> Result<(), StoreError> {
        let question = Question {
            path: "registered-models/get",
            parameters: vec![("name", model.to_owned())],
        };
        for answer in self.ask(&[question])? {
            if is_absent(&answer) {
                return Err(StoreError::ModelNotFound {
                    model: model.to_owned(),
                });
            }
            let found: RegisteredModelAnswer =
                answer.read().map_err(|failure| self.fail(failure))?;
            if found.registered_model.name != model {
                return Err(self.malformed("it answered about another model".to_owned()));
            }
        }
        Ok(())
    }

    /// What a selector without a version means, once it is certain that the model exists.
    fn settle(
        &self,
        selector: &Selector,
        resolved: Resolved,
    ) -> Result<Option<ModelVersion>, StoreError> {
        match (resolved, selector) {
            (Resolved::Version(version), _) => Ok(Some(version)),
            // An alias that exists and points to nothing is not "there is no champion yet".
            (Resolved::Absent { message }, Selector::Alias(alias))
                if !alias.eq_ignore_ascii_case(LATEST) =>
            {
                let message = format!("the alias `{alias}` points to nothing: {message}");
                Err(self.fail(Failure::Refused {
                    status: 404,
                    message,
                }))
            }
            (Resolved::NoAlias | Resolved::Absent { .. }, _) => Ok(None),
        }
    }

    fn run(&self, id: &str, answer: Answer) -> Result<Run, StoreError> {
        if is_absent(&answer) {
            return Err(StoreError::RunNotFound { run: id.to_owned() });
        }
        let RunAnswer { run } = answer.read().map_err(|failure| self.fail(failure))?;
        if run.info.run_id != id {
            return Err(self.malformed("it answered about another run".to_owned()));
        }
        let deleted = match run.info.lifecycle_stage.as_str() {
            "active" => false,
            "deleted" => true,
            _ => return Err(self.malformed(format!("run `{id}` is neither active nor deleted"))),
        };
        let mut metrics = Metrics::new();
        for metric in run.data.metrics {
            let read = Metric {
                reading: Reading::from_stored(metric.value.0),
                step: metric.step.0,
                timestamp_ms: metric.timestamp.0,
            };
            if metrics.insert(metric.key, read).is_some() {
                return Err(self.malformed(format!("run `{id}` has two values of one metric")));
            }
        }
        let tags = run.data.tags.into_iter().map(|tag| (tag.key, tag.value));
        Ok(Run {
            deleted,
            metrics,
            tags: tags.collect(),
            ..Run::empty(id)
        })
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
        let questions: Vec<_> = selectors
            .iter()
            .map(|selector| about(model, selector))
            .collect();
        let answers = self.ask(&questions)?;
        let resolved = selectors
            .iter()
            .zip(answers)
            .map(|(selector, answer)| self.resolve(model, selector, answer))
            .collect::<Result<Vec<_>, _>>()?;
        let exists = |resolved: &Resolved| !matches!(resolved, Resolved::Absent { .. });
        if !resolved.is_empty() && !resolved.iter().any(exists) {
            self.require_model(model)?;
        }
        selectors
            .iter()
            .zip(resolved)
            .map(|(selector, resolved)| self.settle(selector, resolved))
            .collect()
    }

    fn promotions(&self, _model: &str) -> Result<Vec<Promotion>, StoreError> {
        Ok(Vec::new())
    }

    fn read(&self, wanted: &Wanted) -> Result<Found, StoreError> {
        let questions: Vec<_> = wanted
            .runs
            .iter()
            .map(|id| Question {
                path: "runs/get",
                parameters: vec![("run_id", id.clone())],
            })
            .collect();
        let answers = self.ask(&questions)?;
        let mut found = Found::default();
        for (id, answer) in wanted.runs.iter().zip(answers) {
            found.runs.insert(id.clone(), self.run(id, answer)?);
        }
        Ok(found)
    }
}

fn about(model: &str, selector: &Selector) -> Question {
    let name = ("name", model.to_owned());
    match selector {
        Selector::Alias(alias) => Question {
            path: "registered-models/alias",
            parameters: vec![name, ("alias", alias.clone())],
        },
        Selector::Number(number) => Question {
            path: "model-versions/get",
            parameters: vec![name, ("version", number.to_string())],
        },
        // TODO-NEXT: a search by tag.
        Selector::Newest { .. } => Question {
            path: "model-versions/search",
            parameters: vec![name],
        },
    }
}

/// How MLflow says that a model, a version or a run does not exist.
fn is_absent(answer: &Answer) -> bool {
    matches!(answer, Answer::Denied { status: 404, code, .. } if code == "RESOURCE_DOES_NOT_EXIST")
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
