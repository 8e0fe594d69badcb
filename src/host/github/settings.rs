//! Which GitHub, with which token, and for how long.

use std::time::Duration;

use reqwest::Url;

use super::failure::Failure;
use crate::console::Environment;
use crate::http::Secret;

/// Where GitHub's API is when nobody says otherwise.
const GITHUB: &str = "https://api.github.com";

/// How long everything may take, in seconds: a comment is not worth more of a build's time.
const LONGEST: u64 = 30;

/// What a session needs to know.
pub(super) struct Settings {
    /// The API's base URL, without a slash at its end.
    pub(super) api: Url,
    /// The token, which a header can carry.
    pub(super) token: Secret,
    /// How long everything may take.
    pub(super) deadline: Duration,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// [`Failure::NoToken`] and [`Failure::Setting`].
    pub(super) fn read(environment: &Environment) -> Result<Self, Failure> {
        Ok(Self {
            api: api(environment.get("GITHUB_API_URL").unwrap_or(GITHUB))?,
            token: token(environment)?,
            deadline: deadline(environment.get("GATEWRIGHT_HTTP_DEADLINE"))?,
        })
    }
}

/// GitHub Enterprise Server has a path here, `/api/v3`.
fn api(text: &str) -> Result<Url, Failure> {
    let unusable = |reason: &str| Failure::Setting {
        name: "GITHUB_API_URL",
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

fn token(environment: &Environment) -> Result<Secret, Failure> {
    let named = |name| environment.get(name).map(|text| (name, text.trim()));
    let found = named("GITHUB_TOKEN").or_else(|| named("GH_TOKEN"));
    let (name, token) = found.ok_or(Failure::NoToken)?;
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let reason = "a token holds visible ASCII characters and nothing else".to_owned();
        return Err(Failure::Setting { name, reason });
    }
    Ok(Secret::new(token.to_owned()))
}

/// The variable shortens the time for every server, and cannot make this one longer.
fn deadline(text: Option<&str>) -> Result<Duration, Failure> {
    let Some(text) = text else {
        return Ok(Duration::from_secs(LONGEST));
    };
    let seconds = text.trim().parse().ok().filter(|seconds| *seconds > 0);
    let seconds: u64 = seconds.ok_or_else(|| Failure::Setting {
        name: "GATEWRIGHT_HTTP_DEADLINE",
        reason: "it is not a whole number of seconds".to_owned(),
    })?;
    Ok(Duration::from_secs(seconds.min(LONGEST)))
}
