//! Artifacts in a folder.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use gatewright::artifact::{Access, ArtifactError, Location, read};
use tempfile::TempDir;

use super::fetch;

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let artifacts = folder.path().join("mlruns/0/a run/artifacts");
    fs::create_dir_all(artifacts.join("model")).unwrap();
    fs::write(artifacts.join("model/MLmodel"), "flavors: {}").unwrap();
    fs::write(folder.path().join("secret"), "password").unwrap();
    folder
}

#[test]
fn a_file_is_read_wherever_its_location_is_spelled_from() {
    let folder = folder();
    let root = folder.path().display().to_string();
    let access = Access::new(folder.path(), "sqlite:///mlflow.db", &|_| None);
    for location in [
        format!("{root}/mlruns/0/a run/artifacts"),
        format!("file://{root}/mlruns/0/a%20run/artifacts"),
        format!("file:{root}/mlruns/0/a%20run/artifacts/"),
        format!("file://localhost{root}/mlruns/0/a%20run/artifacts"),
        "mlruns/0/a run/artifacts".to_owned(),
        "./mlruns/0/a run/artifacts".to_owned(),
        "mlruns/../mlruns/0/a run/artifacts".to_owned(),
    ] {
        let location = Location::parse(&location).unwrap();
        let found = read(&location, "model/MLmodel", 11, &access).unwrap();
        assert_eq!(
            found.as_deref(),
            Some(b"flavors: {}".as_slice()),
            "{location}"
        );
        let joined = location.join("model").unwrap();
        assert_eq!(
            read(&joined, "MLmodel", 11, &access).unwrap(),
            found,
            "{joined}"
        );
    }
}

#[test]
fn a_missing_file_is_absent_and_a_missing_root_is_not_known() {
    let folder = folder();
    let root = folder.path().join("mlruns/0/a run/artifacts");
    let root = root.to_str().unwrap();
    for path in ["none.json", "none/x.json", "model/MLmodel/x"] {
        assert_eq!(fetch(root, path, "", &[]).unwrap(), None, "{path}");
    }
    let error = fetch(&format!("{root}/elsewhere"), "MLmodel", "", &[]).unwrap_err();
    assert!(matches!(error, ArtifactError::NoFolder { .. }), "{error:?}");
    assert!(error.help().contains("on another machine"));
}

#[test]
fn what_is_no_file_within_the_limit_is_an_error() {
    let folder = folder();
    let root = folder.path().join("mlruns/0/a run/artifacts");
    fs::write(root.join("exact"), vec![b'x'; 1000]).unwrap();
    fs::write(root.join("large"), vec![b'x'; 1001]).unwrap();
    let status = std::process::Command::new("mkfifo")
        .arg(root.join("pipe"))
        .status();
    assert!(status.unwrap().success());
    let root = root.to_str().unwrap();
    assert_eq!(fetch(root, "exact", "", &[]).unwrap().unwrap().len(), 1000);
    let error = fetch(root, "large", "", &[]).unwrap_err();
    assert!(
        matches!(error, ArtifactError::TooLarge { limit: 1000, .. }),
        "{error:?}"
    );
    for path in ["model", "pipe"] {
        let error = fetch(root, path, "", &[]).unwrap_err();
        assert!(
            matches!(error, ArtifactError::Unreadable { .. }),
            "{error:?}"
        );
    }
    for path in ["", ".", "../secret", "/etc/hostname", "%2e%2e/secret"] {
        let error = fetch(root, path, "", &[]).unwrap_err();
        assert!(
            matches!(error, ArtifactError::UnsafePath { .. }),
            "{path}: {error:?}"
        );
    }
}

#[test]
fn a_link_counts_by_where_it_leads() {
    let folder = folder();
    let root = folder.path().join("mlruns/0/a run/artifacts");
    symlink("model/MLmodel", root.join("inside")).unwrap();
    symlink("../../../../secret", root.join("outside")).unwrap();
    symlink(folder.path(), root.join("up")).unwrap();
    symlink("nowhere", root.join("broken")).unwrap();
    symlink("loop", root.join("loop")).unwrap();
    let root = root.to_str().unwrap();
    assert!(fetch(root, "inside", "", &[]).unwrap().is_some());
    for path in ["outside", "up/secret"] {
        let error = fetch(root, path, "", &[]).unwrap_err();
        assert!(error.to_string().contains("leads out"), "{error}");
    }
    for path in ["broken", "broken/x", "loop"] {
        let error = fetch(root, path, "", &[]).unwrap_err();
        assert!(
            matches!(error, ArtifactError::Unreadable { .. }),
            "{error:?}"
        );
    }
    // The root itself may be a link: whoever made it decided where artifacts are.
    let alias = folder.path().join("alias");
    symlink(Path::new(root), &alias).unwrap();
    assert!(
        fetch(alias.to_str().unwrap(), "inside", "", &[])
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_location_that_cannot_be_read_says_what_to_do() {
    let told = |uri: &str| {
        let error = Location::parse(uri).unwrap_err();
        format!("{error}: {}", error.help())
    };
    for (uri, words) in [
        ("dbfs:/databricks/x", "Databricks job"),
        ("hdfs://h/x", "--artifacts-destination"),
        ("runs:/abc/model", "resolve the run"),
        ("models:/churn/3", "resolve the run"),
        ("C:\\runs", "drive letter"),
        (
            "https://user:pw@example.com/x?token=t",
            "https://example.com/x",
        ),
        ("http://h/other", "web address"),
        ("s3:///key", "names no bucket"),
        ("s3://b/k?versionId=1", "no query"),
        ("s3://b:c@d/k", "no such name"),
        ("wasbs://c@evil.example.com/k", "not one of Azure's"),
        (
            "wasbs://c@acct.blob.core.windows.net.evil.example/k",
            "not one of Azure's",
        ),
        ("wasbs://c/k", "container@account"),
        ("file://other-host/x", "another machine"),
        ("mlflow-artifacts://u:p@h/1", "credentials"),
        ("", "empty"),
    ] {
        let told = told(uri);
        assert!(told.contains(words), "{uri}: {told}");
        assert!(!told.contains("pw") && !told.contains("token"), "{told}");
    }
    for escape in [
        "s3://b/../other/k",
        "mlflow-artifacts:/1/%2e%2e/2",
        "gs://b/a%2f..%2fb",
    ] {
        let error = Location::parse(escape).unwrap_err();
        assert!(
            matches!(error, ArtifactError::UnsafePath { .. }),
            "{escape}: {error:?}"
        );
    }
}

#[test]
fn a_location_reads_as_it_was_written() {
    for uri in [
        "mlflow-artifacts:/1/run/artifacts",
        "mlflow-artifacts://host:5000/1/run",
        "https://host/prefix/api/2.0/mlflow-artifacts/artifacts/1/run",
        "s3://bucket/1/run/artifacts",
        "gs://bucket/1",
        "wasbs://c@account.blob.core.windows.net/1/run",
        "az://container/1",
        "/some/folder",
    ] {
        assert_eq!(Location::parse(uri).unwrap().to_string(), uri);
    }
    let data_lake = Location::parse("abfss://c@account.dfs.core.windows.net/1").unwrap();
    assert_eq!(
        data_lake.to_string(),
        "wasbs://c@account.blob.core.windows.net/1"
    );
}
