//! Which credentials are sent, and to whom.

use std::fs;

use gatewright::store::StoreError;
use tempfile::TempDir;

use super::support::fake_server::{Behaviour, FakeServer};
use super::{Runs, open_with};

const RUN: &str = "/api/2.0/mlflow/runs/get";
const RUN_ID: &str = "417876c6bf2146f986c37b5b35869030";

/// The `Authorization` header that a server gets, if any.
fn sent(userinfo: &str, variables: &[(&str, &str)]) -> Option<String> {
    let server = FakeServer::start();
    server.on("GET", RUN, &[], Behaviour::Recorded("run_get"));
    let store = open_with(
        &format!("http://{userinfo}{}", server.authority()),
        variables,
    )
    .unwrap();
    store.runs(&[RUN_ID]).unwrap();
    let received = server.received();
    received[0].header("authorization").map(str::to_owned)
}

#[test]
fn nothing_set_is_nothing_sent() {
    assert_eq!(sent("", &[]), None);
    assert_eq!(sent("", &[("MLFLOW_TRACKING_USERNAME", "ada")]), None);
}

#[test]
fn user_name_and_password_are_sent_as_basic() {
    let variables = [
        ("MLFLOW_TRACKING_USERNAME", "ada"),
        ("MLFLOW_TRACKING_PASSWORD", "pässword"),
        ("MLFLOW_TRACKING_TOKEN", "unused"),
    ];
    assert_eq!(
        sent("", &variables).as_deref(),
        Some("Basic YWRhOnDDpHNzd29yZA==")
    );
}

#[test]
fn a_token_is_sent_as_bearer() {
    let variables = [("MLFLOW_TRACKING_TOKEN", "dapi-1")];
    assert_eq!(sent("", &variables).as_deref(), Some("Bearer dapi-1"));
}

#[test]
fn credentials_in_the_uri_are_decoded_and_win() {
    let variables = [("MLFLOW_TRACKING_TOKEN", "unused")];
    let header = sent("ada:p%40ss%2Bw+rd@", &variables);
    assert_eq!(
        header.as_deref(),
        Some("Basic YWRhOnBAc3Mrdyty")
            .map(|start| format!("{start}ZA=="))
            .as_deref()
    );
}

#[test]
fn the_credentials_file_fills_what_the_environment_lacks() {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join(".mlflow")).unwrap();
    let content = "[mlflow]\nmlflow_tracking_username = ada\nmlflow_tracking_password = file\n";
    fs::write(home.path().join(".mlflow/credentials"), content).unwrap();
    let home = home.path().display().to_string();
    let both = [("HOME", home.as_str()), ("MLFLOW_TRACKING_PASSWORD", "env")];
    assert_eq!(sent("", &both[..1]).as_deref(), Some("Basic YWRhOmZpbGU="));
    assert_eq!(sent("", &both).as_deref(), Some("Basic YWRhOmVudg=="));
}

#[test]
fn a_redirect_is_not_followed_and_credentials_stay_home() {
    let thief = FakeServer::start();
    thief.on("GET", RUN, &[], Behaviour::Recorded("run_get"));
    let server = FakeServer::start();
    let target = format!("{}{RUN}?run_id={RUN_ID}&token=abc", thief.url());
    server.on("GET", RUN, &[], Behaviour::Redirect(target));
    let store = open_with(&server.url(), &[("MLFLOW_TRACKING_TOKEN", "hush")]).unwrap();
    let error = store.runs(&[RUN_ID]).unwrap_err();
    assert_eq!(
        error,
        StoreError::Redirected {
            url: server.url(),
            target: thief.url()
        }
    );
    assert_eq!(server.received().len(), 1);
    assert!(thief.received().is_empty(), "{:?}", thief.received());
}

#[test]
fn a_redirect_to_a_login_page_of_the_same_host_names_the_page() {
    let server = FakeServer::start();
    server.on(
        "GET",
        RUN,
        &[],
        Behaviour::Redirect("/login?next=secret".to_owned()),
    );
    let store = open_with(&server.url(), &[]).unwrap();
    let error = store.runs(&[RUN_ID]).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{0} redirects to {0}/login", server.url())
    );
}

#[test]
fn a_server_that_repeats_the_request_does_not_make_us_print_the_secret() {
    for (name, value, echoed) in [
        ("MLFLOW_TRACKING_TOKEN", "hush-hush", "Bearer hush-hush"),
        (
            "MLFLOW_TRACKING_PASSWORD",
            "hush-hush",
            "Basic YWRhOmh1c2gtaHVzaA== hush-hush",
        ),
    ] {
        let server = FakeServer::start();
        let body = format!(r#"{{"error_code":"BAD","message":"Authorization: {echoed}"}}"#);
        server.on(
            "GET",
            RUN,
            &[],
            Behaviour::Each(vec![
                Behaviour::Answer(418, body),
                Behaviour::Answer(418, format!("you sent {echoed}")),
            ]),
        );
        let variables = [(name, value), ("MLFLOW_TRACKING_USERNAME", "ada")];
        for _ in 0..2 {
            let store = open_with(&server.url(), &variables).unwrap();
            let error = store.runs(&[RUN_ID]).unwrap_err();
            let seen = format!("{error} {error:?} {}", error.help());
            assert!(
                matches!(error, StoreError::Refused { status: 418, .. }),
                "{seen}"
            );
            assert!(!seen.contains("hush") && !seen.contains("YWRh"), "{seen}");
        }
    }
}

#[test]
fn a_certificate_file_that_cannot_be_used_is_named() {
    let name = "MLFLOW_TRACKING_SERVER_CERT_PATH";
    for path in [
        "/nowhere/ca.pem",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    ] {
        let store = open_with("https://127.0.0.1:1", &[(name, path)]).unwrap();
        let error = store.runs(&["r"]).unwrap_err();
        assert!(matches!(error, StoreError::Setting { .. }), "{error:?}");
        assert!(error.to_string().contains(name), "{error}");
    }
}
