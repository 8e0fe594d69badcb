//! Which GitHub, with which token, and for how long.

use std::time::Duration;

use reqwest::Url;

use crate::console::Environment;
use crate::host::failure::Failure;
use crate::host::limits;
use crate::http::Secret;

/// Where GitHub's API is when nobody says otherwise.
const GITHUB: &str = "https://api.github.com";

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
            api: limits::server(
                "GITHUB_API_URL",
                environment.get("GITHUB_API_URL").unwrap_or(GITHUB),
            )?,
            token: token(environment)?,
            deadline: limits::deadline(environment)?,
        })
    }
}

fn token(environment: &Environment) -> Result<Secret, Failure> {
    let named = |name| Some((name, environment.get(name)?));
    let found = named("GITHUB_TOKEN").or_else(|| named("GH_TOKEN"));
    let (name, text) = found.ok_or(Failure::NoToken)?;
    limits::token(name, text)
}
