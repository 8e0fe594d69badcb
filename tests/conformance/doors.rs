//! One store, two doors: what is read from a server is what is read from its SQLite file.

use std::path::Path;
use std::process::Command;

use gatewright::evidence::{Found, Run, Wanted};
use gatewright::promotion::Chain;
use gatewright::store::{Selector, open};
use serde_json::Value;
use tempfile::TempDir;

use crate::tools::{Server, python, repository, succeed};

/// What the story lacks: a ledger, a tag with both kinds of quotes, a metric that is
/// zero and one that is NaN on a logged model, a model that was deleted, and a run with a history
/// of more than one page.
const MORE: &str = r#"
import math, sys, time
import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric

mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()
sys.path.insert(0, sys.argv[2])
from ledger import promote
for version in [1, 2, 1]:
    promote(client, "m", "promoted", version)
client.set_model_version_tag("m", "1", "odd tag", "it's")
client.set_model_version_tag("m", "2", "odd tag", "it's \"quoted\" \\ here")
mlflow.set_experiment("evidence")
with mlflow.start_run() as run:
    kept = mlflow.initialize_logged_model(name="kept")
    gone = mlflow.initialize_logged_model(name="gone")
    for step, (name, value) in enumerate([("zero", 0.0), ("nan", math.nan), ("zero", 1.0), ("nan", 1.0)]):
        client.log_metric(run.info.run_id, name, value, timestamp=1000 + step, step=step, model_id=kept.model_id)
    many = [Metric("many", float(step % 7), 1000 + step // 3, (step * 7919) % 26000) for step in range(26000)]
    for start in range(0, len(many), 1000):
        client.log_batch(run.info.run_id, metrics=many[start : start + 1000])
client.delete_logged_model(gone.model_id)
print(run.info.run_id, kept.model_id, gone.model_id)
"#;

#[test]
fn a_server_and_its_file_tell_the_same() {
    let folder = TempDir::new().unwrap();
    let Some(server) = Server::start(folder.path()) else {
        return;
    };
    let story = write(&server.url, folder.path());
    let more = more(&server.url, folder.path());
    let nothing = |_: &str| None;
    let rest = open(&server.url, folder.path(), &nothing).unwrap();
    let uri = format!("sqlite:///{}", folder.path().join("server.db").display());
    let file = open(&uri, folder.path(), &nothing).unwrap();

    let selectors = selectors(&story);
    let versions = rest.versions("m", &selectors).unwrap();
    assert_eq!(versions, file.versions("m", &selectors).unwrap());
    let found: Vec<_> = versions.iter().map(Option::is_some).collect();
    let absent = found.iter().filter(|found| !**found).count();
    assert_eq!(absent, 3, "{found:?}");

    let ledger = rest.ledger("m").unwrap();
    assert_eq!(ledger, file.ledger("m").unwrap());
    let chain = Chain::read("m", &ledger);
    let order: Vec<_> = chain
        .links()
        .iter()
        .map(|link| link.record.version)
        .collect();
    assert_eq!((order, chain.faults()), (vec![1, 2, 1], &[][..]));

    let wanted = wanted(&story, &more);
    let (over, inside) = (rest.read(&wanted).unwrap(), file.read(&wanted).unwrap());
    assert_same(&over, &inside);
    assert_whole(&over, &more);
}

fn write(url: &str, folder: &Path) -> Value {
    let mut command = Command::new(python().unwrap());
    command
        .arg(repository().join("tests/mlflow/write_evidence_store.py"))
        .arg(url)
        .current_dir(folder);
    serde_json::from_slice(&succeed(&mut command).stdout).unwrap()
}

/// The ids of the run, of the kept model and of the deleted one.
fn more(url: &str, folder: &Path) -> Vec<String> {
    let mut command = Command::new(python().unwrap());
    let beside = repository().join("tests/mlflow");
    command
        .args(["-c", MORE, url])
        .arg(beside)
        .current_dir(folder);
    let text = String::from_utf8(succeed(&mut command).stdout).unwrap();
    let line = text.lines().rfind(|line| line.contains(" m-")).unwrap();
    line.split(' ').map(str::to_owned).collect()
}

fn selectors(story: &Value) -> Vec<Selector> {
    let newest = |tag: &str, value: &str| Selector::Newest {
        tag: tag.to_owned(),
        value: value.to_owned(),
    };
    let numbers = story["versions"].as_object().unwrap().keys();
    let mut selectors: Vec<_> = numbers
        .map(|number| Selector::Number(number.parse().unwrap()))
        .collect();
    selectors.extend([
        Selector::Alias("champion".to_owned()),
        Selector::Alias("nobody".to_owned()),
        Selector::Number(99),
        newest("odd tag", "it's"),
        newest("odd tag", "it's \"quoted\" \\ here"),
        newest("odd tag", "IT'S"),
    ]);
    selectors
}

/// Everything there is, by every id in the story.
fn wanted(story: &Value, more: &[String]) -> Wanted {
    let mut wanted = Wanted::default();
    collect(story, &mut wanted);
    wanted.logged_models.extend(more.iter().skip(1).cloned());
    wanted.logged_models.insert("m-none".to_owned());
    wanted.runs.insert(more[0].clone());
    wanted.children_of = wanted.runs.clone();
    wanted.assessments_of = wanted.runs.clone();
    let names = [
        "loss", "val_loss", "accuracy", "many", "nan", "zero", "none",
    ];
    for run in &wanted.runs {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        wanted.histories.insert(run.clone(), names);
    }
    wanted
}

fn collect(value: &Value, wanted: &mut Wanted) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match (name.as_str(), field) {
                    ("run_id", Value::String(id)) => drop(wanted.runs.insert(id.clone())),
                    ("model_id", Value::String(id)) => {
                        wanted.logged_models.insert(id.clone());
                    }
                    _ => collect(field, wanted),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, wanted)),
        _ => {}
    }
}

/// Part by part, so that a difference is found in less than a screen.
fn assert_same(over: &Found, inside: &Found) {
    assert_eq!(over.runs.len(), inside.runs.len());
    for (id, run) in &over.runs {
        assert_eq!(Some(run), inside.runs.get(id), "run {id}");
    }
    assert_eq!(over.logged_models.len(), inside.logged_models.len());
    for (id, model) in &over.logged_models {
        assert_eq!(Some(model), inside.logged_models.get(id), "model {id}");
    }
    for (id, histories) in &over.histories {
        for (name, points) in histories {
            assert_eq!(points, &inside.histories[id][name], "{name} of {id}");
        }
    }
    for (id, children) in &over.children {
        assert_eq!(children, &inside.children[id], "children of {id}");
    }
    for (id, judged) in &over.assessments {
        assert_eq!(judged, &inside.assessments[id], "judges of {id}");
    }
    assert_eq!(over, inside);
}

/// That there was something to compare in every part.
fn assert_whole(found: &Found, more: &[String]) {
    assert!(
        found
            .runs
            .values()
            .any(|run: &Run| !run.datasets.is_empty())
    );
    assert!(found.children.values().any(|children| children.len() > 1));
    assert_eq!(found.histories[&more[0]]["many"].len(), 26_000);
    assert!(found.histories[&more[0]]["none"].is_empty());
    let judged = found.assessments.values();
    let judged: Vec<_> = judged.filter(|judged| !judged.given.is_empty()).collect();
    assert!(judged.iter().all(|judged| judged.rows.len() >= 20));
    assert!(judged.len() >= 2);
    let metrics = &found.logged_models[&more[1]].metrics;
    let shown: Vec<_> = metrics
        .iter()
        .map(|one| format!("{} {}", one.name, one.metric.reading))
        .collect();
    assert_eq!(shown, ["nan NaN", "nan 1", "zero 0", "zero 1"]);
    assert!(found.logged_models[&more[2]].deleted);
    assert!(!found.logged_models.contains_key("m-none"));
}
