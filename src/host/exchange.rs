//! What every service for pull requests has in common: when a question is repeated, and what an
//! answer amounts to.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::failure::Failure;
use crate::http::{self, Broken, Secret};

/// How often a question is repeated.
const RETRIES: u32 = 3;

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<Duration>,
    /// Whether the service says that there is another page.
    pub(super) has_next: bool,
    pub(super) body: Vec<u8>,
}

/// Asks, and asks again where that may help, until `end`. Only for questions that change nothing.
pub(super) async fn repeat<F>(end: Instant, ask: impl Fn() -> F) -> Result<Answer, Broken>
where
    F: Future<Output = Result<Answer, Broken>>,
{
    let mut attempt = 0;
    loop {
        let outcome = ask().await;
        let pause = http::pause(attempt, asked_pause(&outcome));
        let fits = pause < end.saturating_duration_since(Instant::now());
        if !may_recover(&outcome) || attempt == RETRIES || !fits {
            return outcome;
        }
        attempt += 1;
        sleep(pause).await;
    }
}

/// An answer that says yes, or why there is none.
///
/// # Errors
/// When there is no usable answer.
pub(super) fn judge(
    outcome: Result<Answer, Broken>,
    token: &Secret,
    request_timeout: Duration,
) -> Result<Answer, Failure> {
    let answer = outcome.map_err(|broken| match broken {
        Broken::Connection(reason) => Failure::Unreachable {
            reason: fit_to_show(&reason, token),
        },
        Broken::TimedOut => Failure::TimedOut {
            seconds: request_timeout.as_secs(),
        },
        Broken::TooLarge(reason) => Failure::TooLarge { reason },
    })?;
    let status = answer.status.as_u16();
    match status {
        // Azure DevOps answers 203 with its login page where a token does not count.
        200..=202 | 204..=299 => Ok(answer),
        300..=399 => Err(Failure::Redirected { status }),
        _ => Err(Failure::Refused {
            status,
            message: fit_to_show(&message(&answer.body), token),
        }),
    }
}

/// Somebody else's words: short, and without our token, which a careless server repeats.
fn fit_to_show(text: &str, token: &Secret) -> String {
    http::excerpt(&text.replace(token.reveal(), "[redacted]"))
}

fn may_recover(outcome: &Result<Answer, Broken>) -> bool {
    match outcome {
        Ok(answer) => http::is_transient(answer.status),
        Err(Broken::Connection(_)) => true,
        Err(Broken::TimedOut | Broken::TooLarge(_)) => false,
    }
}

fn asked_pause(outcome: &Result<Answer, Broken>) -> Option<Duration> {
    outcome.as_ref().ok()?.retry_after
}

/// What an error answer says: the service's message, or whatever text there is that is no page.
fn message(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Refusal {
        message: String,
    }
    if let Ok(refusal) = serde_json::from_slice::<Refusal>(body) {
        return refusal.message;
    }
    let text = String::from_utf8_lossy(body);
    if text.trim_start().starts_with('<') {
        return "an HTML page".to_owned();
    }
    text.into_owned()
}
