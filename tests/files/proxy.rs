//! Artifacts through the tracking server, in the words of a recorded one (MLflow 3.17.2).

use std::time::Duration;

use gatewright::artifact::ArtifactError;

use super::fetch;
use super::support::fake_server::{Behaviour, FakeServer};
use Behaviour::{Answer, Delay, Each, Endless, Half, Hang, Redirect, Reset, Whole};

const SERVICE: &str = "/api/2.0/mlflow-artifacts/artifacts";
const LOCATION: &str = "mlflow-artifacts:/1/models/m-1/artifacts";
const FILE: &str = "/api/2.0/mlflow-artifacts/artifacts/1/models/m-1/artifacts/MLmodel";

fn file(content: &[u8]) -> Behaviour {
    let headers = vec![
        "content-disposition: attachment; filename=MLmodel",
        "content-type: text/plain",
        "etag: \"1795413020.032007-1458-3607241715\"",
        "x-content-type-options: nosniff",
    ];
    Whole(200, headers, content.to_vec())
}

fn absent() -> Behaviour {
    let body = r#"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No such artifact: '1/models/m-1/artifacts/MLmodel'","sqlstate":"KAM00","error_class":"RESOURCE_NOT_FOUND"}"#;
    Answer(404, body.to_owned())
}

/// What comes of one behaviour of the server, and how many requests it took.
fn outcome(behaviour: Behaviour) -> (Result<Option<Vec<u8>>, ArtifactError>, usize) {
    let server = FakeServer::start();
    server.on("GET", FILE, &[], behaviour);
    let variables = [
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1"),
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", "1"),
        ("MLFLOW_TRACKING_TOKEN", "hush-hush"),
    ];
    let found = fetch(LOCATION, "MLmodel", &server.url(), &variables);
    (found, server.received().len())
}

#[test]
fn a_file_arrives_byte_for_byte() {
    let bytes: Vec<u8> = (0..=255).collect();
    let (found, requests) = outcome(file(&bytes));
    assert_eq!((found.unwrap().unwrap(), requests), (bytes, 1));
    let (found, requests) = outcome(Each(vec![Answer(503, String::new()), file(b"x")]));
    assert_eq!((found.unwrap().unwrap(), requests), (b"x".to_vec(), 2));
    assert_eq!(outcome(file(b"")).0.unwrap().unwrap(), b"");
}

#[test]
fn only_mlflow_itself_can_say_that_a_file_is_absent() {
    assert_eq!(outcome(absent()).0.unwrap(), None);
    let page = b"<!doctype html><title>404 Not Found</title>".to_vec();
    for other in [
        Whole(404, vec!["content-type: text/html"], page),
        Answer(404, r#"{"detail":"Not Found"}"#.to_owned()),
        Answer(404, r#"{"error_code":"ENDPOINT_NOT_FOUND","message":""}"#.to_owned()),
        Answer(404, String::new()),
        Answer(400, r#"{"detail":"Artifact path refers to a directory, not a file: '1'"}"#.to_owned()),
        Answer(503, r#"{"detail":"Artifact serving is disabled. Run `mlflow server` with `--serve-artifacts` to enable."}"#.to_owned()),
    ] {
        let error = outcome(other).0.unwrap_err();
        assert!(matches!(error, ArtifactError::Refused { .. }), "{error:?}");
    }
}

#[test]
fn whatever_is_not_the_whole_file_is_an_error() {
    let long = "x".repeat(1001);
    let login = b"<html>Sign in</html>".to_vec();
    for (behaviour, words) in [
        (Half("0123456789".to_owned()), "cannot reach"),
        (Reset, "cannot reach"),
        (Hang, "was not there within"),
        (
            Delay(Duration::from_secs(3), Box::new(file(b"late"))),
            "was not there within",
        ),
        (Endless, "is larger than 1000 bytes"),
        (file(long.as_bytes()), "is larger than 1000 bytes"),
        (
            Redirect("http://elsewhere.example/x?token=1".to_owned()),
            "redirects to http://elsewhere.example,",
        ),
        (Answer(500, "oops".to_owned()), "HTTP 500"),
        (Answer(401, String::new()), "HTTP 401"),
        (Answer(403, String::new()), "HTTP 403"),
        (
            Whole(200, vec!["content-type: text/html; charset=utf-8"], login),
            "HTML page",
        ),
        (
            Whole(206, vec!["content-range: bytes 0-1/9"], b"01".to_vec()),
            "HTTP 206",
        ),
        (Whole(204, vec![], Vec::new()), "HTTP 204"),
        (Answer(500, "your token hush-hush".to_owned()), "[redacted]"),
    ] {
        let shown = format!("{behaviour:.80?}");
        let error = outcome(behaviour).0.unwrap_err();
        let told = error.to_string();
        assert!(told.contains(words), "{shown}: {told}");
        assert!(
            !told.contains("hush") && !told.contains("token=1"),
            "{told}"
        );
        assert!(!error.help().is_empty());
    }
}

#[test]
fn the_request_is_signed_and_its_path_is_encoded_once() {
    let server = FakeServer::start();
    let path = format!("/prefix{SERVICE}/1/r/artifacts/a%20b/%C3%A4%2B%25.json");
    server.on("GET", &path, &[], file(b"{}"));
    let variables = [
        ("MLFLOW_TRACKING_TOKEN", "t0ken"),
        ("MLFLOW_WORKSPACE", "w"),
    ];
    let tracking = format!("{}/prefix", server.url());
    let location = "mlflow-artifacts:/1/r/artifacts/a%20b";
    let found = fetch(location, "ä+%.json", &tracking, &variables);
    assert_eq!(found.unwrap().unwrap(), b"{}");
    let request = &server.received()[0];
    assert_eq!(request.header("authorization"), Some("Bearer t0ken"));
    assert_eq!(request.header("x-mlflow-workspace"), Some("w"));
}

#[test]
fn a_location_with_a_host_has_to_be_the_tracking_server() {
    let server = FakeServer::start();
    server.on("GET", FILE, &[], file(b"x"));
    let tracking = server.url();
    let inner = "1/models/m-1/artifacts";
    for location in [
        format!("mlflow-artifacts://{}/{inner}", server.authority()),
        format!("{tracking}{SERVICE}/{inner}"),
    ] {
        assert!(
            fetch(&location, "MLmodel", &tracking, &[])
                .unwrap()
                .is_some(),
            "{location}"
        );
    }
    for location in [
        format!("mlflow-artifacts://127.0.0.1:1/{inner}"),
        format!("mlflow-artifacts://elsewhere.example/{inner}"),
        format!("{tracking}/other{SERVICE}/{inner}"),
        format!("https://{}{SERVICE}/{inner}", server.authority()),
    ] {
        let error = fetch(&location, "MLmodel", &tracking, &[]).unwrap_err();
        assert!(
            matches!(error, ArtifactError::OtherServer { .. }),
            "{location}: {error:?}"
        );
    }
    let error = fetch(LOCATION, "MLmodel", "sqlite:///mlflow.db", &[]).unwrap_err();
    assert!(error.help().contains("mlflow.tracking_uri"), "{error:?}");
    assert_eq!(server.received().len(), 2);
}
