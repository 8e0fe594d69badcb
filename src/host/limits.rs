//! What is taken from the environment to talk to a service for pull requests, and what is not.

use std::time::Duration;

use reqwest::Url;

use super::failure::Failure;
use crate::console::Environment;
use crate::http::Secret;

/// How long everything may take, in seconds: a comment is not worth more of a build's time.
const LONGEST: u64 = 30;

/// A server's base URL; it may have a path.
///
/// # Errors
/// [`Failure::Setting`] when it is anything more than that.
pub(super) fn server(name: &'static str, text: &str) -> Result<Url, Failure> {
    let unusable = |reason: &str| Failure::Setting {
        name,
        reason: reason.to_owned(),
    };
    let url = Url::parse(text).map_err(|error| unusable(&error.to_string()))?;
    let is_server = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if !is_server || has_credentials || url.query().is_some() || url.fragment().is_some() {
        return Err(unusable(
            "it is not the plain http or https URL of a server",
        ));
    }
    Ok(url)
}

/// A token that a header can carry.
///
/// # Errors
/// [`Failure::Setting`] for any other text.
pub(super) fn token(name: &'static str, text: &str) -> Result<Secret, Failure> {
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let reason = "a token holds visible ASCII characters and nothing else".to_owned();
        return Err(Failure::Setting { name, reason });
    }
    Ok(Secret::new(token.to_owned()))
}

/// How long everything may take. The variable shortens the time for every server, and cannot make
/// this one longer.
///
/// # Errors
/// [`Failure::Setting`] when it is no number of seconds.
pub(super) fn deadline(environment: &Environment) -> Result<Duration, Failure> {
    const NAME: &str = "GATEWRIGHT_HTTP_DEADLINE";
    let Some(text) = environment.get(NAME) else {
        return Ok(Duration::from_secs(LONGEST));
    };
    let seconds = text.trim().parse().ok().filter(|seconds| *seconds > 0);
    let seconds: u64 = seconds.ok_or_else(|| Failure::Setting {
        name: NAME,
        reason: "it is not a whole number of seconds".to_owned(),
    })?;
    Ok(Duration::from_secs(seconds.min(LONGEST)))
}
