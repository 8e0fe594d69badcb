//! The gate's numbers are MLflow's numbers: from a SQLite file that MLflow wrote, and from a server.

use std::path::Path;
use std::process::Command;

use gatewright::evidence::{Reading, Wanted};
use gatewright::store::{Selector, Store, open};
use serde_json::Value;
use tempfile::TempDir;

use crate::tools::{Server, python, repository, succeed};

const SPEC: &str = "version: 1
project: awkward
model: {name: m}
gates:
  promote:
    checks:
      - rmse <= 5.0
      - r2 >= champion + 0.05
      - rmse <= champion + 2%
";

/// Lets MLflow write the awkward store, and gives what MLflow itself reads back from it.
fn write_store(uri: &str, folder: &Path) -> Option<Value> {
    let mut command = Command::new(python()?);
    command
        .arg(repository().join("tests/mlflow/write_store.py"))
        .arg(uri)
        .current_dir(folder);
    Some(serde_json::from_slice(&succeed(&mut command).stdout).unwrap())
}

#[test]
fn a_sqlite_store_reads_as_mlflow_reads_it() {
    let folder = TempDir::new().unwrap();
    let uri = format!("sqlite:///{}", folder.path().join("mlflow.db").display());
    let Some(document) = write_store(&uri, folder.path()) else {
        return;
    };
    let store = open(&uri, folder.path(), &|_| None).unwrap();
    assert_same(&document, store.as_ref());
    drop(store);
    assert_verdicts(&uri, folder.path());
}

#[test]
fn a_server_reads_as_mlflow_reads_it() {
    let folder = TempDir::new().unwrap();
    let Some(server) = Server::start(folder.path()) else {
        return;
    };
    let document = write_store(&server.url, folder.path()).unwrap();
    let store = open(&server.url, folder.path(), &|_| None).unwrap();
    assert_same(&document, store.as_ref());
    assert_verdicts(&server.url, folder.path());
}

#[test]
fn a_store_is_read_while_mlflow_writes_to_it() {
    let folder = TempDir::new().unwrap();
    let uri = format!("sqlite:///{}", folder.path().join("mlflow.db").display());
    let Some(_) = write_store(&uri, folder.path()) else {
        return;
    };
    std::fs::write(folder.path().join("gatewright.yaml"), SPEC).unwrap();
    let writer = "
import sys, threading, mlflow
client = mlflow.MlflowClient(sys.argv[1])
run = client.create_run('0')
is_over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), is_over.set()), daemon=True).start()
step = 0
while not is_over.is_set():
    client.log_metric(run.info.run_id, 'loss', 1.0 / (step + 1), step=step)
    step += 1
    if step == 1:
        print('writing', flush=True)
";
    let mut process = Command::new(python().unwrap())
        .args(["-c", writer, &uri])
        .current_dir(folder.path())
        // It writes until its input ends, and so it ends with this test, whatever becomes of that.
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let output = process.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).unwrap();
    for _ in 0..20 {
        assert_eq!(check(&uri, folder.path(), "2").0, Some(0));
    }
    assert!(
        matches!(process.try_wait(), Ok(None)),
        "it wrote to the end"
    );
    drop(process.stdin.take());
    assert!(
        process.wait().unwrap().success(),
        "the gate kept MLflow from writing"
    );
}

/// Every version and every metric of every model, value by value.
fn assert_same(document: &Value, store: &dyn Store) {
    let mut compared = 0;
    for (model, its) in document["models"].as_object().unwrap() {
        for (alias, number) in its["aliases"].as_object().unwrap() {
            let found = store
                .versions(model, &[Selector::Alias(alias.clone())])
                .unwrap();
            let number = number.as_str().unwrap();
            assert_eq!(
                found[0].as_ref().unwrap().number.to_string(),
                number,
                "{model} {alias}"
            );
        }
        for (number, version) in its["versions"].as_object().unwrap() {
            let selector = Selector::Number(number.parse().unwrap());
            let found = store
                .versions(model, &[selector])
                .unwrap()
                .remove(0)
                .unwrap();
            assert_eq!(
                found.source,
                version["source"].as_str().unwrap_or_default(),
                "{model} {number}"
            );
            assert_eq!(
                found.run_id.as_deref(),
                version["run_id"].as_str().filter(|id| !id.is_empty())
            );
            let Some(run_id) = &found.run_id else {
                continue;
            };
            let wanted = Wanted {
                runs: [run_id.to_owned()].into(),
                ..Wanted::default()
            };
            let run = store.read(&wanted).unwrap().runs[run_id].clone();
            assert_eq!(
                run.deleted,
                version["lifecycle_stage"] == "deleted",
                "{model} {number}"
            );
            let expected = version["metrics"].as_object().unwrap();
            let names: Vec<_> = run.metrics.keys().cloned().collect();
            let mut expected_names: Vec<_> = expected.keys().cloned().collect();
            expected_names.sort();
            assert_eq!(names, expected_names, "{model} {number}");
            for (name, value) in expected {
                compared += 1;
                let reading = run.metrics[name].reading;
                assert!(
                    is_same(reading, value),
                    "{model} {number} {name}: {reading:?} is not {value}"
                );
            }
        }
    }
    assert!(compared > 40, "only {compared} metrics were compared");
}

/// MLflow's SQL stores cannot tell an infinity from the largest double; the gate takes both for
/// an infinity.
fn is_same(reading: Reading, value: &Value) -> bool {
    match reading {
        Reading::Finite(finite) => value.as_f64().map(f64::to_bits) == Some(finite.get().to_bits()),
        Reading::PositiveInfinity => value == "inf" || value.as_f64() == Some(f64::MAX),
        Reading::NegativeInfinity => value == "-inf" || value.as_f64() == Some(f64::MIN),
        Reading::NaN => value == "nan",
    }
}

fn check(uri: &str, folder: &Path, candidate: &str) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args([
            "gate",
            "check",
            "--tracking-uri",
            uri,
            "--candidate",
            candidate,
        ])
        .current_dir(folder)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// What the gate says of each awkward version.
fn assert_verdicts(uri: &str, folder: &Path) {
    std::fs::write(folder.join("gatewright.yaml"), SPEC).unwrap();
    let expected = [
        ("challenger", 0, "PASS"),
        ("champion", 2, "self-comparison"),
        ("3", 1, "the candidate's rmse is NaN"),
        ("4", 1, "the candidate's rmse is Infinity"),
        ("5", 1, "the candidate's r2 is -Infinity"),
        ("6", 1, "the candidate has no metric `rmse`"),
        // 0.85 over 0.80 + 0.05: the boundary holds.
        ("7", 0, "PASS"),
        ("9", 3, "registered without a run"),
        ("10", 3, "was deleted"),
        ("nobody", 3, "has the alias `nobody`"),
    ];
    for (candidate, code, text) in expected {
        let (answered, told) = check(uri, folder, candidate);
        assert_eq!(answered, Some(code), "{candidate}: {told}");
        assert!(told.contains(text), "{candidate}: {told}");
    }
}
