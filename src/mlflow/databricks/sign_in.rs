//! Signing in: from what was configured to the token that requests carry.
//!
//! The one decision here: it happens once, before the first question, within the same deadline. The
//! token lives for an hour and the client for one judgement.

use std::time::Instant;

use reqwest::{RequestBuilder, Url};
use serde::Deserialize;
use tokio::task::JoinHandle;

use super::super::address::Address;
use super::super::attempt::{self, Limits};
use super::super::auth::{Credentials, Signature};
use super::super::exchange::{Answer, LARGEST_BODY, Raw};
use super::super::failure::{Failure, without};
use super::super::witness::Witness;
use super::configuration::Configuration;
use super::discovery::{self, Discovered};
use super::method::{Identity, Method};
use crate::http::Secret;

/// What a workspace is called in its own header: unified hosts serve several.
const WORKSPACE: &str = "X-Databricks-Org-Id";

/// How to sign in to one workspace.
pub(crate) struct SignIn {
    method: Method,
    account_id: Option<String>,
    workspace_id: Option<String>,
    audience: Option<String>,
    group_id: Option<String>,
}

/// Whom is spoken to, and for how long.
pub(super) struct Conversation<'a> {
    pub(super) address: &'a Address,
    http: &'a reqwest::Client,
    limits: Limits,
    end: Instant,
    witness: &'a Witness,
}

impl SignIn {
    pub(super) fn new(method: Method, configuration: &Configuration) -> Self {
        let set = |name| configuration.get(name).map(str::to_owned);
        Self {
            method,
            account_id: set("account_id"),
            workspace_id: set("workspace_id"),
            audience: set("token_audience"),
            group_id: set("group_id"),
        }
    }

    /// The way of signing in, without the secret.
    pub(crate) fn way(&self) -> &'static str {
        match &self.method {
            Method::Token(_) => "signed in with a token of Databricks",
            Method::Principal { .. } => {
                "signed in as a service principal with its secret (oauth-m2m)"
            }
            Method::Federated { identity, .. } => match identity {
                Identity::Given(_) => "signed in with a token of another identity provider",
                Identity::Github { .. } => "signed in with the identity of a GitHub job",
                Identity::AzureDevops { .. } => {
                    "signed in with the identity of an Azure DevOps job"
                }
            },
        }
    }

    /// Everything that must not be shown.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        match &self.method {
            Method::Token(secret) | Method::Principal { secret, .. } => vec![secret],
            Method::Federated { identity, .. } => match identity {
                Identity::Given(token)
                | Identity::Github { token, .. }
                | Identity::AzureDevops { token, .. } => vec![token],
            },
        }
    }

    /// Signs in to the workspace at `address`. A personal access token is sent as it is.
    pub(crate) async fn run(
        &self,
        address: &Address,
        http: &reqwest::Client,
        limits: Limits,
        end: Instant,
        witness: &Witness,
    ) -> Result<Signature, Failure> {
        if let Method::Token(token) = &self.method {
            let token = Credentials::bearer("the Databricks token", token.reveal().to_owned())?;
            return self.signature(token, None);
        }
        let conversation = Conversation {
            address,
            http,
            limits,
            end,
            witness,
        };
        let found = discovery::discover(&conversation, self.account_id.as_deref()).await?;
        let (request, vouching) = self.token_request(&conversation, &found).await?;
        let token = conversation.token(request);
        let token = token
            .await
            .map_err(|failure| concealed(failure, vouching.as_ref()))?;
        let token = Credentials::bearer("the token that Databricks gave", token)?;
        self.signature(token, found.workspace_id)
    }

    fn signature(
        &self,
        credentials: Credentials,
        discovered: Option<String>,
    ) -> Result<Signature, Failure> {
        let workspace_id = self.workspace_id.clone().or(discovered);
        let is_plain = |id: &String| id.bytes().all(|byte| byte.is_ascii_graphic());
        if !workspace_id.as_ref().is_none_or(is_plain) {
            return Err(Failure::setting(
                "DATABRICKS_WORKSPACE_ID",
                "a workspace's id holds only visible ASCII characters",
            ));
        }
        Ok(Signature {
            credentials,
            headers: workspace_id.map(|id| (WORKSPACE, id)).into_iter().collect(),
        })
    }

    /// The request for a token (RFC 6749, section 4.4, and RFC 8693), and the token that vouches.
    async fn token_request(
        &self,
        conversation: &Conversation<'_>,
        found: &Discovered,
    ) -> Result<(RequestBuilder, Option<Secret>), Failure> {
        let request = conversation.http.post(found.token_endpoint.clone());
        let mut form = vec![("scope", "all-apis")];
        if let Some(group) = &self.group_id {
            form.push(("assume_group", group));
        }
        match &self.method {
            Method::Token(_) => Ok((request, None)),
            Method::Principal { client_id, secret } => {
                form.push(("grant_type", "client_credentials"));
                let request = request.basic_auth(client_id, Some(secret.reveal()));
                Ok((request.form(&form), None))
            }
            Method::Federated {
                client_id,
                identity,
            } => {
                let audience = self.audience.as_ref().unwrap_or(&found.audience);
                let vouching = conversation.identity_token(identity, audience).await?;
                let grant = "urn:ietf:params:oauth:grant-type:token-exchange";
                form.push(("grant_type", grant));
                let kind = "urn:ietf:params:oauth:token-type:jwt";
                form.push(("subject_token_type", kind));
                form.push(("subject_token", vouching.reveal()));
                if let Some(client_id) = client_id {
                    form.push(("client_id", client_id));
                }
                let request = request.form(&form);
                Ok((request, Some(vouching)))
            }
        }
    }
}

/// A token endpoint's answer.
#[derive(Deserialize)]
struct Token {
    access_token: String,
    token_type: String,
}

/// GitHub's answer.
#[derive(Deserialize)]
struct GithubToken {
    value: String,
}

/// Azure DevOps' answer.
#[derive(Deserialize)]
struct AzureDevopsToken {
    #[serde(rename = "oidcToken")]
    oidc_token: String,
}

impl Conversation<'_> {
    pub(super) fn get(&self, url: &Url) -> RequestBuilder {
        self.http.get(url.clone())
    }

    /// Sends a request, without waiting for its answer.
    pub(super) fn start(&self, request: RequestBuilder) -> JoinHandle<Result<Answer, Failure>> {
        let (http, limits, end) = (self.http.clone(), self.limits, self.end);
        let witness = self.witness.clone();
        tokio::spawn(async move {
            let request = request.build().map_err(|error| Failure::Unreachable {
                reason: error.without_url().to_string(),
            })?;
            let raw = attempt::ask(&http, request, limits, end, LARGEST_BODY, &witness).await;
            raw.and_then(Raw::judge)
        })
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<T, Failure> {
        let answer = self.start(request).await;
        let answer = answer.map_err(|error| Failure::Unreachable {
            reason: error.to_string(),
        })??;
        answer.read()
    }

    async fn identity_token(&self, identity: &Identity, audience: &str) -> Result<Secret, Failure> {
        let token = match identity {
            Identity::Given(token) => return Ok(token.clone()),
            Identity::Github { url, token } => {
                let mut url = url.clone();
                url.query_pairs_mut().append_pair("audience", audience);
                let request = self.get(&url).bearer_auth(token.reveal());
                let answer = self.ask::<GithubToken>(request).await;
                answer.map(|answer| answer.value)
            }
            Identity::AzureDevops { url, token } => {
                let request = self.http.post(url.clone()).bearer_auth(token.reveal());
                let request = request
                    .header("Content-Type", "application/json")
                    .header("Content-Length", "0");
                let answer = self.ask::<AzureDevopsToken>(request).await;
                answer.map(|answer| answer.oidc_token)
            }
        };
        token
            .map(Secret::new)
            .map_err(|failure| during("asking the CI system for an identity token", failure))
    }

    async fn token(&self, request: RequestBuilder) -> Result<String, Failure> {
        let answer = self.ask::<Token>(request).await;
        let token = answer.map_err(|failure| during("signing in", failure))?;
        if !token.token_type.eq_ignore_ascii_case("bearer") {
            let reason = "signing in: it gave a token of another kind than Bearer".to_owned();
            return Err(Failure::Malformed { reason });
        }
        Ok(token.access_token)
    }
}

/// Says what was being done when something went wrong.
fn during(what: &str, failure: Failure) -> Failure {
    match failure {
        Failure::Refused { status, message } => Failure::Refused {
            status,
            message: format!("{what}: {message}"),
        },
        Failure::Malformed { reason } => Failure::Malformed {
            reason: format!("{what}: {reason}"),
        },
        Failure::Unauthorized { status } => Failure::Refused {
            status,
            message: format!("{what}: the credentials were refused"),
        },
        other => other,
    }
}

/// Takes out a token that only this conversation knows.
fn concealed(failure: Failure, secret: Option<&Secret>) -> Failure {
    match secret {
        Some(secret) => failure.quoting(|said| without(said, &[secret.reveal()])),
        None => failure,
    }
}
