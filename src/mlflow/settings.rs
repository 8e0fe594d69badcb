//! The client's settings: MLflow's environment variables where it has one.
//!
//! The one decision here: a setting that cannot be understood is an error. A misspelt time-out
//! that silently becomes the default is found on the day it is needed.

use std::time::Duration;

use super::address::Address;
use super::attempt::Limits;
use super::auth::Credentials;
use super::databricks::SignIn;
use super::failure::Failure;
use super::tls::Tls;

/// How the client behaves.
pub(crate) struct Settings {
    /// How requests are signed.
    pub(super) signing: Signing,
    /// Headers that every request carries.
    pub(super) headers: Vec<(&'static str, String)>,
    /// How long is waited, and how often.
    pub(super) limits: Limits,
    /// What is special about TLS.
    pub(super) tls: Tls,
}

/// How requests are signed.
pub(super) enum Signing {
    /// With what was configured.
    Ready(Credentials),
    /// With what Databricks gives for what was configured; asked for once, before the first
    /// question.
    Databricks(SignIn),
}

impl Signing {
    /// The way of signing in, without the secret, to follow "asking the server, ".
    pub(super) fn way(&self) -> &'static str {
        match self {
            Self::Ready(credentials) => credentials.way(),
            Self::Databricks(sign_in) => sign_in.way(),
        }
    }
}

impl Settings {
    /// Reads the settings for the tracking server at `address`.
    ///
    /// # Errors
    /// [`Failure::Setting`] naming the variable.
    pub(crate) fn read(
        address: &Address,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let path = |name: &str| environment(name).filter(|value| !value.is_empty());
        let credentials = Credentials::find(address.userinfo(), environment)?;
        let workspace = workspace(environment)?.map(|name| ("X-MLFLOW-WORKSPACE", name));
        let tls = Tls {
            insecure: flag(environment, "MLFLOW_TRACKING_INSECURE_TLS")?,
            server_certificates: path("MLFLOW_TRACKING_SERVER_CERT_PATH"),
            client_certificate: path("MLFLOW_TRACKING_CLIENT_CERT_PATH"),
        };
        if tls.insecure && tls.server_certificates.is_some() {
            return Err(Failure::setting(
                "MLFLOW_TRACKING_SERVER_CERT_PATH",
                "MLFLOW_TRACKING_INSECURE_TLS contradicts it",
            ));
        }
        Ok(Self {
            signing: Signing::Ready(credentials),
            headers: workspace.into_iter().collect(),
            limits: limits(environment)?,
            tls,
        })
    }

    /// The same, with another time for everything together.
    pub(crate) fn within(mut self, deadline: Duration) -> Self {
        self.limits.deadline = deadline;
        self
    }

    /// Reads the settings for a Databricks workspace. The variables about TLS and MLflow's own
    /// workspaces are those of a tracking server, and mean nothing here, as in MLflow's client.
    ///
    /// # Errors
    /// [`Failure::Setting`] naming the variable.
    pub(crate) fn databricks(
        sign_in: SignIn,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            signing: Signing::Databricks(sign_in),
            headers: Vec::new(),
            limits: limits(environment)?,
            tls: Tls::default(),
        })
    }
}

fn limits(environment: &dyn Fn(&str) -> Option<String>) -> Result<Limits, Failure> {
    Ok(Limits {
        request_timeout: seconds(environment, "MLFLOW_HTTP_REQUEST_TIMEOUT", 30)?,
        deadline: seconds(environment, "GATEWRIGHT_HTTP_DEADLINE", 120)?,
        retries: retries(environment)?,
    })
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

/// A duration in whole milliseconds, at most a minute.
///
/// # Errors
/// [`Failure::Setting`] when it is not a whole number between 1 and 60000.
pub(crate) fn milliseconds(
    environment: &dyn Fn(&str) -> Option<String>,
    name: &str,
    default: u64,
) -> Result<Duration, Failure> {
    let wanted = "a whole number of milliseconds between 1 and 60000";
    number(environment, name, default, 1..=60_000, wanted).map(Duration::from_millis)
}

/// How often a request is repeated.
///
/// # Errors
/// [`Failure::Setting`] when it is not a whole number between 0 and 20.
pub(crate) fn retries(environment: &dyn Fn(&str) -> Option<String>) -> Result<u32, Failure> {
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
