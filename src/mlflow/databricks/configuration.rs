//! Where the settings of a workspace are, and which workspace they name.
//!
//! The one decision here: environment and profile are never mixed. A token that was set for one
//! host is not sent to the host of a profile, whichever of them was forgotten.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqwest::Url;

use super::super::address::Address;
use super::super::failure::Failure;
use super::super::ini;
use super::method;
use super::sign_in::SignIn;

/// A workspace, and how to sign in to it.
pub(crate) struct Workspace {
    /// Where it is.
    pub(crate) address: Address,
    /// How to sign in.
    pub(crate) sign_in: SignIn,
}

impl Workspace {
    /// Finds the workspace: that of the profile in the URI, else of `DATABRICKS_HOST`, else of the
    /// profile in `DATABRICKS_CONFIG_PROFILE`, else of the profile `DEFAULT`.
    ///
    /// # Errors
    /// [`Failure::Setting`] naming the variable or the file.
    pub(crate) fn find(
        profile: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let configuration = Configuration::read(profile, environment)?;
        let host = configuration
            .get("host")
            .ok_or_else(|| configuration.lacks("host", "it is not set"))?;
        let address = address(host).map_err(|reason| configuration.lacks("host", &reason))?;
        let method = method::choose(&configuration, environment)?;
        let sign_in = SignIn::new(method, &configuration);
        Ok(Self { address, sign_in })
    }
}

/// The settings of one place.
pub(super) struct Configuration {
    values: BTreeMap<String, String>,
    /// The profile and its file, or nothing for the environment.
    profile: Option<(String, PathBuf)>,
}

/// The settings that are read from the environment, as `DATABRICKS_` and their name in capitals.
const SETTINGS: [&str; 11] = [
    "host",
    "token",
    "client_id",
    "client_secret",
    "account_id",
    "workspace_id",
    "group_id",
    "auth_type",
    "token_audience",
    "oidc_token_env",
    "oidc_token_filepath",
];

impl Configuration {
    fn read(
        profile: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let set = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        let named = profile.map(str::to_owned);
        if named.is_none() && set("DATABRICKS_HOST").is_some() {
            return Ok(Self::of_environment(&set));
        }
        let named = named.or_else(|| set("DATABRICKS_CONFIG_PROFILE"));
        let path = match set("DATABRICKS_CONFIG_FILE") {
            Some(path) => Some(PathBuf::from(path)),
            None => set("HOME")
                .or_else(|| set("USERPROFILE"))
                .map(|home| PathBuf::from(home).join(".databrickscfg")),
        };
        let sections = match &path {
            Some(path) => ini::read(path)
                .map_err(|reason| Failure::setting(&path.display().to_string(), reason))?,
            None => None,
        };
        let name = named.clone().unwrap_or_else(|| "DEFAULT".to_owned());
        let section = sections.and_then(|mut sections| sections.remove(&name));
        match (section, path, named) {
            (Some(values), Some(path), _) => Ok(Self {
                values,
                profile: Some((name, path)),
            }),
            (None, path, Some(name)) => {
                let path =
                    path.map_or("~/.databrickscfg".to_owned(), |it| it.display().to_string());
                Err(Failure::setting(
                    &path,
                    format!("it has no profile `{name}`"),
                ))
            }
            _ => Ok(Self::of_environment(&set)),
        }
    }

    fn of_environment(set: &dyn Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| {
            let variable = format!("DATABRICKS_{}", name.to_ascii_uppercase());
            Some((name.to_owned(), set(&variable)?.trim().to_owned()))
        };
        let mut values: BTreeMap<_, _> = SETTINGS.iter().filter_map(|name| value(name)).collect();
        // The older name of the variable.
        if let Some(path) = set("DATABRICKS_OIDC_TOKEN_FILE") {
            values
                .entry("oidc_token_filepath".to_owned())
                .or_insert(path);
        }
        Self {
            values,
            profile: None,
        }
    }

    /// A setting, if it is set.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// What people call a setting: the variable, or the key and where it belongs.
    pub(super) fn name(&self, setting: &str) -> String {
        match &self.profile {
            None => format!("DATABRICKS_{}", setting.to_ascii_uppercase()),
            Some((profile, path)) => {
                format!(
                    "`{setting}` of the profile `{profile}` in {}",
                    path.display()
                )
            }
        }
    }

    /// A setting that cannot be used.
    pub(super) fn lacks(&self, setting: &str, reason: &str) -> Failure {
        Failure::setting(&self.name(setting), reason)
    }
}

/// The workspace's address: scheme and host, without the path that is copied from a browser.
/// Credentials are not sent in the clear, but to this machine.
fn address(host: &str) -> Result<Address, String> {
    let host = host.trim();
    let uri = if host.contains("://") {
        host.to_owned()
    } else {
        format!("https://{host}")
    };
    let url = Url::parse(&uri).map_err(|error| error.to_string())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a workspace's address holds no credentials".to_owned());
    }
    let address = Address::parse(&url.origin().ascii_serialization())
        .map_err(|_| "it is not the https address of a workspace".to_owned())?;
    if address.is_plain() && !address.is_loopback() {
        return Err("write https: credentials are not sent in the clear".to_owned());
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_what_databricks_takes_for_one() {
        let shown = |host| address(host).map(|address| address.to_string());
        let workspace = Ok("https://adb-1.2.azuredatabricks.net".to_owned());
        assert_eq!(shown("adb-1.2.azuredatabricks.net"), workspace);
        assert_eq!(
            shown("https://adb-1.2.azuredatabricks.net/?o=1#x"),
            workspace
        );
        assert_eq!(
            shown("http://127.0.0.1:1/"),
            Ok("http://127.0.0.1:1".to_owned())
        );
        for refused in [
            "http://adb-1.2.azuredatabricks.net",
            "https://u:p@x",
            "ftp://x",
            "",
            "//",
        ] {
            assert!(shown(refused).is_err(), "{refused}");
        }
    }
}
