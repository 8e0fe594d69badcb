//! Where a workspace gives out tokens.
//!
//! The one decision here: a workspace may name its own host or its account's, and nobody else. A
//! client's secret, or a token that vouches for it, is never sent to a host that an answer made up.

use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::exchange::Answer;
use super::super::failure::Failure;
use super::sign_in::Conversation;

/// What a workspace says about itself (`/.well-known/databricks-config`).
#[derive(Debug, Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    oidc_endpoint: String,
    account_id: Option<String>,
    workspace_id: Option<String>,
    #[serde(default)]
    token_federation_default_oidc_audiences: Vec<String>,
}

/// The answer of `/.well-known/oauth-authorization-server` (RFC 8414).
#[derive(Debug, Deserialize)]
struct AuthorizationServer {
    token_endpoint: String,
}

/// What was found out.
pub(super) struct Discovered {
    /// Where tokens are given out.
    pub(super) token_endpoint: Url,
    /// The workspace's id.
    pub(super) workspace_id: Option<String>,
    /// What a token of another identity provider is to be made out to.
    pub(super) audience: String,
}

/// Asks the workspace. Older ones say nothing about themselves, and give out tokens at
/// `/oidc/v1/token`.
pub(super) async fn discover(
    conversation: &Conversation<'_>,
    account_id: Option<&str>,
) -> Result<Discovered, Failure> {
    let here = conversation.address;
    let oidc = here.endpoint("oidc", &[]);
    let usual = format!("{oidc}/.well-known/oauth-authorization-server");
    // Both at once: nearly every workspace names the usual place.
    let metadata =
        conversation.start(conversation.get(&here.endpoint(".well-known/databricks-config", &[])));
    let server = conversation.start(conversation.get(&parsed(&usual)?));
    let metadata = told::<Metadata>(metadata.await)?.unwrap_or_default();
    let mut server = told::<AuthorizationServer>(server.await)?;
    let account_id = account_id.or(metadata.account_id.as_deref());
    let place = place(&metadata.oidc_endpoint, account_id)?;
    if let Some(place) = place.filter(|place| *place != oidc.as_str()) {
        let url = parsed(&format!("{place}/.well-known/oauth-authorization-server"))?;
        require_home(here.url(), &url)?;
        let answer = conversation.start(conversation.get(&url)).await;
        server = told(answer)?;
    }
    let token_endpoint = match server {
        Some(server) => parsed(&server.token_endpoint)?,
        None => here.endpoint("oidc/v1/token", &[]),
    };
    require_home(here.url(), &token_endpoint)?;
    let audience = metadata.token_federation_default_oidc_audiences.first();
    let account = account_id.filter(|_| metadata.workspace_id.is_none());
    let audience = audience.map(String::as_str).or(account);
    let audience = audience.unwrap_or(token_endpoint.as_str()).to_owned();
    Ok(Discovered {
        token_endpoint,
        workspace_id: metadata.workspace_id,
        audience,
    })
}

/// The base of the OIDC endpoints, where the workspace names one.
fn place(named: &str, account_id: Option<&str>) -> Result<Option<String>, Failure> {
    const BLANK: &str = "{account_id}";
    let named = named.trim_end_matches('/');
    match account_id {
        _ if named.is_empty() => Ok(None),
        Some(id) => Ok(Some(named.replace(BLANK, id))),
        None if named.contains(BLANK) => Err(Failure::setting(
            "DATABRICKS_ACCOUNT_ID",
            "it is not set, and this host signs in by account",
        )),
        None => Ok(Some(named.to_owned())),
    }
}

/// What a workspace said; `None` when it has no such page.
fn told<T: DeserializeOwned>(
    answer: Result<Result<Answer, Failure>, tokio::task::JoinError>,
) -> Result<Option<T>, Failure> {
    let answer = answer.map_err(|error| Failure::Unreachable {
        reason: error.to_string(),
    })?;
    match answer {
        Ok(Answer::Found(body)) => Ok(serde_json::from_str(&body).ok()),
        Err(failure @ (Failure::Unreachable { .. } | Failure::TimedOut { .. })) => Err(failure),
        Ok(Answer::Denied { .. } | Answer::NoEndpoint) | Err(_) => Ok(None),
    }
}

fn parsed(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|_| Failure::Malformed {
        reason: "it names an address for signing in that is none".to_owned(),
    })
}

/// Refuses an address that is neither on the workspace's host nor on its account's.
fn require_home(workspace: &Url, url: &Url) -> Result<(), Failure> {
    if url.origin() == workspace.origin() || is_account_of(workspace, url) {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    Err(Failure::Malformed {
        reason: format!("it wants the credentials sent to another host, {host}"),
    })
}

/// Whether an address is that of the account: `accounts.` and what the workspace's host ends in
/// (`accounts.cloud.databricks.com` for `dbc-1.cloud.databricks.com`), over https.
fn is_account_of(workspace: &Url, url: &Url) -> bool {
    let (Some(workspace), Some(host)) = (workspace.host_str(), url.host_str()) else {
        return false;
    };
    let Some(domain) = host.strip_prefix("accounts.") else {
        return false;
    };
    let is_below = workspace
        .strip_suffix(domain)
        .is_some_and(|rest| rest.ends_with('.'));
    let is_default_port = url.port().is_none();
    url.scheme() == "https" && is_default_port && is_below && domain.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_go_to_the_workspace_or_its_account_and_to_nobody_else() {
        let allowed = |workspace: &str, target: &str| {
            let workspace = Url::parse(workspace).unwrap();
            require_home(&workspace, &Url::parse(target).unwrap()).is_ok()
        };
        let aws = "https://dbc-1.cloud.databricks.com";
        assert!(allowed(
            aws,
            "https://dbc-1.cloud.databricks.com/oidc/v1/token"
        ));
        assert!(allowed(
            aws,
            "https://accounts.cloud.databricks.com/oidc/accounts/1/v1/token"
        ));
        let azure = "https://adb-1.2.azuredatabricks.net";
        assert!(allowed(azure, "https://accounts.azuredatabricks.net/x"));
        for target in [
            "https://dbc-2.cloud.databricks.com/",
            "http://dbc-1.cloud.databricks.com/",
            "http://accounts.cloud.databricks.com/",
            "https://accounts.cloud.databricks.com:8443/",
            "https://accounts.com/",
            "https://accounts.azuredatabricks.net/",
            "https://accounts.cloud.databricks.com.evil.example/",
            "https://evil.example/accounts.cloud.databricks.com",
            "https://accounts.1.cloud.databricks.com/",
        ] {
            assert!(!allowed(aws, target), "{target}");
        }
    }
}
