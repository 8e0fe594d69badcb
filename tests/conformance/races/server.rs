//! At a real MLflow server.

use std::path::{Path, PathBuf};
use std::thread;

use gatewright::evidence::HEAD_TAG;
use gatewright::registry::LEASE_TAG;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::gallows::{Gallows, forward};
use super::{Decisions, Found, Project, assert_chain, race, rounds, winner};
use crate::changes::{read_back, script};
use crate::support::fake_server::Received;
use crate::tools::Server;

/// How many processes race.
const RACERS: u64 = 16;

/// Lets MLflow register models of some versions each, the first of which is champion, and says
/// where the runs of the versions keep their files.
const REGISTER: &str = "
import sys, mlflow
uri, models, versions = sys.argv[1].split(' ')
client = mlflow.MlflowClient(uri)
runs = []
for number in range(int(versions)):
    run = client.create_run('0').info
    client.log_metric(run.run_id, 'rmse', 1.0)
    client.log_text(run.run_id, 'weights', 'model/weights.txt')
    client.set_terminated(run.run_id)
    runs.append(run)
for model in models.split(','):
    client.create_registered_model(model)
    for run in runs:
        client.create_model_version(model, run.artifact_uri + '/model', run.run_id)
    client.set_registered_model_alias(model, 'champion', '1')
print(' '.join(run.artifact_uri for run in runs))
";

fn register(server: &Server, models: &str, versions: u64, folder: &Path) -> Vec<PathBuf> {
    let argument = format!("{} {models} {versions}", server.url);
    let told = script(REGISTER, &argument, folder).unwrap();
    // MLflow says where to look at the runs before.
    let places = told.lines().last().unwrap().split_whitespace();
    places
        .map(|place| PathBuf::from(place.strip_prefix("file://").unwrap_or(place)))
        .collect()
}

/// The ledger on the server as MLflow's client reads it, and what is live.
fn found(models: &Value, model: &str) -> Found {
    let model = &models[model];
    let mut entries = Vec::new();
    for (version, shown) in model["versions"].as_object().unwrap() {
        for (tag, text) in shown["tags"].as_object().unwrap() {
            let version = version.parse().unwrap();
            entries.push((version, tag.clone(), text.as_str().unwrap().to_owned()));
        }
    }
    let head = model["tags"].get(HEAD_TAG);
    let live = model["aliases"]["champion"].as_str().unwrap();
    Found {
        entries,
        head: head.map(|head| head.as_str().unwrap().to_owned()),
        live: live.parse().unwrap(),
    }
}

/// Sets the lease of a model, or takes it away.
fn lease(server: &Server, model: &str, text: Option<&str>) {
    let (method, path, body) = match text {
        Some(text) => (
            "POST",
            "set-tag",
            json!({"name": model, "key": LEASE_TAG, "value": text}),
        ),
        None => (
            "DELETE",
            "delete-tag",
            json!({"name": model, "key": LEASE_TAG}),
        ),
    };
    let body = body.to_string().into_bytes();
    let address = server.url.strip_prefix("http://").unwrap();
    let headers = [
        ("host", address.to_owned()),
        ("content-type", "application/json".to_owned()),
        ("content-length", body.len().to_string()),
    ];
    let request = Received {
        method: method.to_owned(),
        path: format!("/api/2.0/mlflow/registered-models/{path}"),
        query: String::new(),
        parameters: Vec::new(),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
        body,
    };
    let answer = forward(address, &request);
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{path}");
}

#[test]
fn of_many_processes_at_a_server_one_wins_each_round_and_nobody_is_overwritten_unseen() {
    let folder = TempDir::new().unwrap();
    let Some(server) = Server::start(folder.path()) else {
        return;
    };
    let runs = register(&server, "m", RACERS + 1, folder.path());
    let project = Project::new(folder.path(), &server.url, "m");
    let held = json!({"token": "x", "holder": "the starter", "alias": "champion", "version": 1,
        "seconds": 300})
    .to_string();
    let mut live = 1;
    let rounds = rounds(2);
    for round in 1..=rounds {
        let racers: Vec<_> = (1..)
            .zip(&runs)
            .filter(|(version, _)| *version != live)
            .map(|(version, run)| (version, Decisions::of(run)))
            .collect();
        // Nobody writes while somebody else has the lease.
        lease(&server, "m", Some(&held));
        let outcomes = race(project, &racers, || lease(&server, "m", None));
        live = winner(round, &outcomes);
    }
    let models = read_back(&server.url, folder.path());
    let tags = &models["m"]["tags"];
    assert_eq!(tags.get(LEASE_TAG), None, "a lease is left");
    assert_chain(found(&models, "m"), usize::try_from(rounds).unwrap(), live);
    let told = project.start("history --verify").said();
    assert_eq!(told.code, Some(0), "{told:?}");
}

const PROMOTE: &str = "promote --candidate 2 --reason better";
const ROLL_BACK: &str = "rollback --reason slow --expect champion=2";

/// Runs to its end with every request counted; gives how many come before the first that writes,
/// and how many there are.
fn requests(project: Project<'_>, words: &str) -> (usize, usize) {
    let gallows = Gallows::build(project.uri, usize::MAX);
    let counted = Project {
        uri: &gallows.url,
        ..project
    };
    assert_eq!(counted.succeed(words), "done");
    gallows.counted()
}

/// Kills one after so many requests; the next one finishes what it began.
fn kill_and_finish(project: Project<'_>, words: &str, requests: usize) {
    let context = format!("{words}, killed after {requests} requests");
    let gallows = Gallows::build(project.uri, requests);
    let condemned = Project {
        uri: &gallows.url,
        ..project
    };
    let victim = condemned.start(words);
    gallows.wait();
    assert!(victim.kill(), "{context}: it was over before");
    drop(gallows);
    let status = project.succeed(words);
    let finished = matches!(status.as_str(), "done" | "finished" | "already-live");
    assert!(finished, "{context}: {status}");
}

#[test]
fn whoever_is_killed_after_any_request_that_writes_is_finished_by_the_next() {
    let folder = TempDir::new().unwrap();
    let Some(server) = Server::start(folder.path()) else {
        return;
    };
    // As many models as there can be moments.
    let names: Vec<_> = (0..24).map(|number| format!("m{number}")).collect();
    register(&server, &names.join(","), 3, folder.path());
    let folders: Vec<_> = names
        .iter()
        .map(|name| {
            let folder = folder.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            folder
        })
        .collect();
    let mut projects = names
        .iter()
        .zip(&folders)
        .map(|(name, folder)| (name, Project::new(folder, &server.url, name)));
    let (_, first) = projects.next().unwrap();
    let promotion = requests(first, PROMOTE);
    let rollback = requests(first, ROLL_BACK);
    let moments = (promotion.1 - promotion.0).max(rollback.1 - rollback.0) + 1;
    let killed: Vec<_> = projects.take(moments).collect();
    assert_eq!(killed.len(), moments, "there are too few models");
    thread::scope(|scope| {
        for (moment, (_, project)) in killed.iter().enumerate() {
            scope.spawn(move || {
                let at = |(before, all): (usize, usize)| (before + moment).min(all);
                kill_and_finish(*project, PROMOTE, at(promotion));
                // Whoever is second finds the alias moved.
                let late = project.start("promote --candidate 3 --expect champion=1");
                assert_eq!(late.said().code, Some(5), "{moment}");
                kill_and_finish(*project, ROLL_BACK, at(rollback));
            });
        }
    });
    // Of a process that died after everything was written the lease is left; the next one has
    // nothing to do and does not wait for it.
    let models = read_back(&server.url, folder.path());
    for (name, _) in killed {
        assert_chain(found(&models, name), 2, 1);
    }
}
