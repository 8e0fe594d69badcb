//! The client's settings: MLflow's environment variables where it has one.
//!
//! The one decision here: a setting that cannot be understood is an error. A misspelt time-out
//! that silently becomes the default is found on the day it is needed.

use std::time::Duration;

use super::address::Address;
use super::auth::Credentials;
use super::failure::Failure;

/// How the client behaves.
pub(crate) struct Settings {
    /// How requests are signed.
    pub(crate) credentials: Credentials,
    /// The value of the header `X-MLFLOW-WORKSPACE`.
    pub(crate) workspace: Option<String>,
    /// How long one request may take, from connecting to the last byte.
    pub(crate) request_timeout: Duration,
    /// How long everything may take, from the first request on.
    pub(crate) deadline: Duration,
    /// How often a request is repeated.
    pub(crate) retries: u32,
    /// Whether any certificate is accepted.
    pub(crate) insecure_tls: bool,
    /// A PEM file with the authorities to trust instead of the system's.
    pub(crate) server_certificates: Option<String>,
    /// A PEM file with our own certificate and its key.
    pub(crate) client_certificate: Option<String>,
}

impl Settings {
    /// Reads the settings for the server at `address`.
    ///
    /// # Errors
    /// [`Failure::Setting`] naming the variable.
    pub(crate) fn read(
        address: &Address,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let path = |name: &str| environment(name).filter(|value| !value.is_empty());
        let settings = Self {
            credentials: Credentials::find(address.userinfo(), environment)?,
            workspace: workspace(environment)?,
            request_timeout: seconds(environment, "MLFLOW_HTTP_REQUEST_TIMEOUT", 30)?,
            deadline: seconds(environment, "GATEWRIGHT_HTTP_DEADLINE", 120)?,
            retries: retries(environment)?,
            insecure_tls: flag(environment, "MLFLOW_TRACKING_INSECURE_TLS")?,
            server_certificates: path("MLFLOW_TRACKING_SERVER_CERT_PATH"),
            client_certificate: path("MLFLOW_TRACKING_CLIENT_CERT_PATH"),
        };
        if settings.insecure_tls && settings.server_certificates.is_some() {
            return Err(Failure::Setting {
                name: "MLFLOW_TRACKING_SERVER_CERT_PATH".to_owned(),
                reason: "MLFLOW_TRACKING_INSECURE_TLS contradicts it".to_owned(),
            });
        }
        Ok(settings)
    }
}

/// The workspace that is asked for (`mlflow/utils/workspace_context.py`), when there is one.
///
/// # Errors
/// [`Failure::Setting`] when no header could carry it.
pub(crate) fn workspace(
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<String>, Failure> {
    let name = "MLFLOW_WORKSPACE";
    let Some(value) = environment(name) else {
        return Ok(None);
    };
    let value = value.trim();
    if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        let reason = "a workspace's name holds only visible ASCII characters".to_owned();
        return Err(Failure::Setting {
            name: name.to_owned(),
            reason,
        });
    }
    Ok((!value.is_empty()).then(|| value.to_owned()))
}

/// A duration in whole seconds, at most a day.
///
/// # Errors
/// [`Failure::Setting`] when it is not a whole number between 1 and 86400.
pub(crate) fn seconds(
    environment: &dyn Fn(&str) -> Option<String>,
    name: &str,
    default: u64,
) -> Result<Duration, Failure> {
    let wanted = "a whole number of seconds between 1 and 86400";
    number(environment, name, default, 1..=86_400, wanted).map(Duration::from_secs)
}

fn retries(environment: &dyn Fn(&str) -> Option<String>) -> Result<u32, Failure> {
    let wanted = "a whole number between 0 and 20";
    let retries = number(
        environment,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES",
        3,
        0..=20,
        wanted,
    )?;
    Ok(u32::try_from(retries).unwrap_or(u32::MAX))
}

fn number(
    environment: &dyn Fn(&str) -> Option<String>,
    name: &str,
    default: u64,
    range: std::ops::RangeInclusive<u64>,
    wanted: &str,
) -> Result<u64, Failure> {
    match environment(name).as_deref().map(str::trim) {
        None | Some("") => Ok(default),
        Some(text) => text
            .parse()
            .ok()
            .filter(|value| range.contains(value))
            .ok_or_else(|| Failure::Setting {
                name: name.to_owned(),
                reason: format!("it is not {wanted}"),
            }),
    }
}

/// A switch as MLflow reads it (`_BooleanEnvironmentVariable`).
fn flag(environment: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<bool, Failure> {
    match environment(name)
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "" | "false" | "0" => Ok(false),
        "true" | "1" => Ok(true),
        _ => Err(Failure::Setting {
            name: name.to_owned(),
            reason: "it is neither `true` nor `false`".to_owned(),
        }),
    }
}
