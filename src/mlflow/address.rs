//! The address of a tracking server, taken apart into what may be shown and what may not.

use std::fmt;

use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::http::{self, Secret};

/// A server's base URL, with the credentials that were written into it kept apart.
pub(crate) struct Address {
    url: Url,
    userinfo: Option<(String, Secret)>,
}

impl Address {
    /// Reads an `http` or `https` URI.
    ///
    /// # Errors
    /// What is wrong with it, in words that do not repeat it.
    pub(crate) fn parse(uri: &str) -> Result<Self, String> {
        let mut url = Url::parse(uri).map_err(|error| error.to_string())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err("it is not an http or https URL with a host".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("a server's address has no query and no fragment".to_owned());
        }
        let userinfo = userinfo(&url)?;
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        cleared.map_err(|()| "its credentials cannot be taken apart".to_owned())?;
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { url, userinfo })
    }

    /// The URL of a path below the base URL, with its parameters percent-encoded.
    pub(crate) fn endpoint(&self, path: &str, parameters: &[(&'static str, String)]) -> Url {
        let mut url = self.url.clone();
        let prefix = self.url.path().trim_end_matches('/');
        url.set_path(&format!("{prefix}/{path}"));
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        url
    }

    /// The base URL, without credentials.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The credentials that the URI itself holds.
    pub(crate) fn userinfo(&self) -> Option<&(String, Secret)> {
        self.userinfo.as_ref()
    }

    /// Whether the traffic is not encrypted.
    pub(crate) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// Whether the server is on this machine, where no proxy is ever in between.
    pub(crate) fn is_loopback(&self) -> bool {
        http::is_loopback(&self.url)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

fn userinfo(url: &Url) -> Result<Option<(String, Secret)>, String> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let username = decoded(url.username())?;
    let password = decoded(url.password().unwrap_or_default())?;
    Ok(Some((username, Secret::new(password))))
}

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| "its credentials are not UTF-8".to_owned())
}
