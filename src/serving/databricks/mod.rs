//! Databricks Model Serving, over its REST API.
//!
//! The one decision here: the configuration is replaced as a whole, so it is made from the one that
//! was seen: what others deployed stays as it is, and a new version is deployed as the one before
//! it (`databricks-sdk`, `service/serving.py`).

mod wire;

use std::cell::RefCell;

use serde_json::Value;

use self::wire::{Config, EndpointAnswer};
use super::{Change, Endpoint, ServingError};
use crate::mlflow::{Answer, Client, Order, Question, Settings, Workspace};
use crate::observer::Observer;
use crate::rollout::{Exposition, Measurement, Seen, Update};

/// How a new version is deployed; what is `None` is as for the version before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// The registered model that is served.
    pub entity: String,
    /// The workload size.
    pub size: Option<String>,
    /// Whether it scales to zero.
    pub scale_to_zero: Option<bool>,
}

/// An endpoint of Databricks Model Serving.
pub struct DatabricksEndpoint<'e> {
    name: String,
    workload: Workload,
    profile: Option<String>,
    environment: &'e dyn Fn(&str) -> Option<String>,
    address: String,
    seen: RefCell<Option<Config>>,
    observer: Observer,
}

impl<'e> DatabricksEndpoint<'e> {
    /// An endpoint of the workspace that `profile` or the environment names. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ServingError::Setting`] for what is missing or cannot be used.
    pub fn open(
        name: &str,
        workload: Workload,
        profile: Option<&str>,
        environment: &'e dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ServingError> {
        let workspace = Workspace::find(profile, environment).map_err(ServingError::of)?;
        Ok(Self {
            name: name.to_owned(),
            workload,
            profile: profile.map(str::to_owned),
            environment,
            address: workspace.address.to_string(),
            seen: RefCell::new(None),
            observer: Observer::nobody(),
        })
    }

    /// The same endpoint, which tells somebody of every request.
    #[must_use]
    pub fn observed(mut self, observer: &Observer) -> Self {
        self.observer = observer.clone();
        self
    }

    /// A client for one question: a rollout takes longer than a token lives.
    fn client(&self) -> Result<Client, ServingError> {
        let profile = self.profile.as_deref();
        let workspace = Workspace::find(profile, self.environment).map_err(ServingError::of)?;
        let settings = Settings::databricks(workspace.sign_in, self.environment);
        let client = Client::new(workspace.address, settings.map_err(ServingError::of)?);
        Ok(client.observed(&self.observer))
    }

    fn get(&self, below: &str) -> Result<Answer, ServingError> {
        let client = self.client()?;
        let question = Question::serving_endpoint(&self.name, below);
        let failed = |failure| ServingError::of(client.conceal(failure));
        let mut answers = client.ask(&[question]).map_err(failed)?;
        match answers.pop() {
            Some(answer) => answer.map_err(failed),
            None => Err(ServingError::silent("no answer")),
        }
    }

    /// What an answer holds, or what its error means.
    fn found(&self, answer: Answer) -> Result<String, ServingError> {
        match answer {
            Answer::Found(body) => Ok(body),
            Answer::Denied { status: 404, .. } => Err(ServingError::NotFound {
                endpoint: self.name.clone(),
            }),
            Answer::Denied {
                status,
                code,
                message,
            } => {
                let message = crate::mlflow::excerpt(&format!("{code}: {message}"));
                if code == "RESOURCE_CONFLICT" {
                    return Err(ServingError::Busy);
                }
                Err(ServingError::of_status(status, &message))
            }
            Answer::NoEndpoint => Err(ServingError::silent(
                "there is no Model Serving at this address (HTTP 404)",
            )),
        }
    }
}

impl Endpoint for DatabricksEndpoint<'_> {
    fn location(&self) -> String {
        format!("{} at {}", self.name, self.address)
    }

    /// As Databricks itself calls a version that has no name: the model's last name and the number.
    fn route_of(&self, version: u64) -> String {
        let model = self.workload.entity.rsplit('.').next().unwrap_or_default();
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        };
        let model: String = model.chars().map(plain).collect();
        format!("{model}-{version}")
    }

    fn look(&self, _: i64) -> Result<Seen, ServingError> {
        let body = self.get("").and_then(|answer| self.found(answer))?;
        let answer: EndpointAnswer = serde_json::from_str(&body).map_err(|error| {
            ServingError::silent(format!("it did not answer as Databricks does: {error}"))
        })?;
        let config = answer.config.unwrap_or_default();
        let seen = Seen {
            routes: config.routes()?,
            versions: config.versions(&self.workload.entity),
            update: match answer.state.config_update.as_str() {
                "NOT_UPDATING" => Update::None,
                "UPDATE_FAILED" | "UPDATE_CANCELED" => Update::Failed,
                _ => Update::Running {
                    towards: answer.pending_config.map(|it| it.routes()).transpose()?,
                },
            },
            ready: answer.state.ready == "READY",
        };
        self.seen.replace(Some(config));
        Ok(seen)
    }

    fn set(&self, change: Change<'_>) -> Result<(), ServingError> {
        let seen = self.seen.borrow();
        let config = seen
            .as_ref()
            .ok_or_else(|| ServingError::silent("it was not looked at"))?;
        let body: Value = config.changed(change, &self.workload)?;
        let client = self.client()?;
        let order = Order::configure_endpoint(&self.name, body);
        let answer = client
            .carry_out(&order)
            .map_err(|failure| ServingError::of(client.conceal(failure)))?;
        self.found(answer).map(drop)
    }

    fn measure(&self) -> Result<Measurement, ServingError> {
        let text = self.get("/metrics").and_then(|answer| self.found(answer))?;
        let text =
            Exposition::read(&text).map_err(|error| ServingError::silent(error.to_string()))?;
        Ok(Measurement::Text(text))
    }
}
