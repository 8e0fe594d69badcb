//! A connection to the one server, and what runs requests on it.
//!
//! The one decision here: what is built for the first question is used for all of them, and nobody
//! waits for it at the end.

use std::time::Instant;

use reqwest::Request;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::address::Address;
use super::attempt::{self, Limits};
use super::exchange::{Answer, LARGEST_BODY, Raw};
use super::failure::Failure;
use super::settings::Settings;
use super::witness::Witness;
use crate::http;

/// What is built for the first question.
pub(super) struct Session {
    /// `Some` until dropped.
    runtime: Option<Runtime>,
    pub(super) http: reqwest::Client,
}

impl Drop for Session {
    fn drop(&mut self) {
        // Without waiting: a name server that hangs must not hold up the exit.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Session {
    /// Reads the certificates and starts the runtime. Nothing is sent yet.
    ///
    /// # Errors
    /// When TLS is set up in a way that cannot be used, and where there is no runtime.
    pub(super) fn start(address: &Address, settings: &Settings) -> Result<Self, Failure> {
        let builder = http::builder(address.url(), settings.limits.request_timeout);
        let http = settings.tls.apply(builder, address)?.build();
        let http = http.map_err(|error| Failure::Unreachable {
            reason: format!("{:?}", error.without_url()),
        })?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unreachable(&error))?;
        Ok(Self {
            runtime: Some(runtime),
            http,
        })
    }

    /// Does some work to its end.
    pub(super) fn block_on<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(work),
            None => Err(unreachable(&"the client is closed")),
        }
    }

    /// Sends requests at the same time; the answers come in their order.
    pub(super) fn send(
        &self,
        requests: Vec<Request>,
        limits: Limits,
        end: Instant,
        witness: &Witness,
    ) -> Vec<Result<Answer, Failure>> {
        let answers = self.block_on(async {
            let mut tasks = JoinSet::new();
            for (index, request) in requests.into_iter().enumerate() {
                let (http, witness) = (self.http.clone(), witness.clone());
                tasks.spawn(async move {
                    let raw =
                        attempt::ask(&http, request, limits, end, LARGEST_BODY, &witness).await;
                    (index, raw.and_then(Raw::judge))
                });
            }
            let mut answers = tasks.join_all().await;
            answers.sort_by_key(|(index, _)| *index);
            Ok(answers.into_iter().map(|(_, answer)| answer).collect())
        });
        answers.unwrap_or_else(|failure| vec![Err(failure)])
    }
}

/// An error that came before anything was sent.
pub(super) fn unreachable(error: &dyn std::fmt::Display) -> Failure {
    Failure::Unreachable {
        reason: error.to_string(),
    }
}
