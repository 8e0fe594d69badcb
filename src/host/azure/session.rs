//! Questions to Azure DevOps, each answered or a failure, in bounded time and memory.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method, Url};
use serde_json::Value;
use tokio::time::Instant;

use crate::console::Environment;
use crate::host::exchange::{Answer, judge, repeat};
use crate::host::failure::Failure;
use crate::host::limits;
use crate::http::{self, Broken, Secret};

/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest body that is read, in bytes: all threads of a pull request come in one.
const LARGEST_BODY: usize = 32 << 20;

/// A signed-in client for one Azure DevOps.
pub(super) struct Session {
    client: Client,
    token: Secret,
    request_timeout: Duration,
    end: Instant,
}

impl Session {
    /// Signs in, without asking anything yet. The time runs from here on.
    ///
    /// # Errors
    /// [`Failure::NoToken`], [`Failure::Setting`], and [`Failure::Unreachable`] when there can be no
    /// client.
    pub(super) fn start(
        server: &Url,
        environment: &Environment,
        deadline: Duration,
    ) -> Result<Self, Failure> {
        const NAME: &str = "SYSTEM_ACCESSTOKEN";
        let token = limits::token(NAME, environment.get(NAME).ok_or(Failure::NoToken)?)?;
        let request_timeout = REQUEST_TIMEOUT.min(deadline);
        let client = http::builder(server, request_timeout)
            .build()
            .map_err(|error| Failure::Unreachable {
                reason: format!("{:?}", error.without_url()),
            })?;
        Ok(Self {
            client,
            token,
            request_timeout,
            end: Instant::now() + deadline,
        })
    }

    /// Asks, again where that may help.
    ///
    /// # Errors
    /// When there is no usable answer.
    pub(super) async fn get(&self, address: &str) -> Result<Vec<u8>, Failure> {
        let outcome = repeat(self.end, || self.send(Method::GET, address, None)).await;
        Ok(judge(outcome, &self.token, self.request_timeout)?.body)
    }

    /// Makes or changes something, and asks once.
    ///
    /// # Errors
    /// When Azure DevOps does not say that it was done; it may have been all the same.
    pub(super) async fn write(
        &self,
        method: Method,
        address: &str,
        body: &Value,
    ) -> Result<(), Failure> {
        let outcome = self.send(method, address, Some(body)).await;
        judge(outcome, &self.token, self.request_timeout).map(drop)
    }

    async fn send(
        &self,
        method: Method,
        address: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Broken> {
        let mut request = self
            .client
            .request(method, address)
            .bearer_auth(self.token.reveal());
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut response = request.send().await?;
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = http::retry_after(retry_after.and_then(|value| value.to_str().ok()));
        Ok(Answer {
            status: response.status(),
            retry_after,
            has_next: false,
            body: http::read(&mut response, LARGEST_BODY).await?,
        })
    }
}
