//! Questions to GitHub's API, each answered or a failure, in bounded time and memory.
//!
//! The one decision here: octocrab signs and sends over our own client, and hands back the answer
//! unread: what it reads itself it reads without a limit, and only into its own large types.

use std::time::Duration;

use octocrab::Octocrab;
use reqwest::header::{LINK, RETRY_AFTER};
use reqwest::{Body, Response};
use serde_json::Value;
use tokio::time::Instant;

use super::settings::Settings;
use crate::host::exchange::{Answer, judge, repeat};
use crate::host::failure::Failure;
use crate::http::{self, Broken, Secret};

/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest body that is read, in bytes: a page of the longest comments there can be has some
/// ten MiB.
const LARGEST_BODY: usize = 32 << 20;

/// A signed-in client for one GitHub.
pub(super) struct Session {
    octocrab: Octocrab,
    base: String,
    token: Secret,
    request_timeout: Duration,
    end: Instant,
}

/// A page of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// Whether GitHub says that there is another.
    pub(super) has_next: bool,
}

/// What is asked for at a path.
#[derive(Debug, Clone, Copy)]
enum Request<'a> {
    Get,
    Post(&'a Value),
    Patch(&'a Value),
}

impl Session {
    /// Signs in, without asking anything yet. The time runs from here on.
    ///
    /// It has to be called inside a runtime, where octocrab starts a task of its own.
    ///
    /// # Errors
    /// [`Failure::Unreachable`] when there can be no client.
    pub(super) fn start(settings: Settings) -> Result<Self, Failure> {
        let broken = |reason: String| Failure::Unreachable { reason };
        let request_timeout = REQUEST_TIMEOUT.min(settings.deadline);
        let client = http::builder(&settings.api, request_timeout)
            .build()
            .map_err(|error| broken(format!("{:?}", error.without_url())))?;
        let octocrab = Octocrab::builder()
            .base_uri(settings.api.as_str())
            .map_err(|error| broken(error.to_string()))?
            .personal_token(settings.token.reveal().to_owned())
            .build_with_reqwest(client)
            .map_err(|error| broken(error.to_string()))?;
        Ok(Self {
            octocrab,
            base: settings.api.as_str().trim_end_matches('/').to_owned(),
            token: settings.token,
            request_timeout,
            end: Instant::now() + settings.deadline,
        })
    }

    /// Asks for a page of a list, again where that may help.
    ///
    /// # Errors
    /// When there is no usable answer.
    pub(super) async fn list<T>(&self, path: &str) -> Result<Page<T>, Failure>
    where
        T: serde::de::DeserializeOwned,
    {
        let outcome = repeat(self.end, || self.send(Request::Get, path)).await;
        let answer = self.judge(outcome)?;
        let items = serde_json::from_slice(&answer.body).map_err(|error| Failure::Malformed {
            reason: format!(
                "it is no list of what was asked for ({:?} error)",
                error.classify()
            ),
        })?;
        let has_next = answer.has_next;
        Ok(Page { items, has_next })
    }

    /// Makes something new, and asks once.
    ///
    /// # Errors
    /// When GitHub does not say that it was done; it may have been all the same.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<(), Failure> {
        let outcome = self.send(Request::Post(body), path).await;
        self.judge(outcome).map(drop)
    }

    /// Changes what is there, and asks once.
    ///
    /// # Errors
    /// As for [`Session::post`].
    pub(super) async fn patch(&self, path: &str, body: &Value) -> Result<(), Failure> {
        let outcome = self.send(Request::Patch(body), path).await;
        self.judge(outcome).map(drop)
    }

    async fn send(&self, request: Request<'_>, path: &str) -> Result<Answer, Broken> {
        // A whole URI: octocrab joins paths by what they begin with, and guesses.
        let uri = format!("{}{path}", self.base);
        let sent = match request {
            Request::Get => self.octocrab._get(uri).await,
            Request::Post(body) => self.octocrab._post(uri, Some(body)).await,
            Request::Patch(body) => self.octocrab._patch(uri, Some(body)).await,
        };
        let answer = sent.map_err(|error| Broken::of(&error))?;
        let mut response = Response::from(answer.map(Body::wrap));
        let header = |name| response.headers().get(name)?.to_str().ok();
        Ok(Answer {
            status: response.status(),
            retry_after: http::retry_after(header(RETRY_AFTER)),
            has_next: header(LINK).is_some_and(|links| links.contains("rel=\"next\"")),
            body: http::read(&mut response, LARGEST_BODY).await?,
        })
    }

    fn judge(&self, outcome: Result<Answer, Broken>) -> Result<Answer, Failure> {
        judge(outcome, &self.token, self.request_timeout)
    }
}
