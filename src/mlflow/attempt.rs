//! One request, until there is an answer, the attempts are used up, or the time is.
//!
//! The one decision here: a time-out is not tried again. Whoever waited half a minute for nothing
//! would wait for it four times.

use std::time::{Duration, Instant};

use reqwest::Request;

use super::exchange::{self, Raw};
use super::failure::Failure;
use super::witness::Witness;
use crate::http::{self, Broken};

/// How long is waited, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How long one request may take, from connecting to the last byte.
    pub(crate) request_timeout: Duration,
    /// How long everything may take, from the first request on.
    pub(crate) deadline: Duration,
    /// How often a request is repeated.
    pub(crate) retries: u32,
}

/// Asks until there is an answer, the attempts are used up, or `end` is there. A body may have
/// `limit` bytes.
pub(super) async fn ask(
    http: &reqwest::Client,
    request: Request,
    limits: Limits,
    end: Instant,
    limit: usize,
    witness: &Witness,
) -> Result<Raw, Failure> {
    let mut attempt = 0;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let time = limits.request_timeout.min(left);
        let Some(mut this) = request.try_clone().filter(|_| !left.is_zero()) else {
            return Err(Failure::TimedOut {
                seconds: limits.deadline.as_secs(),
            });
        };
        *this.timeout_mut() = Some(time);
        let begun = Instant::now();
        let outcome = exchange::send(http, this, limit).await;
        let (words, bytes) = told(&outcome);
        witness.saw(&request, &words, bytes, begun);
        let pause = http::pause(attempt, asked_pause(&outcome));
        let left = end.saturating_duration_since(Instant::now());
        if !may_recover(&outcome) || attempt == limits.retries || pause >= left {
            return conclude(outcome, time);
        }
        attempt += 1;
        tokio::time::sleep(pause).await;
    }
}

/// What is told of an outcome, and how many bytes came. Why there was no connection is for the
/// error to say: those are not our words.
fn told(outcome: &Result<Raw, Broken>) -> (String, usize) {
    match outcome {
        Ok(raw) => {
            let (status, bytes) = (raw.status(), raw.size());
            (format!("{status}, {bytes} bytes"), bytes)
        }
        Err(Broken::Connection(_)) => ("no connection".to_owned(), 0),
        Err(Broken::TimedOut) => ("no answer in time".to_owned(), 0),
        Err(Broken::TooLarge(_)) => ("too large".to_owned(), 0),
    }
}

fn may_recover(outcome: &Result<Raw, Broken>) -> bool {
    match outcome {
        Ok(raw) => raw.is_transient(),
        Err(Broken::Connection(_)) => true,
        Err(Broken::TimedOut | Broken::TooLarge(_)) => false,
    }
}

fn asked_pause(outcome: &Result<Raw, Broken>) -> Option<Duration> {
    outcome.as_ref().ok()?.retry_after()
}

fn conclude(outcome: Result<Raw, Broken>, time: Duration) -> Result<Raw, Failure> {
    match outcome {
        Ok(raw) => Ok(raw),
        Err(Broken::Connection(reason)) => Err(Failure::Unreachable { reason }),
        Err(Broken::TimedOut) => Err(Failure::TimedOut {
            seconds: time.as_secs().max(1),
        }),
        Err(Broken::TooLarge(reason)) => Err(Failure::TooLarge { reason }),
    }
}
