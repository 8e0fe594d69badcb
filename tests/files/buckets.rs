//! Artifacts in S3, against a stand-in that speaks its GET; the other services have the same path
//! through the code but for their words.

use std::time::Instant;

use gatewright::artifact::ArtifactError;

use super::fetch;
use super::support::fake_server::{Behaviour, FakeServer, Received};
use Behaviour::{Each, Half, Hang, Redirect, Reset, Whole};

const LOCATION: &str = "s3://artifacts/1/r/artifacts";
const FILE: &str = "/artifacts/1/r/artifacts/MLmodel";
const KEYS: [(&str, &str); 5] = [
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "hush-hush"),
    ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1"),
    ("MLFLOW_HTTP_REQUEST_TIMEOUT", "1"),
    ("GATEWRIGHT_HTTP_DEADLINE", "10"),
];

fn object(content: &[u8]) -> Behaviour {
    let headers = vec![
        "ETag: \"5d41402abc4b2a76b9719d911017c592\"",
        "Last-Modified: Mon, 23 Nov 2026 12:05:53 GMT",
        "Content-Type: binary/octet-stream",
    ];
    Whole(200, headers, content.to_vec())
}

fn said(status: u16, code: &str) -> Behaviour {
    let body = format!(
        r#"<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>hush-hush</Message><AWSAccessKeyId>AKIDEXAMPLE</AWSAccessKeyId></Error>"#
    );
    Whole(
        status,
        vec!["Content-Type: application/xml"],
        body.into_bytes(),
    )
}

type Outcome = Result<Option<Vec<u8>>, ArtifactError>;

/// What comes of one behaviour of the store, and the requests it took.
fn outcome(behaviour: Behaviour) -> (Outcome, Vec<Received>) {
    let server = FakeServer::start();
    server.on("GET", FILE, &[], behaviour);
    let url = server.url();
    let variables: Vec<_> = KEYS
        .into_iter()
        .chain([("MLFLOW_S3_ENDPOINT_URL", url.as_str())])
        .collect();
    let found = fetch(LOCATION, "MLmodel", "sqlite:///mlflow.db", &variables);
    (found, server.received())
}

#[test]
fn an_object_arrives_byte_for_byte_and_the_request_is_signed() {
    let bytes: Vec<u8> = (0..=255).collect();
    let (found, requests) = outcome(object(&bytes));
    assert_eq!(found.unwrap().unwrap(), bytes);
    let authorization = requests[0].header("authorization").unwrap();
    assert!(
        authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"),
        "{authorization}"
    );
    assert!(
        authorization.contains("/us-east-1/s3/aws4_request"),
        "{authorization}"
    );
    let (found, requests) = outcome(Each(vec![said(503, "SlowDown"), object(b"x")]));
    assert_eq!(
        (found.unwrap().unwrap(), requests.len()),
        (b"x".to_vec(), 2)
    );
}

#[test]
fn only_a_missing_key_is_absent() {
    assert_eq!(outcome(said(404, "NoSuchKey")).0.unwrap(), None);
    for other in [
        said(404, "NoSuchBucket"),
        said(404, ""),
        Whole(
            404,
            vec!["Content-Type: text/html"],
            b"<html>NoSuchKey</html>".to_vec(),
        ),
        Whole(404, vec![], Vec::new()),
    ] {
        let error = outcome(other).0.unwrap_err();
        assert!(matches!(error, ArtifactError::Refused { .. }), "{error:?}");
    }
}

#[test]
fn whatever_is_not_the_whole_object_is_an_error() {
    let long = vec![b'x'; 1001];
    for (behaviour, words) in [
        (
            said(403, "SignatureDoesNotMatch"),
            "may not read s3://artifacts/1/r/artifacts/MLmodel: HTTP 403 SignatureDoesNotMatch",
        ),
        (said(401, "x"), "may not read"),
        (said(500, "InternalError"), "HTTP 500 InternalError"),
        (said(301, "PermanentRedirect"), "in another region"),
        (
            Redirect("http://elsewhere.example/x".to_owned()),
            "HTTP 302",
        ),
        (Half("0123456789".to_owned()), "s3://artifacts"),
        (Reset, "cannot reach"),
        (Hang, "cannot reach"),
        (object(&long), "is larger than 1000 bytes"),
    ] {
        let shown = format!("{behaviour:.60?}");
        let start = Instant::now();
        let (found, requests) = outcome(behaviour);
        let error = found.unwrap_err();
        let told = format!("{error} {error:?} {}", error.help());
        assert!(told.contains(words), "{shown}: {told}");
        for secret in ["hush", "AKID", "Signature="] {
            assert!(!told.contains(secret), "{told}");
        }
        assert!(
            start.elapsed().as_secs() < 12 && requests.len() <= 4,
            "{shown}"
        );
    }
}

#[test]
fn an_endpoint_is_only_what_the_user_set() {
    let without = |variables: &[(&str, &str)]| {
        fetch(LOCATION, "MLmodel", "sqlite:///mlflow.db", variables).unwrap_err()
    };
    let error = without(&[("MLFLOW_S3_ENDPOINT_URL", "ftp://h")]);
    assert!(
        matches!(&error, ArtifactError::Setting { name, .. } if name == "MLFLOW_S3_ENDPOINT_URL"),
        "{error:?}"
    );
    let error = without(&[("AWS_PROFILE", "work")]);
    assert!(
        error.to_string().contains("export AWS_ACCESS_KEY_ID"),
        "{error}"
    );
    let error = without(&[("MLFLOW_HTTP_REQUEST_TIMEOUT", "soon")]);
    assert!(matches!(error, ArtifactError::Setting { .. }), "{error:?}");
}

#[test]
fn google_and_azure_are_asked_where_the_environment_says() {
    let server = FakeServer::start();
    server.on("GET", "/bucket/1%2FMLmodel", &[], object(b"google"));
    let url = server.url();
    let google = [("STORAGE_EMULATOR_HOST", url.as_str())];
    let found = fetch("gs://bucket/1", "MLmodel", "", &google);
    assert_eq!(found.unwrap().unwrap(), b"google");

    server.on("GET", "/account/container/1/MLmodel", &[], object(b"azure"));
    server.on(
        "GET",
        "/account/container/1/none",
        &[],
        said(404, "BlobNotFound"),
    );
    server.on(
        "GET",
        "/account/container/1/gone",
        &[],
        said(404, "ContainerNotFound"),
    );
    let connection = format!(
        "DefaultEndpointsProtocol=http;AccountName=account;AccountKey=aHVzaC1odXNoaHVzaA==;BlobEndpoint={url}/account;"
    );
    let azure = [("AZURE_STORAGE_CONNECTION_STRING", connection.as_str())];
    let location = "wasbs://container@account.blob.core.windows.net/1";
    let found = fetch(location, "MLmodel", "", &azure);
    assert_eq!(found.unwrap().unwrap(), b"azure");
    assert_eq!(fetch("az://container/1", "none", "", &azure).unwrap(), None);
    assert!(fetch(location, "gone", "", &azure).is_err());
    let signed = server.received();
    let authorization = signed[1].header("authorization").unwrap();
    assert!(
        authorization.starts_with("SharedKey account:"),
        "{authorization}"
    );

    let other = fetch(
        "wasbs://container@other.blob.core.windows.net/1",
        "MLmodel",
        "",
        &azure,
    );
    assert!(matches!(other.unwrap_err(), ArtifactError::Setting { .. }));
    let nameless = fetch("az://container/1", "MLmodel", "", &[]).unwrap_err();
    assert!(
        nameless.to_string().contains("AZURE_STORAGE_ACCOUNT_NAME"),
        "{nameless}"
    );
}
