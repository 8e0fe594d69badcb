//! One question to the server and what came back, before anybody reads it.
//!
//! The one decision here: a redirect is an answer, not an instruction, and so is a login page.

use std::time::Duration;

use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Request, StatusCode, Url};

use super::failure::Failure;
use super::wire::ErrorAnswer;
use crate::http::{self, Broken};

/// The largest body that is read, in bytes. A run with 10 000 metrics has about 1 MiB.
const LARGEST_BODY: usize = 16 << 20;

/// A GET of an endpoint below `api/2.0/mlflow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// The endpoint, such as `runs/get`.
    pub(crate) path: &'static str,
    /// Its parameters, not encoded.
    pub(crate) parameters: Vec<(&'static str, String)>,
}

/// What MLflow said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// HTTP 200, with its body.
    Found(String),
    /// An error in MLflow's own form.
    Denied {
        /// The HTTP status.
        status: u16,
        /// MLflow's error code, such as `RESOURCE_DOES_NOT_EXIST`.
        code: String,
        /// MLflow's message.
        message: String,
    },
}

impl Answer {
    /// Reads the body of a found answer; a denied one becomes [`Failure::Refused`].
    ///
    /// # Errors
    /// [`Failure::Malformed`] when the body is not a `T`.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, Failure> {
        match self {
            Self::Found(body) => {
                serde_json::from_str(&body).map_err(|error| malformed(&body, &error))
            }
            Self::Denied {
                status,
                code,
                message,
            } => {
                let message = format!("{code}: {message}");
                Err(Failure::Refused { status, message })
            }
        }
    }
}

/// What came back over the wire.
pub(super) struct Raw {
    status: StatusCode,
    headers: HeaderMap,
    url: Url,
    body: Vec<u8>,
}

/// Sends a request and reads its answer, up to the limit.
pub(super) async fn send(client: &reqwest::Client, request: Request) -> Result<Raw, Broken> {
    let mut response = client.execute(request).await?;
    let body = http::read(&mut response, LARGEST_BODY).await?;
    Ok(Raw {
        status: response.status(),
        headers: response.headers().clone(),
        url: response.url().clone(),
        body,
    })
}

impl Raw {
    /// Whether asking again may help.
    pub(super) fn is_transient(&self) -> bool {
        http::is_transient(self.status)
    }

    /// How long the server asks to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        http::retry_after(self.headers.get(RETRY_AFTER)?.to_str().ok())
    }

    /// Tells MLflow's answers from everything else.
    pub(super) fn judge(self) -> Result<Answer, Failure> {
        if self.status.is_redirection() {
            return Err(Failure::Redirected {
                target: self.target(),
            });
        }
        let status = self.status.as_u16();
        let Ok(body) = String::from_utf8(self.body) else {
            return Err(match self.status {
                StatusCode::OK => malformed_because("the body is not UTF-8"),
                _ => Failure::Refused {
                    status,
                    message: "the body is not text".to_owned(),
                },
            });
        };
        match status {
            200 => Ok(Answer::Found(body)),
            // MLflow's guard against DNS rebinding: nothing to do with credentials.
            403 if body.starts_with("Invalid Host") => Err(Failure::Refused {
                status,
                message: body,
            }),
            401 | 403 => Err(Failure::Unauthorized { status }),
            _ => denied(status, &body),
        }
    }

    /// Where a redirect points: scheme and host, and the path when it stays on this host.
    fn target(&self) -> String {
        let location = self
            .headers
            .get(LOCATION)
            .and_then(|value| value.to_str().ok());
        let Some(target) = location.and_then(|location| self.url.join(location).ok()) else {
            return "an address that is none".to_owned();
        };
        let origin = target.origin().ascii_serialization();
        if target.origin() == self.url.origin() {
            return format!("{origin}{}", target.path());
        }
        origin
    }
}

fn denied(status: u16, body: &str) -> Result<Answer, Failure> {
    if let Ok(error) = serde_json::from_str::<ErrorAnswer>(body) {
        let ErrorAnswer {
            error_code: code,
            message,
        } = error;
        return Ok(Answer::Denied {
            status,
            code,
            message,
        });
    }
    if status == 404 {
        return Err(malformed_because(
            "there is no MLflow API at this address (HTTP 404)",
        ));
    }
    let message = if is_page(body) {
        "an HTML page".to_owned()
    } else {
        body.to_owned()
    };
    Err(Failure::Refused { status, message })
}

fn is_page(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

fn malformed(body: &str, error: &serde_json::Error) -> Failure {
    if is_page(body) {
        return malformed_because("it sent an HTML page, not JSON");
    }
    malformed_because(&error.to_string())
}

fn malformed_because(reason: &str) -> Failure {
    Failure::Malformed {
        reason: reason.to_owned(),
    }
}
