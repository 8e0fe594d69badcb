//! How long is waited, and under what name.

use std::time::Duration;

use crate::mlflow::{self, Failure};

/// Where CI systems and shells say who is at work.
const ACTORS: [&str; 5] = [
    "GITHUB_ACTOR",
    "BUILD_REQUESTEDFOR",
    "GITLAB_USER_LOGIN",
    "USER",
    "USERNAME",
];

/// The longest name that is written into a lease, in characters.
const LONGEST_NAME: usize = 100;

/// The settings of the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    /// How long to wait between writing the lease and reading it back
    /// (`GATEWRIGHT_LEASE_SETTLE`, in milliseconds).
    pub(super) settle: Duration,
    /// How long a lease may stand unchanged before its holder is given up
    /// (`GATEWRIGHT_LEASE_TIMEOUT`, in seconds).
    pub(super) timeout: Duration,
    /// Who holds the lease, for people.
    pub(super) holder: String,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// [`Failure::Setting`] naming the variable.
    pub(super) fn read(environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let actor = ACTORS.iter().find_map(|name| {
            environment(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        });
        let actor = actor.unwrap_or_else(|| "somebody".to_owned());
        let actor: String = actor.chars().take(LONGEST_NAME).collect();
        Ok(Self {
            settle: mlflow::milliseconds(environment, "GATEWRIGHT_LEASE_SETTLE", 250)?,
            timeout: mlflow::seconds(environment, "GATEWRIGHT_LEASE_TIMEOUT", 30)?,
            holder: format!("{actor} (process {})", std::process::id()),
        })
    }
}
