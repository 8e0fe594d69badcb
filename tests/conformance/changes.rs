//! What we write, read back by MLflow's own client: aliases, tags, the head, copies.

use std::path::Path;
use std::process::Command;

use gatewright::evidence::HEAD_TAG;
use gatewright::promotion::Head;
use gatewright::registry::{self, Applied, COPIED_TAG, Change, LEASE_TAG, Registry, RegistryError};
use serde_json::Value;
use tempfile::TempDir;

use crate::tools::{Server, python, succeed};

/// Lets MLflow register three versions of `m`, the first of which is champion.
const REGISTER: &str = "
import sys, mlflow
client = mlflow.MlflowClient(sys.argv[1])
run = client.create_run('0')
client.create_registered_model('m', tags={'owner': 'us'})
for number in range(3):
    source = run.info.artifact_uri + '/model'
    client.create_model_version('m', source, run.info.run_id, tags={'kind': 'x'})
client.set_registered_model_alias('m', 'champion', '1')
client.update_model_version('m', '2', 'the second')
";

/// Lets MLflow copy a version.
const COPY: &str = "
import sys, mlflow
mlflow.MlflowClient(sys.argv[1]).copy_model_version('models:/m/2', 'theirs')
";

/// What MLflow's client says of a model.
const READ: &str = "
import json, sys, mlflow
client = mlflow.MlflowClient(sys.argv[1])
models = {}
for model in client.search_registered_models():
    model = client.get_registered_model(model.name)
    versions = {
        str(v.version): {
            'tags': v.tags, 'source': v.source, 'run_id': v.run_id, 'status': v.status,
            'description': v.description, 'run_link': v.run_link, 'stage': v.current_stage,
            'files': client.get_model_version_download_uri(model.name, v.version),
            'has_times': v.creation_timestamp > 0 and v.last_updated_timestamp > 0,
        }
        for v in client.search_model_versions(f\"name='{model.name}'\")
    }
    by_alias = {a: str(client.get_model_version_by_alias(model.name, a).version) for a in model.aliases}
    models[model.name] = {'aliases': by_alias, 'tags': model.tags, 'versions': versions}
print(json.dumps(models))
";

pub(crate) fn script(text: &str, uri: &str, folder: &Path) -> Option<String> {
    let mut command = Command::new(python()?);
    command.args(["-c", text, uri]).current_dir(folder);
    Some(String::from_utf8(succeed(&mut command).stdout).unwrap())
}

pub(crate) fn register(uri: &str, folder: &Path) -> Option<()> {
    script(REGISTER, uri, folder).map(drop)
}

pub(crate) fn read_back(uri: &str, folder: &Path) -> Value {
    serde_json::from_str(&script(READ, uri, folder).unwrap()).unwrap()
}

pub(crate) fn head(sequence: u64) -> Head {
    Head {
        sequence,
        digest: format!("sha256:{sequence}"),
    }
}

pub(crate) fn promotion(expected: Option<u64>, version: u64, sequence: u64) -> Change {
    Change {
        model: "m".to_owned(),
        alias: "champion".to_owned(),
        expected,
        version,
        expected_head: (sequence > 1).then(|| head(sequence - 1)),
        tag: format!("gatewright.promotion.{sequence}"),
        entry: format!("{{\"sequence\":{sequence},\"version\":{version}}}"),
        head: head(sequence),
    }
}

fn open(uri: &str, folder: &Path) -> Box<dyn Registry> {
    registry::open(uri, folder, &|_| None).unwrap()
}

#[test]
fn mlflow_reads_what_was_written_into_its_file() {
    let folder = TempDir::new().unwrap();
    let uri = format!("sqlite:///{}", folder.path().join("mlflow.db").display());
    if register(&uri, folder.path()).is_none() {
        return;
    }
    let revision = || {
        let connection = rusqlite::Connection::open(folder.path().join("mlflow.db")).unwrap();
        let query = "SELECT version_num FROM alembic_version";
        connection
            .query_row(query, [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    let before = revision();
    assert_changes_are_seen(&uri, folder.path());
    assert_copies_are_mlflows(&uri, folder.path());
    assert_eq!(revision(), before);
}

#[test]
fn mlflow_reads_what_was_written_over_its_server() {
    let folder = TempDir::new().unwrap();
    let Some(server) = Server::start(folder.path()) else {
        return;
    };
    register(&server.url, folder.path());
    assert_changes_are_seen(&server.url, folder.path());
    assert_copies_are_mlflows(&server.url, folder.path());
    let model = &read_back(&server.url, folder.path())["m"];
    assert_eq!(model["tags"].get(LEASE_TAG), None, "the lease is left");
}

fn assert_changes_are_seen(uri: &str, folder: &Path) {
    let first = promotion(Some(1), 2, 1);
    assert_eq!(open(uri, folder).apply(&first), Ok(Applied::Now));
    assert_eq!(open(uri, folder).apply(&first), Ok(Applied::Before));
    let late = open(uri, folder).apply(&promotion(Some(1), 3, 1));
    assert!(
        matches!(late, Err(RegistryError::Conflict { .. })),
        "{late:?}"
    );
    let mut other = promotion(None, 3, 2);
    "shadow".clone_into(&mut other.alias);
    r#"{"sequence":2,"alias":"shadow","version":3}"#.clone_into(&mut other.entry);
    "sha256:shadow".clone_into(&mut other.head.digest);
    assert_eq!(open(uri, folder).apply(&other), Ok(Applied::Now));
    let outdated = open(uri, folder).apply(&promotion(Some(2), 3, 2));
    let moved = matches!(outdated, Err(RegistryError::LedgerMoved { .. }));
    assert!(moved, "{outdated:?}");
    let registry = open(uri, folder);
    registry.set_version_tag("m", 3, "note", "ä \"x\"").unwrap();
    registry.set_version_tag("m", 3, "gone", "x").unwrap();
    registry.delete_version_tag("m", 3, "gone").unwrap();
    registry.delete_version_tag("m", 3, "gone").unwrap();
    drop(registry);
    let model = &read_back(uri, folder)["m"];
    assert_eq!(model["aliases"]["champion"], "2");
    assert_eq!(model["aliases"]["shadow"], "3");
    assert_eq!(model["tags"]["owner"], "us");
    assert_eq!(model["tags"][HEAD_TAG], other.head.text());
    let tags = &model["versions"]["3"]["tags"];
    assert_eq!(tags["note"], "ä \"x\"");
    assert_eq!(tags["kind"], "x");
    assert_eq!(tags["gatewright.promotion.2"], other.entry);
    assert_eq!(tags.get("gone"), None);
    let entry = &model["versions"]["2"]["tags"]["gatewright.promotion.1"];
    assert_eq!(entry, &first.entry);
}

/// Version 2 of `m` has a promotion by now; a copy of it has none.
fn assert_copies_are_mlflows(uri: &str, folder: &Path) {
    script(COPY, uri, folder);
    let copy = |from, to: &str| open(uri, folder).copy_version(("m", from), to);
    assert_eq!(copy(2, "ours"), Ok(1));
    assert_eq!(copy(2, "ours"), Ok(1), "it is there already");
    assert_eq!(copy(3, "ours"), Ok(2));
    assert_eq!(copy(3, "theirs"), Ok(2));
    let absent = copy(9, "ours");
    assert!(
        matches!(absent, Err(RegistryError::Conflict { .. })),
        "{absent:?}"
    );
    // A copy of a copy is of the copy.
    assert_eq!(open(uri, folder).copy_version(("ours", 1), "third"), Ok(1));
    // What went into the copy can go live there.
    let mut change = promotion(None, 2, 1);
    "ours".clone_into(&mut change.model);
    assert_eq!(open(uri, folder).apply(&change), Ok(Applied::Now));
    let models = read_back(uri, folder);
    let ours = models["ours"]["versions"]["1"].clone();
    let mut theirs = models["theirs"]["versions"]["1"].clone();
    assert_eq!(theirs["source"], "models:/m/2");
    assert_eq!(theirs["description"], "the second");
    let tags = theirs["tags"].as_object_mut().unwrap();
    assert!(tags.remove("gatewright.promotion.1").is_some());
    tags.insert(COPIED_TAG.to_owned(), "models:/m/2".into());
    assert_eq!(ours, theirs);
    assert_eq!(models["ours"]["versions"].as_object().unwrap().len(), 2);
    assert_eq!(models["ours"]["aliases"]["champion"], "2");
    let third = &models["third"]["versions"]["1"];
    assert_eq!(third["tags"][COPIED_TAG], "models:/ours/1");
    assert_eq!(third["files"], ours["files"]);
}
