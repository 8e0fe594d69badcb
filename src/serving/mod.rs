//! The door to serving endpoints: Databricks Model Serving, or whatever a program of the user's
//! can turn.
//!
//! The one decision here: an endpoint is looked at before it is changed, and what was seen is what
//! the change is made from. Nothing that was deployed by others is touched.

mod command;
mod databricks;
mod error;

pub use command::CommandEndpoint;
pub use databricks::{DatabricksEndpoint, Workload};
pub use error::ServingError;

use crate::mlflow;
use crate::rollout::{Measurement, Routes, Seen, Side};

/// A change of an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The version that was served.
    pub from: &'a Side,
    /// The version that is to be served.
    pub to: &'a Side,
    /// How the traffic is to be divided. Of the two versions, one without a share is taken off the
    /// endpoint.
    pub routes: &'a Routes,
}

/// How long an endpoint may take for a change, in milliseconds: `GATEWRIGHT_SERVING_TIMEOUT` in
/// seconds, or this default.
///
/// # Errors
/// [`ServingError::Setting`] when it is not a whole number between 1 and 86400.
pub fn update_limit_ms(
    environment: &dyn Fn(&str) -> Option<String>,
    default: u64,
) -> Result<i64, ServingError> {
    let limit = mlflow::seconds(environment, "GATEWRIGHT_SERVING_TIMEOUT", default);
    let limit = limit.map_err(ServingError::of)?.as_millis();
    Ok(i64::try_from(limit).unwrap_or(i64::MAX))
}

/// Something that serves versions of a model and divides the traffic between them.
pub trait Endpoint {
    /// What it is, for people, without credentials.
    fn location(&self) -> String;

    /// What a version is called behind it that is not there yet.
    fn route_of(&self, version: u64) -> String;

    /// Looks at it. `since_ms` is the moment from which on its metrics matter, in milliseconds
    /// since the Unix epoch.
    ///
    /// # Errors
    /// When it could not be looked at, or what it says makes no sense.
    fn look(&self, since_ms: i64) -> Result<Seen, ServingError>;

    /// Changes it, as it was seen by the last look.
    ///
    /// # Errors
    /// [`ServingError::Busy`] while another change is under way, [`ServingError::Refused`] when it
    /// will not, and every other variant when nobody knows whether it will.
    fn set(&self, change: Change<'_>) -> Result<(), ServingError>;

    /// What was measured, as of now or of the last look.
    ///
    /// # Errors
    /// When the metrics could not be read.
    fn measure(&self) -> Result<Measurement, ServingError>;
}
