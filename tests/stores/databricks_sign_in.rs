//! Signing in to Databricks: what is sent, and to whom.

use std::fs;

use gatewright::store::StoreError;
use tempfile::TempDir;

use super::support::databricks::{ACCESS, RUN, catalog, discovery, token_endpoint, workspace};
use super::support::fake_server::{Behaviour, FakeServer, Received};
use super::{Runs, open_with};

type Variables<'a> = Vec<(&'a str, &'a str)>;

/// Reads one run; what the workspace was asked.
fn signed_in(server: &FakeServer, uri: &str, variables: &Variables<'_>) -> Vec<Received> {
    let store = open_with(uri, variables).unwrap();
    store.runs(&[RUN]).unwrap();
    store.runs(&[RUN]).unwrap();
    server.received()
}

fn paths(received: &[Received]) -> Vec<&str> {
    received.iter().map(|one| one.path.as_str()).collect()
}

fn body(request: &Received) -> String {
    String::from_utf8(request.body.clone()).unwrap()
}

const DISCOVERY: [&str; 2] = [
    "/.well-known/databricks-config",
    "/oidc/.well-known/oauth-authorization-server",
];
const GET_RUN: &str = "/api/2.0/mlflow/runs/get";

/// Discovery in any order, one token, and two reads that carry it.
fn assert_one_token(received: &[Received], between: &[&str]) {
    let mut seen = paths(received);
    seen[..2].sort_unstable();
    let mut expected = DISCOVERY.to_vec();
    expected.extend(between);
    expected.extend(["/oidc/v1/token", GET_RUN, GET_RUN]);
    assert_eq!(seen, expected);
    for read in &received[received.len() - 2..] {
        let bearer = format!("Bearer {ACCESS}");
        assert_eq!(read.header("authorization"), Some(bearer.as_str()));
        assert_eq!(read.header("x-databricks-org-id"), Some("1234567890"));
    }
}

#[test]
fn a_service_principal_trades_its_secret_for_a_token_once() {
    let server = workspace();
    let url = server.url();
    let received = signed_in(
        &server,
        "databricks-uc",
        &vec![
            ("DATABRICKS_HOST", url.as_str()),
            ("DATABRICKS_CLIENT_ID", "cid"),
            ("DATABRICKS_CLIENT_SECRET", "sec"),
        ],
    );
    assert_one_token(&received, &[]);
    let token = &received[2];
    assert_eq!(token.header("authorization"), Some("Basic Y2lkOnNlYw=="));
    let mut form: Vec<_> = body(token).split('&').map(str::to_owned).collect();
    form.sort();
    assert_eq!(form, ["grant_type=client_credentials", "scope=all-apis"]);
}

#[test]
fn a_github_job_trades_its_identity_for_a_token() {
    let server = workspace();
    let github = FakeServer::start();
    let value = r#"{"value":"GH.JWT.X","count":1}"#.to_owned();
    let audience = format!("{}/oidc/v1/token", server.url());
    github.on(
        "GET",
        "/gh",
        &[("api-version", "2.0"), ("audience", &audience)],
        Behaviour::Answer(200, value),
    );
    let (url, request) = (server.url(), format!("{}/gh?api-version=2.0", github.url()));
    let received = signed_in(
        &server,
        "databricks",
        &vec![
            ("DATABRICKS_HOST", url.as_str()),
            ("DATABRICKS_CLIENT_ID", "cid"),
            ("DATABRICKS_AUTH_TYPE", "github-oidc"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", &request),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ghtok"),
        ],
    );
    assert_one_token(&received, &[]);
    let asked = &github.received()[0];
    assert_eq!(asked.header("authorization"), Some("Bearer ghtok"));
    let token = &received[2];
    assert_eq!(token.header("authorization"), None);
    for part in [
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange",
        "subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt",
        "subject_token=GH.JWT.X",
        "client_id=cid",
        "scope=all-apis",
    ] {
        assert!(body(token).split('&').any(|one| one == part), "{part}");
    }
}

#[test]
fn an_azure_devops_job_trades_its_identity_for_a_token() {
    let server = workspace();
    let azure = FakeServer::start();
    let path = "/org/proj%20x/_apis/distributedtask/hubs/build/plans/plan/jobs/job/oidctoken";
    let answer = Behaviour::Answer(200, r#"{"oidcToken":"ADO.JWT.X"}"#.to_owned());
    azure.on("POST", path, &[("api-version", "7.2-preview.1")], answer);
    let (url, collection) = (server.url(), format!("{}/org/", azure.url()));
    let received = signed_in(
        &server,
        "databricks",
        &vec![
            ("DATABRICKS_HOST", url.as_str()),
            ("DATABRICKS_CLIENT_ID", "cid"),
            ("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", &collection),
            ("SYSTEM_TEAMPROJECTID", "proj x"),
            ("SYSTEM_HOSTTYPE", "build"),
            ("SYSTEM_PLANID", "plan"),
            ("SYSTEM_JOBID", "job"),
            ("SYSTEM_ACCESSTOKEN", "adotok"),
        ],
    );
    assert_one_token(&received, &[]);
    let asked = &azure.received()[0];
    assert_eq!(asked.header("authorization"), Some("Bearer adotok"));
    assert!(body(&received[2]).contains("subject_token=ADO.JWT.X"));
}

#[test]
fn any_other_identity_is_taken_from_a_variable_or_a_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, "FILE.JWT.X\n").unwrap();
    let path = path.display().to_string();
    for (name, value, expected) in [
        (
            "DATABRICKS_OIDC_TOKEN",
            "GL.JWT.X",
            "subject_token=GL.JWT.X",
        ),
        (
            "DATABRICKS_OIDC_TOKEN_FILEPATH",
            &path,
            "subject_token=FILE.JWT.X",
        ),
    ] {
        let server = workspace();
        let url = server.url();
        let variables = vec![("DATABRICKS_HOST", url.as_str()), (name, value)];
        let received = signed_in(&server, "databricks", &variables);
        assert_one_token(&received, &[]);
        assert!(body(&received[2]).contains(expected));
    }
}

#[test]
fn a_workspace_that_says_nothing_about_itself_gives_tokens_at_the_usual_place() {
    let server = FakeServer::start();
    for path in DISCOVERY {
        let page = b"<html>not found</html>".to_vec();
        server.on("GET", path, &[], Behaviour::Whole(404, vec![], page));
    }
    token_endpoint(&server);
    catalog(&server);
    let url = server.url();
    let variables = vec![
        ("DATABRICKS_HOST", url.as_str()),
        ("DATABRICKS_CLIENT_ID", "cid"),
        ("DATABRICKS_CLIENT_SECRET", "sec"),
    ];
    let received = signed_in(&server, "databricks", &variables);
    assert_eq!(received[2].path, "/oidc/v1/token");
    assert_eq!(received[3].header("x-databricks-org-id"), None);
}

#[test]
fn a_secret_is_not_sent_to_a_host_that_discovery_made_up() {
    let thief = FakeServer::start();
    token_endpoint(&thief);
    for is_whole_place in [false, true] {
        let server = FakeServer::start();
        let own = format!("{}/oidc", server.url());
        let place = if is_whole_place {
            format!("{}/oidc", thief.url())
        } else {
            own
        };
        discovery(&server, &place, &format!("{}/oidc/v1/token", thief.url()));
        let url = server.url();
        let variables = [
            ("DATABRICKS_HOST", url.as_str()),
            ("DATABRICKS_CLIENT_ID", "cid"),
            ("DATABRICKS_CLIENT_SECRET", "hush-hush"),
        ];
        let store = open_with("databricks", &variables).unwrap();
        let error = store.runs(&[RUN]).unwrap_err();
        assert!(error.to_string().contains("another host"), "{error}");
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
    assert!(thief.received().is_empty());
}

#[test]
fn a_refused_sign_in_says_so_and_repeats_no_secret() {
    let server = FakeServer::start();
    let url = server.url();
    discovery(
        &server,
        &format!("{url}/oidc"),
        &format!("{url}/oidc/v1/token"),
    );
    let body =
        r#"{"error":"invalid_grant","error_description":"no policy for GL.JWT.hush, hush-hush"}"#;
    let refused = Behaviour::Answer(400, body.to_owned());
    server.on("POST", "/oidc/v1/token", &[], refused);
    for variables in [
        [
            ("DATABRICKS_OIDC_TOKEN", "GL.JWT.hush, hush-hush"),
            ("X", ""),
        ],
        [
            ("DATABRICKS_CLIENT_ID", "cid"),
            ("DATABRICKS_CLIENT_SECRET", "GL.JWT.hush, hush-hush"),
        ],
    ] {
        let mut variables = variables.to_vec();
        variables.push(("DATABRICKS_HOST", &url));
        let store = open_with("databricks", &variables).unwrap();
        let error = store.runs(&[RUN]).unwrap_err();
        let seen = format!("{error} {error:?}");
        assert!(
            matches!(error, StoreError::Refused { status: 400, .. }),
            "{seen}"
        );
        assert!(
            seen.contains("signing in") && seen.contains("invalid_grant"),
            "{seen}"
        );
        assert!(!seen.contains("hush"), "{seen}");
    }
}

#[test]
fn a_profile_brings_its_own_host_and_its_own_credentials() {
    let server = workspace();
    let other = FakeServer::start();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(".databrickscfg");
    let content = format!(
        "[DEFAULT]\nhost = {url}\ntoken = default-token\n[staging]\nhost = {url}/?o=1\n\
         client_id = cid\nclient_secret = sec\n[bare]\nhost = {url}\n",
        url = server.url()
    );
    fs::write(&file, content).unwrap();
    let home = folder.path().display().to_string();
    let elsewhere = other.url();
    let both = vec![
        ("HOME", home.as_str()),
        ("DATABRICKS_HOST", &elsewhere),
        ("DATABRICKS_TOKEN", "of-the-environment"),
    ];
    let received = signed_in(&server, "databricks://staging", &both);
    assert_one_token(&received, &[]);
    assert!(other.received().is_empty());
    // The environment's token is not sent to the profile's host.
    let error = open_with("databricks://bare", &both).err().unwrap();
    assert!(
        error.to_string().contains("nothing to sign in with"),
        "{error}"
    );
    let error = open_with("databricks://nobody", &both).err().unwrap();
    assert!(error.to_string().contains("no profile `nobody`"), "{error}");
    let received = signed_in(&server, "databricks", &both[..1].to_vec());
    let last = received.last().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer default-token"));
}

#[test]
fn what_is_missing_or_contradicts_itself_is_named() {
    let host = ("DATABRICKS_HOST", "https://dbc-1.cloud.databricks.com");
    for (variables, expected) in [
        (vec![], "DATABRICKS_HOST"),
        (vec![host], "nothing to sign in with"),
        (
            vec![("DATABRICKS_HOST", "http://dbc-1.cloud.databricks.com")],
            "write https",
        ),
        (
            vec![host, ("DATABRICKS_AUTH_TYPE", "azure-cli")],
            "DATABRICKS_AUTH_TYPE",
        ),
        (
            vec![
                host,
                ("DATABRICKS_AUTH_TYPE", "oauth-m2m"),
                ("DATABRICKS_CLIENT_ID", "c"),
            ],
            "oauth-m2m needs DATABRICKS_CLIENT_SECRET",
        ),
        (
            vec![
                host,
                ("DATABRICKS_AUTH_TYPE", "github-oidc"),
                ("DATABRICKS_CLIENT_ID", "c"),
            ],
            "id-token: write",
        ),
        (
            vec![
                host,
                ("DATABRICKS_TOKEN", "t"),
                ("DATABRICKS_CLIENT_ID", "c"),
            ],
            "DATABRICKS_AUTH_TYPE",
        ),
    ] {
        let error = open_with("databricks-uc", &variables).err().unwrap();
        assert!(matches!(error, StoreError::Setting { .. }), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert!(open_with("databricks", &[host, ("DATABRICKS_TOKEN", "t")]).is_ok());
}
