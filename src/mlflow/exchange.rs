//! What came back from the server, before anybody reads it.
//!
//! The one decision here: a redirect is an answer, not an instruction, and so is a login page.

use std::time::Duration;

use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Request, StatusCode, Url};

use super::failure::Failure;
use super::wire::ErrorAnswer;
use crate::http::{self, Broken};

/// The largest body that is read, in bytes. A run with 10 000 metrics has about 1 MiB.
pub(super) const LARGEST_BODY: usize = 16 << 20;

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
    /// HTTP 404 in another form: this server has no such endpoint.
    NoEndpoint,
}

impl Answer {
    /// How large its body was, in bytes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Found(body) => body.len(),
            Self::Denied { message, .. } => message.len(),
            Self::NoEndpoint => 0,
        }
    }

    /// Reads the body of a found answer; a denied one becomes [`Failure::Refused`].
    ///
    /// # Errors
    /// [`Failure::Malformed`] when the body is not a `T`, and when there is no such endpoint.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, Failure> {
        match self {
            Self::Found(body) => {
                serde_json::from_str(&body).map_err(|error| malformed(&body, &error))
            }
            Self::Denied {
                status,
                code,
                message,
            } => Err(Failure::refused(status, &code, &message)),
            Self::NoEndpoint => Err(malformed_because(
                "there is no MLflow API at this address (HTTP 404)",
            )),
        }
    }
}

/// What the artifact service said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// HTTP 200, with the bytes of the file.
    Found(Vec<u8>),
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

/// What came back over the wire.
#[derive(Debug)]
pub(super) struct Raw {
    status: StatusCode,
    headers: HeaderMap,
    url: Url,
    body: Vec<u8>,
}

/// Sends a request and reads its answer, up to the limit in bytes.
pub(super) async fn send(
    client: &reqwest::Client,
    request: Request,
    limit: usize,
) -> Result<Raw, Broken> {
    let mut response = client.execute(request).await?;
    // The words of an error are read in any case.
    let is_found = response.status() == StatusCode::OK;
    let limit = if is_found { limit } else { LARGEST_BODY };
    let body = http::read(&mut response, limit).await?;
    Ok(Raw {
        status: response.status(),
        headers: response.headers().clone(),
        url: response.url().clone(),
        body,
    })
}

impl Raw {
    /// An answer whose body is here already.
    pub(super) fn new(status: StatusCode, headers: HeaderMap, url: Url, body: Vec<u8>) -> Self {
        Self {
            status,
            headers,
            url,
            body,
        }
    }

    /// The HTTP status.
    pub(super) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// How large its body was, in bytes.
    pub(super) fn size(&self) -> usize {
        self.body.len()
    }

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

    /// Tells a file from everything else. MLflow sends files as attachments; a page that is none is
    /// somebody's login form.
    pub(super) fn file(self) -> Result<Fetched, Failure> {
        if self.status == StatusCode::OK {
            let is_attachment = self.headers.contains_key(CONTENT_DISPOSITION);
            let kind = self.headers.get(CONTENT_TYPE);
            let is_html = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
            if is_html && !is_attachment {
                return Err(malformed_because("it sent an HTML page, not a file"));
            }
            return Ok(Fetched::Found(self.body));
        }
        match self.judge()? {
            Answer::Found(_) => Err(malformed_because("it sent no file")),
            Answer::NoEndpoint => Err(malformed_because(
                "HTTP 404 that is not MLflow's: there is no artifact service behind this address",
            )),
            Answer::Denied {
                status,
                code,
                message,
            } => Ok(Fetched::Denied {
                status,
                code,
                message,
            }),
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
        return Ok(Answer::NoEndpoint);
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
