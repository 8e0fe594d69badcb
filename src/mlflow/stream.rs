//! A file of the artifact service that is larger than memory.
//!
//! The one decision here: the time for a request is the time for the next bytes. A large file may
//! take long; a server that has stopped sending may not.

use std::time::{Duration, Instant};

use reqwest::header::RETRY_AFTER;
use reqwest::{Request, Response, StatusCode};

use super::attempt::Limits;
use super::exchange::{Fetched, LARGEST_BODY, Raw};
use super::failure::Failure;
use super::witness::Witness;
use crate::http::{self, Broken};

/// Sends a request and hands on the bytes of the file, `limit` of them at most. What is found is
/// empty: the bytes went to `sink`.
pub(super) async fn stream(
    http: &reqwest::Client,
    request: Request,
    limits: Limits,
    end: Instant,
    limit: u64,
    sink: &mut dyn FnMut(&[u8]),
    witness: &Witness,
) -> Result<Fetched, Failure> {
    let mut attempt = 0;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let Some(mut this) = request.try_clone().filter(|_| !left.is_zero()) else {
            return Err(late(limits.deadline));
        };
        *this.timeout_mut() = Some(left);
        let wait = limits.request_timeout.min(left);
        let start = Instant::now();
        let begun = within(wait, http.execute(this)).await;
        let words = told(&begun);
        witness.saw(&request, &words, 0, start);
        let pause = http::pause(attempt, asked_pause(&begun));
        let left = end.saturating_duration_since(Instant::now());
        let again = match &begun {
            Ok(response) => http::is_transient(response.status()),
            Err(failure) => matches!(failure, Failure::Unreachable { .. }),
        };
        if !again || attempt == limits.retries || pause >= left {
            return pour(begun?, wait, limit, sink).await;
        }
        attempt += 1;
        tokio::time::sleep(pause).await;
    }
}

/// What is told of the beginning of an answer; how long the file is, is said of the file.
fn told(begun: &Result<Response, Failure>) -> String {
    match begun {
        Ok(response) => format!("{}, a file", response.status().as_u16()),
        Err(Failure::TimedOut { .. }) => "no answer in time".to_owned(),
        Err(_) => "no connection".to_owned(),
    }
}

fn asked_pause(begun: &Result<Response, Failure>) -> Option<Duration> {
    let header = begun.as_ref().ok()?.headers().get(RETRY_AFTER)?;
    http::retry_after(header.to_str().ok())
}

/// Hands on the body of a file; reads that of anything else.
async fn pour(
    mut response: Response,
    wait: Duration,
    limit: u64,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<Fetched, Failure> {
    let is_found = response.status() == StatusCode::OK;
    let status = response.status();
    let headers = response.headers().clone();
    let url = response.url().clone();
    let mut body = Vec::new();
    if is_found {
        // Before any of it counts as the file.
        Raw::new(status, headers.clone(), url.clone(), Vec::new()).file()?;
        let mut count = 0_u64;
        while let Some(bytes) = within(wait, response.chunk()).await? {
            count = count.saturating_add(bytes.len() as u64);
            if count > limit {
                let reason = format!("a file of more than {limit} bytes");
                return Err(Failure::TooLarge { reason });
            }
            sink(&bytes);
        }
    } else {
        body = match tokio::time::timeout(wait, http::read(&mut response, LARGEST_BODY)).await {
            Ok(body) => body.map_err(failure)?,
            Err(_) => return Err(late(wait)),
        };
    }
    Raw::new(status, headers, url, body).file()
}

async fn within<T>(
    wait: Duration,
    work: impl Future<Output = reqwest::Result<T>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(wait, work).await {
        Ok(outcome) => outcome.map_err(|error| failure(error.into())),
        Err(_) => Err(late(wait)),
    }
}

fn failure(broken: Broken) -> Failure {
    match broken {
        Broken::Connection(reason) => Failure::Unreachable { reason },
        Broken::TimedOut => late(Duration::from_secs(1)),
        Broken::TooLarge(reason) => Failure::TooLarge { reason },
    }
}

fn late(time: Duration) -> Failure {
    Failure::TimedOut {
        seconds: time.as_secs().max(1),
    }
}
