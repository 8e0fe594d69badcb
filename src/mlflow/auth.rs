//! Credentials: where they come from, and how they stay unseen.
//!
//! The one decision here: the order is MLflow's own (`mlflow/utils/credentials.py`,
//! `mlflow/utils/rest_utils.py`), so that a pipeline in which Python can read can also be gated.
//! A way of signing in that this client does not know is an error and never an anonymous request.

use std::path::PathBuf;

use reqwest::RequestBuilder;

use super::failure::Failure;
use super::ini;
use crate::http::Secret;

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

/// What makes a request ours: credentials, and headers that go with them.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    /// The credentials.
    pub(super) credentials: Credentials,
    /// Further headers.
    pub(super) headers: Vec<(&'static str, String)>,
}

impl From<Credentials> for Signature {
    fn from(credentials: Credentials) -> Self {
        Self {
            credentials,
            headers: Vec::new(),
        }
    }
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
        let token = set("MLFLOW_TRACKING_TOKEN");
        token.map_or(Ok(Self::Anonymous), |token| {
            Self::bearer("MLFLOW_TRACKING_TOKEN", token)
        })
    }

    fn basic(place: &str, username: String, password: Secret) -> Result<Self, Failure> {
        // RFC 7617, section 2: no colon in the user name, no control characters anywhere.
        if username.contains(':') {
            return Err(Failure::setting(place, "the user name holds a colon"));
        }
        if username
            .chars()
            .chain(password.reveal().chars())
            .any(char::is_control)
        {
            return Err(Failure::setting(
                place,
                "the credentials hold a control character",
            ));
        }
        Ok(Self::Basic { username, password })
    }

    /// A bearer token from `place`.
    ///
    /// # Errors
    /// [`Failure::Setting`] naming the place when no header can carry the token.
    pub(super) fn bearer(place: &str, token: String) -> Result<Self, Failure> {
        if token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self::Bearer(Secret::new(token)));
        }
        let reason =
            "a token holds only visible ASCII characters; is there a line break at its end?";
        Err(Failure::setting(place, reason))
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

    /// The way of signing in, without the secret.
    pub(super) fn way(&self) -> &'static str {
        match self {
            Self::Anonymous => "without credentials",
            Self::Basic { .. } => "signed in with a user name and a password",
            Self::Bearer(_) => "signed in with a token",
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

fn refuse_other_ways(environment: &dyn Fn(&str) -> Option<String>) -> Result<(), Failure> {
    let reason =
        "this way of signing in is not supported; use a user name and password, or a token";
    let on = |value: &String| !matches!(value.to_ascii_lowercase().as_str(), "" | "false" | "0");
    for name in ["MLFLOW_TRACKING_AWS_SIGV4", "MLFLOW_TRACKING_AUTH"] {
        if environment(name).as_ref().is_some_and(on) {
            return Err(Failure::setting(name, reason));
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
    let sections =
        ini::read(&path).map_err(|reason| Failure::setting("~/.mlflow/credentials", reason))?;
    let mut section = sections
        .and_then(|mut sections| sections.remove("mlflow"))
        .unwrap_or_default();
    Ok((
        section.remove("mlflow_tracking_username"),
        section.remove("mlflow_tracking_password"),
    ))
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
}
