//! Everything that is read of a store is what MLflow's own client says about it: of a SQLite file,
//! and of legacy file stores that MLflow 3 and MLflow 2 wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatewright::evidence::{
    Answer, Assessments, LoggedModel, Metric, ModelVersion, Reading, Run, RunStatus, Wanted,
};
use gatewright::promotion::Chain;
use gatewright::store::{Selector, Store, open};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tools::{python, repository, succeed, tool};

/// What MLflow says about the store that it wrote at a URI.
struct Told {
    document: Value,
    /// SQL stores keep a logged model's NaN as 0, and MLflow believes it.
    is_sql: bool,
}

fn run_script(
    python: &Path,
    packages: Option<&Path>,
    script: &str,
    uri: &str,
    folder: &Path,
) -> Vec<u8> {
    let mut command = Command::new(python);
    if let Some(packages) = packages {
        command.env("PYTHONPATH", packages);
    }
    command
        .arg(repository().join("tests/mlflow").join(script))
        .arg(uri)
        .env("MLFLOW_ALLOW_FILE_STORE", "true")
        .env_remove("MLFLOW_TRACKING_URI")
        .current_dir(folder);
    succeed(&mut command).stdout
}

/// Lets one MLflow write the odd store, and the current one say what is in it. An old database is
/// read from a copy, because MLflow migrates what it opens.
fn written(uri: &str, folder: &Path, older: Option<&str>) -> Option<Told> {
    let current = python()?;
    let (writer, packages) = match older {
        None => (current.clone(), None),
        Some(version) => (
            tool("mlflow-older/bin/python")?,
            Some(tool(&format!("mlflow-older/{version}"))?),
        ),
    };
    let script = "write_odd_evidence.py";
    run_script(&writer, packages.as_deref(), script, uri, folder);
    let apart = TempDir::new().unwrap();
    let is_sql = uri.starts_with("sqlite");
    let read = if is_sql {
        let copy = apart.path().join("mlflow.db");
        fs::copy(folder.join("mlflow.db"), &copy).unwrap();
        format!("sqlite:///{}", copy.display())
    } else {
        uri.to_owned()
    };
    let document = run_script(&current, None, "read_store.py", &read, apart.path());
    Some(Told {
        document: serde_json::from_slice(&document).unwrap(),
        is_sql,
    })
}

/// Every file below a folder with what is in it.
fn bytes_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(bytes_below(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

fn assert_sqlite(older: Option<&str>) {
    let folder = TempDir::new().unwrap();
    let uri = format!("sqlite:///{}", folder.path().join("mlflow.db").display());
    if let Some(told) = written(&uri, folder.path(), older) {
        assert_same(&told, &uri, folder.path());
    }
}

#[test]
fn a_sqlite_file_of_the_current_mlflow_holds_what_mlflow_says() {
    assert_sqlite(None);
}

#[test]
fn a_sqlite_file_of_mlflow_2_holds_what_mlflow_says() {
    assert_sqlite(Some("2.22.5"));
}

#[test]
fn a_sqlite_file_without_associations_of_traces_holds_what_mlflow_says() {
    assert_sqlite(Some("3.4.0"));
}

#[test]
fn a_sqlite_file_from_before_workspaces_holds_what_mlflow_says() {
    assert_sqlite(Some("3.9.0"));
}

#[test]
fn a_file_store_of_mlflow_3_holds_what_mlflow_says() {
    let folder = TempDir::new().unwrap();
    let uri = folder.path().join("mlruns").display().to_string();
    if let Some(told) = written(&uri, folder.path(), None) {
        assert_same(&told, &uri, folder.path());
    }
}

#[test]
fn a_file_store_of_mlflow_2_holds_what_mlflow_says() {
    let folder = TempDir::new().unwrap();
    let uri = folder.path().join("mlruns").display().to_string();
    if let Some(told) = written(&uri, folder.path(), Some("2.22.5")) {
        assert_same(&told, &uri, folder.path());
    }
}

fn assert_same(told: &Told, uri: &str, folder: &Path) {
    let before = bytes_below(folder);
    let store = open(uri, Path::new("."), &|_| None).unwrap();
    let document = &told.document;
    assert_versions(&document["models"]["odd"], store.as_ref());
    let runs = document["runs"].as_object().unwrap();
    assert!(runs.len() > 10, "only {} runs", runs.len());
    let found = store.read(&everything(document)).unwrap();
    for (id, run) in runs {
        assert_run(run, &found.runs[id]);
        assert_histories(told, &run["histories"], &found.histories[id]);
        let children: BTreeSet<_> = found.children[id]
            .iter()
            .map(|run| run.id.clone())
            .collect();
        assert_eq!(children, children_of(runs, id), "{id}");
        assert!(
            found.children[id]
                .iter()
                .all(|child| *child == found.runs[&child.id])
        );
    }
    let models = document["logged_models"].as_object().unwrap();
    assert_eq!(found.logged_models.len(), models.len());
    for (id, model) in models {
        assert_logged_model(model, &found.logged_models[id], told.is_sql);
    }
    let traces = &document["traces"];
    for (run, found) in &found.assessments {
        let expected = traces.get(run).cloned().unwrap_or_else(|| json!({}));
        assert_assessments(run, &expected, found);
    }
    drop(store);
    assert!(before == bytes_below(folder), "the store was changed");
}

/// Everything about every run, and one logged model that does not exist.
fn everything(document: &Value) -> Wanted {
    let runs = document["runs"].as_object().unwrap();
    let ids = || runs.keys().cloned().collect::<BTreeSet<_>>();
    let names = |run: &Value| {
        let logged = run["histories"].as_object().unwrap().keys().cloned();
        logged.chain(["never logged".to_owned()]).collect()
    };
    let models = document["logged_models"].as_object().unwrap().keys();
    Wanted {
        runs: ids(),
        logged_models: models.cloned().chain(["m-nobody".to_owned()]).collect(),
        histories: runs
            .iter()
            .map(|(id, run)| (id.clone(), names(run)))
            .collect(),
        children_of: ids(),
        assessments_of: ids(),
    }
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    serde_json::from_value(value.clone()).unwrap()
}

fn assert_versions(told: &Value, store: &dyn Store) {
    let version = |selector| store.versions("odd", &[selector]).unwrap().remove(0);
    for (alias, number) in told["aliases"].as_object().unwrap() {
        let found = version(Selector::Alias(alias.clone())).unwrap();
        assert_eq!(
            found.number.to_string(),
            number.as_str().unwrap(),
            "{alias}"
        );
    }
    let versions = told["versions"].as_object().unwrap();
    assert_eq!(versions.len(), 3);
    for (number, told) in versions {
        let number = number.parse().unwrap();
        let expected = ModelVersion {
            number,
            run_id: told["run_id"].as_str().map(str::to_owned),
            source: told["source"].as_str().unwrap().to_owned(),
            created_ms: told["created_ms"].as_i64(),
            status: told["status"].as_str().map(str::to_owned),
            tags: texts(&told["tags"]),
        };
        assert_eq!(version(Selector::Number(number)), Some(expected));
    }
    assert_eq!(version(Selector::Number(4)), None);
    let newest = |tag: &str, value: &str| {
        let (tag, value) = (tag.to_owned(), value.to_owned());
        version(Selector::Newest { tag, value }).map(|version| version.number)
    };
    assert_eq!(newest("stage", "candidate"), Some(3));
    assert_eq!(newest("stage", "live"), Some(1));
    assert_eq!(newest("note", "it's 2"), Some(2));
    assert_eq!(newest("note", "it's 4"), None);
    let chain = Chain::read("odd", &store.ledger("odd").unwrap());
    let order: Vec<_> = chain
        .links()
        .iter()
        .map(|link| link.record.version)
        .collect();
    assert_eq!((order, chain.faults()), (vec![1, 3, 1], &[][..]));
}

fn assert_run(told: &Value, found: &Run) {
    let id = &found.id;
    assert_eq!(found.experiment_id, told["experiment_id"].as_str().unwrap());
    assert_eq!(
        Some(found.status),
        RunStatus::parse(told["status"].as_str().unwrap()),
        "{id}"
    );
    assert_eq!(found.deleted, told["lifecycle_stage"] == "deleted", "{id}");
    assert_eq!(found.start_ms, told["start_ms"].as_i64(), "{id}");
    assert_eq!(found.end_ms, told["end_ms"].as_i64(), "{id}");
    assert_eq!(found.artifact_uri, told["artifact_uri"].as_str().unwrap());
    assert_eq!(found.params, texts(&told["params"]), "{id}");
    assert_eq!(found.tags, texts(&told["tags"]), "{id}");
    let metrics = told["metrics"].as_object().unwrap();
    assert_eq!(found.metrics.len(), metrics.len(), "{id}");
    for (name, value) in metrics {
        assert!(
            is_same(found.metrics[name].reading, value),
            "{id} {name}: {value}"
        );
    }
    let datasets = found.datasets.iter().map(|input| {
        let context = input.context.clone().unwrap_or_default();
        json!([input.dataset.name, input.dataset.digest, context])
    });
    assert_eq!(
        json!(datasets.collect::<Vec<_>>()),
        told["datasets"],
        "{id}"
    );
}

fn assert_histories(store: &Told, told: &Value, found: &BTreeMap<String, Vec<Metric>>) {
    let told = told.as_object().unwrap();
    assert_eq!(found.len(), told.len() + 1);
    assert_eq!(found["never logged"], []);
    for (name, points) in told {
        let points = points.as_array().unwrap();
        assert_eq!(found[name].len(), points.len(), "{name}");
        for (point, told) in found[name].iter().zip(points) {
            // MLflow's reader of files loses the step where a data set was logged with it.
            let lost = !store.is_sql && name == "mae" && told[0] == 0;
            assert!(
                lost || told[0] == point.step,
                "{name} {point:?} is not {told}"
            );
            assert_eq!(told[1], point.timestamp_ms, "{name}");
            assert!(
                is_same(point.reading, &told[2]),
                "{name} {point:?} is not {told}"
            );
        }
    }
}

fn children_of(runs: &serde_json::Map<String, Value>, parent: &str) -> BTreeSet<String> {
    let experiment = &runs[parent]["experiment_id"];
    let is_child = |run: &Value| {
        run["tags"]["mlflow.parentRunId"] == parent
            && run["lifecycle_stage"] == "active"
            && run["experiment_id"] == *experiment
    };
    let children = runs.iter().filter(|(_, run)| is_child(run));
    children.map(|(id, _)| id.clone()).collect()
}

fn assert_logged_model(told: &Value, found: &LoggedModel, is_sql: bool) {
    assert_eq!(json!(found.ready), told["ready"]);
    assert_eq!(json!(found.source_run_id), told["source_run_id"]);
    assert_eq!(json!(found.artifact_location), told["artifact_location"]);
    assert_eq!(found.params, texts(&told["params"]));
    assert_eq!(found.tags, texts(&told["tags"]));
    assert!(!found.deleted);
    let mut metrics = told["metrics"].as_array().unwrap().clone();
    assert_eq!(found.metrics.len(), metrics.len());
    for one in &found.metrics {
        let dataset = one.dataset.as_ref();
        let rest = json!([
            one.metric.step,
            one.metric.timestamp_ms,
            one.run_id,
            dataset.map(|dataset| &dataset.name),
            dataset.map(|dataset| &dataset.digest)
        ]);
        let is_told = |told: &Value| {
            told[0] == one.name && told.as_array().unwrap()[2..] == *rest.as_array().unwrap()
        };
        let place = metrics.iter().position(is_told).unwrap();
        let value = &metrics.remove(place)[1];
        if is_sql && one.metric.reading == Reading::NaN {
            assert_eq!((one.name.as_str(), value), ("mae", &json!(0.0)));
        } else {
            assert!(is_same(one.metric.reading, value), "{one:?} is not {value}");
        }
    }
    let nan = found
        .metrics
        .iter()
        .filter(|one| one.metric.reading == Reading::NaN);
    assert_eq!(nan.count(), usize::from(!found.metrics.is_empty()));
}

fn assert_assessments(run: &str, told: &Value, found: &Assessments) {
    let traces = told.as_object().unwrap();
    let rows: BTreeSet<_> = found.rows.iter().map(|(row, _)| row.clone()).collect();
    assert_eq!(rows, traces.keys().cloned().collect(), "{run}");
    let keys: BTreeSet<_> = found
        .rows
        .iter()
        .filter_map(|(_, key)| key.clone())
        .collect();
    assert_eq!(keys.len(), rows.len(), "every row is known by its request");
    let mut expected = BTreeSet::new();
    for (row, feedback) in traces {
        let feedback = feedback.as_array().unwrap();
        for one in feedback.iter().filter(|one| one["run"] == run) {
            let mut standing = one;
            while standing["valid"] == false {
                let over = |other: &&Value| other["overrides"] == standing["id"];
                standing = feedback.iter().find(over).unwrap();
            }
            let judge = one["judge"].as_str().unwrap();
            let scorer = one["digest"].as_str().map_or_else(
                || format!("CODE/{}", one["source_id"].as_str().unwrap()),
                str::to_owned,
            );
            expected.insert(format!("{row} {judge} {scorer} {}", answer(standing)));
        }
    }
    let given = found.given.iter().map(|one| {
        let said = match &one.answer {
            Answer::Number(number) => json!(number.get()).to_string(),
            Answer::YesNo(yes) => yes.to_string(),
            Answer::Text(text) => text.clone(),
            Answer::Failed(_) => "failed".to_owned(),
        };
        format!("{} {} {} {said}", one.row, one.judge, one.scorer)
    });
    assert_eq!(given.collect::<BTreeSet<_>>(), expected, "{run}");
}

/// What MLflow's feedback comes to.
fn answer(told: &Value) -> String {
    match &told["value"] {
        Value::Null => "failed".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => json!(number.as_f64().unwrap()).to_string(),
        Value::String(text) if text == "nan" || text.ends_with("inf") => "failed".to_owned(),
        Value::String(text) => match text.to_lowercase().as_str() {
            "yes" => "true".to_owned(),
            "no" => "false".to_owned(),
            _ => text.clone(),
        },
        other => panic!("{other}"),
    }
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
