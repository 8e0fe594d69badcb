//! What came back, read up to a limit, and the words for it when nothing did.

use std::error::Error;
use std::iter;

use reqwest::Response;
use reqwest::header::CONTENT_LENGTH;

/// The most characters of a server's words that are repeated.
const LONGEST_EXCERPT: usize = 300;

/// Why nothing came back.
pub(crate) enum Broken {
    /// No connection, or it broke: another attempt may help.
    Connection(String),
    /// The time for the request is over.
    TimedOut,
    /// The answer is too large to be one.
    TooLarge(String),
}

impl Broken {
    /// Reads an error, wherever in its chain reqwest speaks.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        let chain = || iter::successors(Some(error), |&error| error.source());
        let mut spoken = chain().filter_map(|error| error.downcast_ref::<reqwest::Error>());
        if spoken.any(|error| error.is_timeout() && !error.is_connect()) {
            return Self::TimedOut;
        }
        let reason = chain().last().unwrap_or(error).to_string();
        let mut below = chain().skip_while(|error| !error.is::<reqwest::Error>());
        let context = below.nth(1).map(ToString::to_string);
        Self::Connection(match context {
            Some(context) if context != reason => format!("{context}: {reason}"),
            _ => reason,
        })
    }
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        Self::of(&error.without_url())
    }
}

/// Reads a body of `limit` bytes at most.
pub(crate) async fn read(response: &mut Response, limit: usize) -> Result<Vec<u8>, Broken> {
    let too_large = || Broken::TooLarge(format!("an answer of more than {limit} bytes"));
    let announced = response
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if announced
        .and_then(|value| value.parse().ok())
        .is_some_and(|bytes: usize| bytes > limit)
    {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The start of somebody else's words, on one line and without control characters: they go to a
/// terminal and to a CI log, and both obey commands that are written into text.
pub(crate) fn excerpt(text: &str) -> String {
    let plain = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut excerpt: String = plain.take(LONGEST_EXCERPT + 1).collect();
    if excerpt.chars().count() > LONGEST_EXCERPT {
        excerpt.pop();
        excerpt.push('…');
    }
    excerpt.trim().to_owned()
}
