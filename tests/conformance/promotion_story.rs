//! A model's life on a real MLflow server: trained, promoted, blocked, raced for, put back, asked
//! about. MLflow's own client looks on.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::Barrier;

use gatewright::decision::sha256;
use serde_json::Value;
use tempfile::TempDir;

use crate::tools::{Server, python, repository};

const SPEC: &str = "version: 1
project: fare
environments:
  staging: {}
  prod: {model: {name: fare-prod, copy_from: staging}}
gates:
  promote:
    checks:
      - rmse <= 5.0
      - rmse <= champion + 2%
";

/// A project on a server, and MLflow's own client beside it.
struct Project {
    folder: TempDir,
    server: Server,
    client: RefCell<Client>,
}

impl Project {
    /// A project whose store is a fresh server; `None` where MLflow is missing.
    fn start() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("gatewright.yaml"), SPEC).unwrap();
        let server = Server::start(folder.path())?;
        let client = RefCell::new(Client::start(&server.url, folder.path()));
        Some(Self {
            folder,
            server,
            client,
        })
    }

    /// Trains a version, and gives its number.
    fn train(&self, rmse: &str) -> Value {
        self.mlflow(&format!("train fare {rmse}"))
    }

    /// What MLflow's own client sees.
    fn seen(&self, model: &str) -> Value {
        self.mlflow(&format!("see {model}"))
    }

    fn mlflow(&self, line: &str) -> Value {
        self.client.borrow_mut().ask(line)
    }

    fn command(&self, words: &str) -> Command {
        run_in(self.folder.path(), &self.server.url, words)
    }

    /// Runs gatewright, asks for an exit code, and gives what it said.
    fn ask(&self, words: &str, code: i32) -> String {
        said(words, &self.command(words).output().unwrap(), code)
    }

    fn ask_json(&self, words: &str, code: i32) -> Value {
        let output = self
            .command(&format!("{words} --format json"))
            .output()
            .unwrap();
        said(words, &output, code);
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// A process of MLflow's client: importing it takes longer than all it is asked.
pub(crate) struct Client {
    process: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Client {
    pub(crate) fn start(url: &str, folder: &Path) -> Self {
        let mut process = Command::new(python().unwrap())
            .arg(repository().join("tests/mlflow/promotion.py"))
            .arg(url)
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            questions: process.stdin.take(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
        }
    }

    pub(crate) fn ask(&mut self, line: &str) -> Value {
        writeln!(self.questions.as_mut().unwrap(), "{line}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{line}: `{answer}`"))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.questions.take());
        let _ = self.process.wait();
    }
}

fn run_in(folder: &Path, url: &str, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
    command
        .args(words.split_whitespace())
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("USER", "ana")
        .env("MLFLOW_TRACKING_URI", url);
    command
}

fn said(words: &str, output: &Output, code: i32) -> String {
    let text = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(code), "{words}: {text}");
    text
}

#[test]
fn a_model_is_promoted_blocked_raced_for_put_back_and_remembered() {
    let Some(project) = Project::start() else {
        return;
    };

    // The first version has nobody to beat.
    assert_eq!(project.train("3.0"), "1");
    let told = project.ask("promote --reason first", 0);
    assert!(
        told.contains("Promoted: fare version 1 is `champion` now, where nothing was live"),
        "{told}"
    );

    // The second one is worse.
    assert_eq!(project.train("4.5"), "2");
    let told = project.ask("promote", 1);
    assert!(
        told.contains("gate `promote` blocked it: rmse-le-champion-plus-2-percent"),
        "{told}"
    );
    let seen = project.seen("fare");
    assert_eq!(seen["aliases"]["champion"], "1");
    assert_eq!(
        seen["versions"]["2"]["decisions"],
        serde_json::json!({}),
        "nothing is logged for what stays out"
    );
    let yesterday = jiff::Timestamp::now();

    // Two pipelines want the third one live, each with the same decision.
    assert_eq!(project.train("2.5"), "3");
    project.ask("gate check -o json=decision.json", 0);
    race(&project);

    // MLflow's client sees the alias, the entries, and the decision behind the last one.
    let seen = project.seen("fare");
    assert_eq!(seen["aliases"]["champion"], "3");
    assert_ledger(&seen);

    // Back again, and once more is not the same.
    let told = project.ask("rollback --reason slow --expect champion=3", 0);
    assert!(
        told.contains("Rolled back: fare version 1 is `champion` again"),
        "{told}"
    );
    project.ask("rollback --reason slow --expect champion=3", 0);
    assert_eq!(project.seen("fare")["aliases"]["champion"], "1");

    // What was live, and is everything as it was written?
    let then = project.ask(&format!("history --at {yesterday}"), 0);
    assert!(then.contains("version 1"), "{then}");
    let now = project.ask("history", 0);
    assert!(now.contains("rolled back"), "{now}");
    project.ask("history --verify", 0);

    // Somebody moves the alias by hand: it is noticed, and not gone back from blindly.
    project.mlflow("move fare champion 2");
    project.ask("history --verify", 1);
    project.ask("rollback --reason wrong", 5);
    project.ask("rollback --reason wrong --to 3", 0);
    assert_eq!(project.seen("fare")["aliases"]["champion"], "3");
}

/// Exactly one of the racers moves the alias; nobody moves it unseen.
fn race(project: &Project) {
    let start = Barrier::new(2);
    let (folder, url) = (project.folder.path(), project.server.url.as_str());
    let start = &start;
    let outputs: Vec<Output> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(move || {
                    start.wait();
                    let words =
                        "promote --decision decision.json --expect champion=1 --format json";
                    run_in(folder, url, words).output().unwrap()
                })
            })
            .collect();
        racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect()
    });
    let results: Vec<(Option<i32>, Value)> = outputs
        .iter()
        .map(|output| {
            (
                output.status.code(),
                serde_json::from_slice(&output.stdout).unwrap(),
            )
        })
        .collect();
    let won = results
        .iter()
        .filter(|(_, result)| result["status"] == "done")
        .count();
    assert_eq!(won, 1, "{results:?}");
    for (code, result) in &results {
        let expected = match result["status"].as_str().unwrap() {
            "refused" => 5,
            _ => 0,
        };
        assert_eq!(*code, Some(expected), "{result}");
    }
}

/// The entries are chained, and the last decision is where the record says, byte for byte.
fn assert_ledger(seen: &Value) {
    let first = seen["versions"]["1"]["tags"]["gatewright.promotion.1"]
        .as_str()
        .unwrap();
    let second = seen["versions"]["3"]["tags"]["gatewright.promotion.2"]
        .as_str()
        .unwrap();
    let entry: Value = serde_json::from_str(second).unwrap();
    assert_eq!(entry["previous"], sha256(first.as_bytes()));
    assert_eq!(entry["replaces"], 1);
    let head: Value =
        serde_json::from_str(seen["tags"]["gatewright.ledger"].as_str().unwrap()).unwrap();
    assert_eq!(head["sequence"], 2);
    assert_eq!(head["digest"], sha256(second.as_bytes()));
    let link = &entry["decisions"][0];
    let logged = seen["versions"]["3"]["decisions"][link["logged"].as_str().unwrap()]
        .as_str()
        .unwrap();
    assert_eq!(link["digest"], sha256(logged.as_bytes()));
    let lease = seen["tags"]
        .as_object()
        .unwrap()
        .keys()
        .any(|tag| tag.contains("lease"));
    assert!(!lease, "the lease is given back: {}", seen["tags"]);
}

#[test]
fn a_version_is_copied_to_the_model_of_the_next_environment() {
    let Some(project) = Project::start() else {
        return;
    };
    project.train("3.0");
    project.ask("promote --env staging", 0);
    project.train("2.0");
    let told = project.ask("promote --env prod", 0);
    assert!(
        told.contains("fare-prod version 1 is `champion` now"),
        "what is live in staging goes on: {told}"
    );
    assert!(
        project
            .ask("promote --env prod", 0)
            .contains("Already live"),
        "the copy is known again"
    );
    project.ask("promote --env staging", 0);
    let result = project.ask_json("promote --env prod", 0);
    assert_eq!(result["version"], 2);
    assert_eq!(result["replaced"], 1);
    assert_eq!(result["copied_from"], "models:/fare/2");
    let seen = project.seen("fare-prod");
    assert_eq!(seen["aliases"]["champion"], "2");
    assert_eq!(seen["versions"]["2"]["source"], "models:/fare/2");
    assert_eq!(
        seen["versions"]["2"]["tags"]["gatewright.copied-from"],
        "models:/fare/2"
    );
    assert_eq!(project.seen("fare")["aliases"]["champion"], "2");
    project.ask("rollback --env prod --reason slow", 0);
    assert_eq!(project.seen("fare-prod")["aliases"]["champion"], "1");
    project.ask("history --env prod --verify", 0);
}
