//! Ways of signing in to Databricks.
//!
//! The one decision here: the order is that of Databricks' client, less what needs a browser, a
//! command-line tool or another cloud's directory. Two ways at once are an error, as there:
//! which of them was meant is not for us to guess.

use std::path::Path;

use reqwest::Url;

use super::super::failure::Failure;
use super::super::ini;
use super::configuration::Configuration;
use crate::http::{self, Secret};

/// How to sign in.
pub(super) enum Method {
    /// A personal access token.
    Token(Secret),
    /// A service principal and its secret (OAuth machine to machine).
    Principal {
        /// The service principal's application id.
        client_id: String,
        /// Its secret.
        secret: Secret,
    },
    /// A token of another identity provider, exchanged for one of Databricks (workload identity
    /// federation).
    Federated {
        /// The service principal's application id; none for federation of a whole account.
        client_id: Option<String>,
        /// Who vouches.
        identity: Identity,
    },
}

/// Where the token of the other identity provider is.
pub(super) enum Identity {
    /// Here.
    Given(Secret),
    /// GitHub Actions gives one for an audience.
    Github {
        /// `ACTIONS_ID_TOKEN_REQUEST_URL`.
        url: Url,
        /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
        token: Secret,
    },
    /// Azure DevOps gives one, for an audience of its own.
    AzureDevops {
        /// The job's endpoint.
        url: Url,
        /// `SYSTEM_ACCESSTOKEN`.
        token: Secret,
    },
}

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;
/// The method, or which setting it lacks.
type Built = Result<Method, String>;
type Way = (&'static str, fn(&Configuration, Environment<'_>) -> Built);

/// In the order in which they are tried.
const WAYS: [Way; 6] = [
    ("pat", token),
    ("oauth-m2m", principal),
    ("env-oidc", given),
    ("file-oidc", filed),
    ("github-oidc", github),
    ("azure-devops-oidc", azure_devops),
];

/// Chooses the way that `auth_type` names, else the first one that everything is set for.
pub(super) fn choose(
    configuration: &Configuration,
    environment: Environment<'_>,
) -> Result<Method, Failure> {
    if let Some(named) = configuration.get("auth_type") {
        let way = WAYS.iter().find(|(name, _)| *name == named);
        let Some((name, build)) = way else {
            let known: Vec<_> = WAYS.iter().map(|(name, _)| *name).collect();
            let reason = format!("this way of signing in is none of {}", known.join(", "));
            return Err(configuration.lacks("auth_type", &reason));
        };
        return build(configuration, environment)
            .map_err(|lack| configuration.lacks("auth_type", &format!("{name} needs {lack}")));
    }
    let is_set = |name| configuration.get(name).is_some();
    if is_set("token") && (is_set("client_id") || is_set("client_secret")) {
        let reason =
            "`token` and `client_id` are both set; `pat` or `oauth-m2m` says which is meant";
        return Err(configuration.lacks("auth_type", reason));
    }
    let mut built = WAYS
        .iter()
        .map(|(_, build)| build(configuration, environment));
    built.find_map(Result::ok).ok_or_else(|| {
        configuration.lacks(
            "token",
            "there is nothing to sign in with: set a token, or client_id and client_secret, or \
             client_id in a GitHub or Azure DevOps job that may ask for an identity token",
        )
    })
}

fn token(configuration: &Configuration, _: Environment<'_>) -> Built {
    let token = needed(configuration, "token")?;
    Ok(Method::Token(Secret::new(token)))
}

fn principal(configuration: &Configuration, _: Environment<'_>) -> Built {
    Ok(Method::Principal {
        client_id: needed(configuration, "client_id")?,
        secret: Secret::new(needed(configuration, "client_secret")?),
    })
}

fn given(configuration: &Configuration, environment: Environment<'_>) -> Built {
    let variable = configuration
        .get("oidc_token_env")
        .unwrap_or("DATABRICKS_OIDC_TOKEN");
    let token = variable_of(environment, variable)?;
    Ok(federated(
        configuration,
        Identity::Given(Secret::new(token)),
    ))
}

fn filed(configuration: &Configuration, _: Environment<'_>) -> Built {
    let path = needed(configuration, "oidc_token_filepath")?;
    let unusable = |reason: &str| format!("the file `{path}`: {reason}");
    let text = ini::text(Path::new(&path)).map_err(|reason| unusable(&reason))?;
    let text = text.ok_or_else(|| unusable("it does not exist"))?;
    let token = Secret::new(text.trim().to_owned());
    Ok(federated(configuration, Identity::Given(token)))
}

fn github(configuration: &Configuration, environment: Environment<'_>) -> Built {
    needed(configuration, "client_id")?;
    let name = "ACTIONS_ID_TOKEN_REQUEST_URL";
    let permission = |lack| format!("{lack} (the job needs `permissions: id-token: write`)");
    let url = variable_of(environment, name).map_err(permission)?;
    let token = variable_of(environment, "ACTIONS_ID_TOKEN_REQUEST_TOKEN").map_err(permission)?;
    let identity = Identity::Github {
        url: safe(name, &url)?,
        token: Secret::new(token),
    };
    Ok(federated(configuration, identity))
}

/// The address is put together from Azure's predefined variables, as in Databricks' client
/// (`AzureDevOpsOIDCTokenSupplier`).
fn azure_devops(configuration: &Configuration, environment: Environment<'_>) -> Built {
    needed(configuration, "client_id")?;
    let token = variable_of(environment, "SYSTEM_ACCESSTOKEN")?;
    let name = "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI";
    let mut url = safe(name, &variable_of(environment, name)?)?;
    let project = variable_of(environment, "SYSTEM_TEAMPROJECTID")?;
    let kind = variable_of(environment, "SYSTEM_HOSTTYPE")?;
    let plan = variable_of(environment, "SYSTEM_PLANID")?;
    let job = variable_of(environment, "SYSTEM_JOBID")?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
        path.extend([project.as_str(), "_apis", "distributedtask", "hubs", &kind]);
        path.extend(["plans", &plan, "jobs", &job, "oidctoken"]);
    }
    url.set_query(Some("api-version=7.2-preview.1"));
    let token = Secret::new(token);
    Ok(federated(
        configuration,
        Identity::AzureDevops { url, token },
    ))
}

fn federated(configuration: &Configuration, identity: Identity) -> Method {
    Method::Federated {
        client_id: configuration.get("client_id").map(str::to_owned),
        identity,
    }
}

fn needed(configuration: &Configuration, setting: &str) -> Result<String, String> {
    let value = configuration.get(setting).map(str::to_owned);
    value.ok_or_else(|| configuration.name(setting))
}

fn variable_of(environment: Environment<'_>, name: &str) -> Result<String, String> {
    let value = environment(name).map(|value| value.trim().to_owned());
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| name.to_owned())
}

/// The address of an identity provider: what is sent there is a credential.
fn safe(name: &str, text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    url.filter(|url| url.scheme() == "https" || http::is_loopback(url))
        .ok_or_else(|| format!("an https address in {name}"))
}
