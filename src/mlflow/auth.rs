//! Credentials: where they come from, and how they stay unseen.
//!
//! The one decision here: the order is MLflow's own (`mlflow/utils/credentials.py`,
//! `mlflow/utils/rest_utils.py`), so that a pipeline in which Python can read can also be gated.
//! A way of signing in that this client does not know is an error and never an anonymous request.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use reqwest::RequestBuilder;

use super::failure::Failure;
use crate::http::Secret;

/// The largest credentials file that is read, in bytes.
const LARGEST_FILE: u64 = 64 << 10;

/// How requests are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// Not at all.
    Anonymous,
    /// HTTP Basic.
    Basic {
        /// Not secret, and not shown either.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A bearer token.
    Bearer(Secret),
}

impl Credentials {
    /// Finds the credentials: those in the URI, else user name and password from the environment
    /// or `~/.mlflow/credentials`, else the token.
    ///
    /// # Errors
    /// [`Failure::Setting`] for credentials that cannot be sent, and for ways of signing in that
    /// are not supported.
    pub(crate) fn find(
        userinfo: Option<&(String, Secret)>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        refuse_other_ways(environment)?;
        if let Some((username, password)) = userinfo {
            return Self::basic("the tracking URI", username.clone(), password.clone());
        }
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let mut username = set("MLFLOW_TRACKING_USERNAME");
        let mut password = set("MLFLOW_TRACKING_PASSWORD");
        let mut place = "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD";
        if username.is_none() || password.is_none() {
            let (from_file, secret_from_file) = read_file(environment)?;
            if from_file.is_some() || secret_from_file.is_some() {
                place = "~/.mlflow/credentials";
            }
            username = username.or(from_file);
            password = password.or(secret_from_file);
        }
        if let (Some(username), Some(password)) = (username, password) {
            return Self::basic(place, username, Secret::new(password));
        }
        set("MLFLOW_TRACKING_TOKEN").map_or(Ok(Self::Anonymous), Self::bearer)
    }

    fn basic(place: &str, username: String, password: Secret) -> Result<Self, Failure> {
        // RFC 7617, section 2: no colon in the user name, no control characters anywhere.
        if username.contains(':') {
            return Err(unusable(place, "the user name holds a colon"));
        }
        if username
            .chars()
            .chain(password.reveal().chars())
            .any(char::is_control)
        {
            return Err(unusable(place, "the credentials hold a control character"));
        }
        Ok(Self::Basic { username, password })
    }

    fn bearer(token: String) -> Result<Self, Failure> {
        if token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self::Bearer(Secret::new(token)));
        }
        let reason =
            "a token holds only visible ASCII characters; is there a line break at its end?";
        Err(unusable("MLFLOW_TRACKING_TOKEN", reason))
    }

    /// Signs a request.
    pub(crate) fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Anonymous => request,
            Self::Basic { username, password } => {
                request.basic_auth(username, Some(password.reveal()))
            }
            Self::Bearer(token) => request.bearer_auth(token.reveal()),
        }
    }

    /// The secret part, for taking it out of what a server says.
    pub(crate) fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Anonymous => None,
            Self::Basic { password, .. } => Some(password),
            Self::Bearer(token) => Some(token),
        }
    }
}

fn unusable(name: &str, reason: &str) -> Failure {
    Failure::Setting {
        name: name.to_owned(),
        reason: reason.to_owned(),
    }
}

fn refuse_other_ways(environment: &dyn Fn(&str) -> Option<String>) -> Result<(), Failure> {
    let reason =
        "this way of signing in is not supported; use a user name and password, or a token";
    let on = |value: &String| !matches!(value.to_ascii_lowercase().as_str(), "" | "false" | "0");
    for name in ["MLFLOW_TRACKING_AWS_SIGV4", "MLFLOW_TRACKING_AUTH"] {
        if environment(name).as_ref().is_some_and(on) {
            return Err(unusable(name, reason));
        }
    }
    Ok(())
}

type Pair = (Option<String>, Option<String>);

fn read_file(environment: &dyn Fn(&str) -> Option<String>) -> Result<Pair, Failure> {
    let Some(home) = environment("HOME").or_else(|| environment("USERPROFILE")) else {
        return Ok((None, None));
    };
    let path = PathBuf::from(home).join(".mlflow").join("credentials");
    let problem = |error: &io::Error| unusable("~/.mlflow/credentials", &error.to_string());
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => {
            return Err(unusable(
                "~/.mlflow/credentials",
                "it is not a regular file",
            ));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, None)),
        Err(error) => return Err(problem(&error)),
    }
    let mut text = String::new();
    File::open(&path)
        .and_then(|file| file.take(LARGEST_FILE).read_to_string(&mut text))
        .map_err(|error| problem(&error))?;
    Ok(from_ini(&text))
}

/// Reads the section `[mlflow]` the way Python's `configparser` does for one-line values.
fn from_ini(text: &str) -> Pair {
    let mut in_section = false;
    let (mut username, mut password) = (None, None);
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(section) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            in_section = section == "mlflow";
            continue;
        }
        let Some((key, value)) = line.split_once(['=', ':']).filter(|_| in_section) else {
            continue;
        };
        let value = Some(value.trim().replace("%%", "%")).filter(|value| !value.is_empty());
        match key.trim().to_ascii_lowercase().as_str() {
            "mlflow_tracking_username" => username = value,
            "mlflow_tracking_password" => password = value,
            _ => {}
        }
    }
    (username, password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(variables: &[(&str, &str)]) -> Result<Credentials, Failure> {
        Credentials::find(None, &|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_password_wins_over_a_token() {
        let found = find(&[
            ("MLFLOW_TRACKING_TOKEN", "t"),
            ("MLFLOW_TRACKING_USERNAME", "u"),
            ("MLFLOW_TRACKING_PASSWORD", "p"),
        ]);
        let password = Secret::new("p".to_owned());
        assert_eq!(
            found,
            Ok(Credentials::Basic {
                username: "u".to_owned(),
                password
            })
        );
    }

    #[test]
    fn a_user_name_alone_leaves_the_token() {
        let found = find(&[
            ("MLFLOW_TRACKING_TOKEN", "t"),
            ("MLFLOW_TRACKING_USERNAME", "u"),
        ]);
        assert_eq!(found, Ok(Credentials::Bearer(Secret::new("t".to_owned()))));
    }

    #[test]
    fn a_secret_is_not_printed() {
        let found = find(&[("MLFLOW_TRACKING_TOKEN", "hush")]).unwrap();
        assert_eq!(format!("{found:?}"), "Bearer([redacted])");
        assert_eq!(found.secret().unwrap().to_string(), "[redacted]");
    }

    #[test]
    fn credentials_that_no_header_can_carry_are_an_error_that_does_not_repeat_them() {
        for variables in [
            [("MLFLOW_TRACKING_TOKEN", "se\ncret"), ("X", "")],
            [("MLFLOW_TRACKING_TOKEN", "sécret"), ("X", "")],
            [
                ("MLFLOW_TRACKING_USERNAME", "u"),
                ("MLFLOW_TRACKING_PASSWORD", "se\0cret"),
            ],
            [
                ("MLFLOW_TRACKING_USERNAME", "u:v"),
                ("MLFLOW_TRACKING_PASSWORD", "secret"),
            ],
        ] {
            let error = format!("{:?}", find(&variables).unwrap_err());
            assert!(!error.contains("cret"), "{error}");
        }
    }

    #[test]
    fn a_way_of_signing_in_that_is_not_known_is_not_silently_left_out() {
        assert!(find(&[("MLFLOW_TRACKING_AWS_SIGV4", "true")]).is_err());
        assert!(find(&[("MLFLOW_TRACKING_AUTH", "kubernetes")]).is_err());
        assert_eq!(
            find(&[("MLFLOW_TRACKING_AWS_SIGV4", "false")]),
            Ok(Credentials::Anonymous)
        );
    }

    #[test]
    fn the_credentials_file_is_read_as_configparser_reads_it() {
        let text = "[other]\nmlflow_tracking_username = no\n[mlflow]\n; a comment\n\
                    MLFLOW_TRACKING_USERNAME = ada\nmlflow_tracking_password: 100%%=1\n";
        let expected = (Some("ada".to_owned()), Some("100%=1".to_owned()));
        assert_eq!(from_ini(text), expected);
    }
}
