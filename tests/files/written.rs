//! Files that we write: in a folder, through the tracking server, into a bucket; whole or not at
//! all, and never outside of where they belong.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use gatewright::artifact::{Access, ArtifactError, LARGEST_WRITTEN, Location, write};
use tempfile::TempDir;

use super::fetch;
use super::support::fake_server::{Behaviour, FakeServer};
use Behaviour::{Answer, Each, Half, Hang, Redirect, Reset, Whole};

const PATH: &str = "gatewright/decisions/0a1b.json";
const CONTENT: &[u8] = b"{\"verdict\": \"pass\"}";

/// Writes with some variables set.
fn put(
    location: &str,
    path: &str,
    tracking_uri: &str,
    variables: &[(&str, &str)],
) -> Result<(), ArtifactError> {
    let environment = |name: &str| {
        let found = variables.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let access = Access::new(Path::new("/"), tracking_uri, &environment);
    write(&Location::parse(location)?, path, CONTENT, &access)
}

#[test]
fn a_file_is_written_into_a_folder_and_written_over() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("mlruns/0/a run/artifacts");
    fs::create_dir_all(folder.path().join("mlruns/0")).unwrap();
    let uri = format!("file://{}", root.display().to_string().replace(' ', "%20"));
    put(&uri, PATH, "", &[]).unwrap();
    assert_eq!(fetch(&uri, PATH, "", &[]).unwrap().unwrap(), CONTENT);
    fs::write(root.join(PATH), "another").unwrap();
    put(&uri, PATH, "", &[]).unwrap();
    assert_eq!(fetch(&uri, PATH, "", &[]).unwrap().unwrap(), CONTENT);
    let decisions = root.join("gatewright/decisions");
    assert_eq!(fs::read_dir(&decisions).unwrap().count(), 1);
    let mode = fs::metadata(root.join(PATH)).unwrap().permissions().mode();
    assert_eq!(mode & 0o444, 0o444, "MLflow's server has to read it");
}

#[test]
fn a_folder_that_is_on_another_machine_is_not_made_up() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("mlartifacts/0/run/artifacts");
    let error = put(missing.to_str().unwrap(), PATH, "", &[]).unwrap_err();
    assert!(matches!(error, ArtifactError::NoFolder { .. }), "{error:?}");
    assert!(!folder.path().join("mlartifacts").exists());
    let error = put("/no-such-folder-of-anybody", PATH, "", &[]).unwrap_err();
    assert!(matches!(error, ArtifactError::NoFolder { .. }), "{error:?}");
}

#[test]
fn nothing_is_written_outside_of_the_artifact_root() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("artifacts");
    fs::create_dir_all(root.join("is a folder")).unwrap();
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    symlink(folder.path().join("elsewhere"), root.join("out")).unwrap();
    fs::write(folder.path().join("secret"), "password").unwrap();
    symlink(folder.path().join("secret"), root.join("link.json")).unwrap();
    let root = root.to_str().unwrap();
    for path in [
        "",
        "a/",
        "../x",
        "/x",
        "a/../../x",
        "%2e%2e/x",
        "a\\..\\x",
        "x\0y",
        "out/x.json",
        "out/new/x.json",
        "is a folder",
    ] {
        assert!(put(root, path, "", &[]).is_err(), "{path}");
    }
    assert_eq!(
        fs::read_dir(folder.path().join("elsewhere"))
            .unwrap()
            .count(),
        0
    );
    // The link itself is replaced, not what it leads to.
    put(root, "link.json", "", &[]).unwrap();
    assert_eq!(
        fs::read_to_string(folder.path().join("secret")).unwrap(),
        "password"
    );
    assert!(!folder.path().join("x").exists());
}

#[test]
fn what_is_too_large_or_has_no_place_is_refused() {
    let large = vec![b'x'; usize::try_from(LARGEST_WRITTEN).unwrap() + 1];
    let access = Access::new(Path::new("/"), "", &|_| None);
    let location = Location::parse("/tmp").unwrap();
    let error = write(&location, "gatewright-large.json", &large, &access).unwrap_err();
    assert!(matches!(error, ArtifactError::TooLarge { .. }), "{error:?}");
    for uri in [
        "dbfs:/databricks/mlflow",
        "runs:/x",
        "hdfs://h/x",
        "https://example.com/x",
    ] {
        let error = put(uri, PATH, "http://127.0.0.1:1", &[]).unwrap_err();
        assert!(
            matches!(error, ArtifactError::Unsupported { .. }),
            "{error:?}"
        );
    }
    let error = put("mlflow-artifacts:/x", PATH, "sqlite:///x.db", &[]).unwrap_err();
    assert!(
        matches!(error, ArtifactError::Unsupported { .. }),
        "{error:?}"
    );
}

/// What comes of one behaviour of the tracking server and what it gives back then, and the bodies
/// that it got.
fn through_server(
    behaviour: Behaviour,
    given_back: &[u8],
) -> (Result<(), ArtifactError>, Vec<Vec<u8>>) {
    let server = FakeServer::start();
    let path =
        "/api/2.0/mlflow-artifacts/artifacts/0/a%20run/artifacts/gatewright/decisions/0a1b.json";
    server.on("PUT", path, &[], behaviour);
    let attachment = vec!["content-disposition: attachment; filename=0a1b.json"];
    server.on(
        "GET",
        path,
        &[],
        Whole(200, attachment, given_back.to_vec()),
    );
    let variables = [
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1"),
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", "1"),
        ("MLFLOW_TRACKING_TOKEN", "hush-hush"),
    ];
    let location = "mlflow-artifacts:/0/a%20run/artifacts";
    let outcome = put(location, PATH, &server.url(), &variables);
    for request in server.received() {
        assert_eq!(request.header("authorization"), Some("Bearer hush-hush"));
    }
    let put = server
        .received()
        .into_iter()
        .filter(|it| it.method == "PUT");
    (outcome, put.map(|request| request.body).collect())
}

#[test]
fn the_tracking_server_gets_it_as_it_is_and_has_to_give_it_back() {
    let said = |body: &str| Answer(200, body.to_owned());
    let through = |behaviour| through_server(behaviour, CONTENT);
    // MLflow 3.17.2 answers with an empty body, older ones with `{}`.
    for body in ["", "{}"] {
        assert_eq!(through(said(body)), (Ok(()), vec![CONTENT.to_vec()]));
    }
    let again = Each(vec![Answer(503, String::new()), said("{}")]);
    assert_eq!(through(again), (Ok(()), vec![CONTENT.to_vec(); 2]));
    for other in [
        b"".as_slice(),
        b"<html>Sign in</html>",
        b"{\"verdict\": \"blocked\"}",
    ] {
        let error = through_server(said("{}"), other).0.unwrap_err();
        assert!(error.to_string().starts_with("cannot write") || other.len() > CONTENT.len());
    }
    let denied = r#"{"error_code":"PERMISSION_DENIED","message":"no hush-hush"}"#;
    for behaviour in [
        Whole(204, Vec::new(), Vec::new()),
        Answer(403, denied.to_owned()),
        Answer(400, denied.to_owned()),
        Answer(404, "<h1>Not Found</h1>".to_owned()),
        Answer(500, String::new()),
        Redirect("https://elsewhere.example.com/".to_owned()),
        Half("{\"a\": 1}".to_owned()),
        Reset,
        Hang,
    ] {
        let shown = format!("{behaviour:?}");
        let error = through(behaviour).0.unwrap_err();
        let told = format!("{error} {}", error.help());
        assert!(!told.contains("hush"), "{shown}: {told}");
        assert!(!told.contains("cannot read"), "{shown}: {told}");
    }
}

#[test]
fn another_server_gets_nothing() {
    let server = FakeServer::start();
    for location in [
        "mlflow-artifacts://elsewhere.example.com/0/run/artifacts",
        "https://elsewhere.example.com/api/2.0/mlflow-artifacts/artifacts/0/run/artifacts",
    ] {
        let error = put(location, PATH, &server.url(), &[]).unwrap_err();
        assert!(
            matches!(error, ArtifactError::OtherServer { .. }),
            "{error:?}"
        );
    }
    assert!(server.received().is_empty());
}

#[cfg(feature = "object-stores")]
#[test]
fn a_bucket_gets_a_whole_object_in_one_signed_request() {
    let outcome = |behaviour| {
        let server = FakeServer::start();
        let path = "/artifacts/1/r/artifacts/gatewright/decisions/0a1b.json";
        server.on("PUT", path, &[], behaviour);
        let url = server.url();
        let variables = [
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "hush-hush"),
            ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"),
            ("MLFLOW_HTTP_REQUEST_TIMEOUT", "1"),
            ("GATEWRIGHT_HTTP_DEADLINE", "5"),
            ("MLFLOW_S3_ENDPOINT_URL", url.as_str()),
        ];
        let outcome = put("s3://artifacts/1/r/artifacts", PATH, "", &variables);
        (outcome, server.received())
    };
    let stored = Whole(
        200,
        vec!["ETag: \"5d41402abc4b2a76b9719d911017c592\""],
        Vec::new(),
    );
    let (written, requests) = outcome(stored);
    assert_eq!(written, Ok(()));
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].body, CONTENT);
    assert!(
        requests[0]
            .header("authorization")
            .unwrap()
            .contains("AKIDEXAMPLE")
    );
    for behaviour in [
        Answer(403, "<Error><Code>AccessDenied</Code></Error>".to_owned()),
        Answer(500, String::new()),
        Reset,
        Hang,
    ] {
        let told = outcome(behaviour).0.unwrap_err().to_string();
        assert!(
            !told.contains("hush") && !told.contains("cannot read"),
            "{told}"
        );
    }
}
