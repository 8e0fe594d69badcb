//! Races and deaths of whole processes: on a SQLite file, and on a real MLflow server.
//!
//! A few rounds of each; `GATEWRIGHT_RACE_ROUNDS` says how many instead.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use gatewright::evidence::HEAD_TAG;
use gatewright::promotion::{Head, Record};
use gatewright::registry::{self, Applied, Change, LEASE_TAG, RegistryError};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::changes::{read_back, script};
use crate::support::fake_server::Received;
use crate::support::sqlite_store::SqliteStore;
use crate::tools::Server;

/// How many processes race for a SQLite file.
const AT_A_FILE: u64 = 64;

/// How many processes race for a server.
const AT_A_SERVER: u64 = 16;

/// What marks the lines between a race and its processes.
const MARK: &str = "RACE ";

/// A process of a race: it reads changes from its standard input, and says what came of each.
#[test]
#[ignore = "a part of the races, which start it in processes of its own"]
fn one_promoter() {
    let Ok(uri) = std::env::var("GATEWRIGHT_RACE_URI") else {
        return;
    };
    let environment = |name: &str| std::env::var(name).ok();
    say("ready");
    for line in std::io::stdin().lines() {
        let change = read_change(&line.unwrap());
        let registry = registry::open(&uri, Path::new("."), &environment).unwrap();
        say(&match registry.apply(&change) {
            Ok(Applied::Now) => "now".to_owned(),
            Ok(Applied::Before) => "before".to_owned(),
            Err(RegistryError::Conflict { found }) => format!("conflict: {found}"),
            Err(other) => format!("{other:?}"),
        });
    }
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{MARK}{}", text.replace('\n', " ")).unwrap();
    out.flush().unwrap();
}

fn write_change(change: &Change) -> String {
    json!({"model": change.model, "alias": change.alias, "expected": change.expected,
        "version": change.version, "expected_head": change.expected_head, "tag": change.tag,
        "entry": change.entry, "head": change.head})
    .to_string()
}

fn read_change(line: &str) -> Change {
    let value: Value = serde_json::from_str(line).unwrap();
    let text = |name: &str| value[name].as_str().unwrap().to_owned();
    Change {
        model: text("model"),
        alias: text("alias"),
        expected: value["expected"].as_u64(),
        version: value["version"].as_u64().unwrap(),
        expected_head: serde_json::from_value(value["expected_head"].clone()).unwrap(),
        tag: text("tag"),
        entry: text("entry"),
        head: serde_json::from_value(value["head"].clone()).unwrap(),
    }
}

/// What is live, and the last entry.
#[derive(Clone)]
struct Live {
    model: String,
    version: u64,
    head: Option<Head>,
}

impl Live {
    fn first(model: &str) -> Self {
        Self {
            model: model.to_owned(),
            version: 1,
            head: None,
        }
    }

    /// The promotion of a version over this, by somebody.
    fn promotion(&self, version: u64, by: u64) -> Change {
        let sequence = self.head.as_ref().map_or(1, |head| head.sequence + 1);
        let previous = self.head.as_ref().map(|head| head.digest.clone());
        let entry = json!({"sequence": sequence, "previous": previous, "alias": "champion",
            "version": version, "replaces": self.version, "by": by});
        let entry = entry.to_string();
        Change {
            model: self.model.clone(),
            alias: "champion".to_owned(),
            expected: Some(self.version),
            version,
            expected_head: self.head.clone(),
            tag: format!("gatewright.promotion.{sequence}"),
            head: Head {
                sequence,
                digest: Record::digest_of(&entry),
            },
            entry,
        }
    }

    fn after(change: &Change) -> Self {
        Self {
            model: change.model.clone(),
            version: change.version,
            head: Some(change.head.clone()),
        }
    }
}

/// A process that promotes; killed when dropped.
struct Promoter {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Promoter {
    fn start(uri: &str, variables: &[(&str, &str)]) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "races::one_promoter", "--ignored", "--nocapture"])
            .env("GATEWRIGHT_RACE_URI", uri)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut promoter = Self {
            process,
            input,
            output,
        };
        assert_eq!(promoter.answer().as_deref(), Some("ready"));
        promoter
    }

    fn ask(&mut self, change: &Change) {
        writeln!(self.input, "{}", write_change(change)).unwrap();
        self.input.flush().unwrap();
    }

    /// What it says; `None` when it is dead.
    fn answer(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap_or(0) == 0 {
                return None;
            }
            if let Some((_, said)) = line.split_once(MARK) {
                return Some(said.trim_end().to_owned());
            }
        }
    }

    fn run(&mut self, change: &Change) -> Option<String> {
        self.ask(change);
        self.answer()
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Promoter {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn rounds(default: u64) -> u64 {
    let asked = std::env::var("GATEWRIGHT_RACE_ROUNDS").ok();
    asked.map_or(default, |text| text.parse().unwrap())
}

/// Lets every promoter try to promote a version of its own, at the same time.
fn race(promoters: &mut [Promoter], live: &Live, versions: u64) -> Vec<(Change, String)> {
    let mut changes = Vec::new();
    for (number, promoter) in (0..).zip(promoters.iter_mut()) {
        // Any version but the one that is live.
        let version = (live.version + number % (versions - 1)) % versions + 1;
        let change = live.promotion(version, number);
        promoter.ask(&change);
        changes.push(change);
    }
    let answers = promoters
        .iter_mut()
        .map(|one| one.answer().expect("it lives"));
    changes.into_iter().zip(answers).collect()
}

/// The one that won, after a look at what all the others said.
fn winner(round: u64, outcomes: &[(Change, String)]) -> &Change {
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.iter().partition(|(_, said)| said == "now");
    let [(winner, _)] = won[..] else {
        panic!("round {round}: {} won: {outcomes:#?}", won.len());
    };
    for (_, said) in lost {
        assert!(said.starts_with("conflict"), "round {round}: {said}");
    }
    winner
}

/// A file with this many versions, the first of which is champion.
fn file(versions: u64) -> (SqliteStore, String) {
    let store = SqliteStore::new();
    store.model("m").alias("m", "champion", 1);
    for version in 1..=versions {
        store.version("m", i64::try_from(version).unwrap(), "run");
    }
    let uri = format!("sqlite:///{}", store.path().display());
    (store, uri)
}

/// The ledger of the file, entry by entry, and what is live.
fn assert_file_is_intact(store: &SqliteStore, live: &Live) {
    let query = "SELECT version, key, value FROM model_version_tags";
    let mut statement = store.connection.prepare(query).unwrap();
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, u32>(0)?.into(), row.get(1)?, row.get(2)?))
    });
    let entries: Vec<(u64, String, String)> = rows.unwrap().map(Result::unwrap).collect();
    assert_chain(entries, live);
    let one = |query: &str| -> String {
        let row = store.connection.query_row(query, [], |row| row.get(0));
        row.unwrap_or_default()
    };
    let alias = one("SELECT version || '' FROM registered_model_aliases");
    assert_eq!(alias, live.version.to_string());
    let head = live.head.as_ref().map(Head::text).unwrap_or_default();
    assert_eq!(one("SELECT value FROM registered_model_tags"), head);
}

/// That each entry is there once and carries the digest of the one before, up to the head.
fn assert_chain(mut entries: Vec<(u64, String, String)>, live: &Live) {
    let number = |tag: &str| -> u64 {
        tag.strip_prefix("gatewright.promotion.")
            .unwrap()
            .parse()
            .unwrap()
    };
    entries.sort_by_key(|(_, tag, _)| number(tag));
    let mut before = None;
    for (place, (version, tag, text)) in (1..).zip(&entries) {
        assert_eq!(number(tag), place, "{entries:#?}");
        let entry: Value = serde_json::from_str(text).unwrap();
        assert_eq!(entry["version"].as_u64(), Some(*version));
        assert_eq!(entry["previous"].as_str(), before.as_deref(), "{tag}");
        before = Some(Record::digest_of(text));
    }
    assert_eq!(before.as_ref(), live.head.as_ref().map(|head| &head.digest));
}

#[test]
fn of_many_processes_at_a_file_exactly_one_wins_each_round() {
    let (store, uri) = file(AT_A_FILE);
    let patient = [("GATEWRIGHT_LOCK_TIMEOUT", "120")];
    let start = |_| Promoter::start(&uri, &patient);
    let mut promoters: Vec<_> = (0..AT_A_FILE).map(start).collect();
    let mut live = Live::first("m");
    for round in 0..rounds(5) {
        let outcomes = race(&mut promoters, &live, AT_A_FILE);
        live = Live::after(winner(round, &outcomes));
        if round % 50 == 0 {
            assert_file_is_intact(&store, &live);
        }
    }
    assert_file_is_intact(&store, &live);
}

#[test]
fn a_process_that_is_killed_at_a_file_leaves_all_of_its_change_or_nothing() {
    let (store, uri) = file(3);
    let mut live = Live::first("m");
    let mut survivor = Promoter::start(&uri, &[]);
    let first = live.promotion(2, 0);
    assert_eq!(survivor.run(&first).as_deref(), Some("now"));
    live = Live::after(&first);
    // How long a change takes is as busy as the machine: killed earlier after one that was done, and
    // later after one that was not, they die all around the moment when it is.
    let mut patience = Duration::from_millis(1);
    let (mut not_done, mut done) = (0, 0);
    for round in 0..rounds(24) {
        let change = live.promotion(live.version % 3 + 1, round);
        let mut victim = Promoter::start(&uri, &[]);
        victim.ask(&change);
        thread::sleep(patience);
        victim.kill();
        let query = "SELECT version FROM registered_model_aliases";
        let alias = store
            .connection
            .query_row(query, [], |row| row.get::<_, u32>(0));
        let alias = u64::from(alias.unwrap());
        let is_done = alias == change.version;
        let left = if is_done {
            Live::after(&change)
        } else {
            live.clone()
        };
        assert_file_is_intact(&store, &left);
        patience = if is_done {
            patience * 2 / 3
        } else {
            patience * 2
        };
        done += u64::from(is_done);
        not_done += u64::from(!is_done);
        let expected = if is_done { "before" } else { "now" };
        assert_eq!(
            survivor.run(&change).as_deref(),
            Some(expected),
            "round {round}"
        );
        live = Live::after(&change);
        assert_file_is_intact(&store, &live);
    }
    assert!(
        not_done > 0 && done > 0,
        "killed before: {not_done}, after: {done}"
    );
}

/// Lets MLflow register models of some versions each, the first of which is champion.
const REGISTER: &str = "
import sys, mlflow
uri, models, versions = sys.argv[1].split(' ')
client = mlflow.MlflowClient(uri)
for model in models.split(','):
    client.create_registered_model(model)
    for number in range(int(versions)):
        client.create_model_version(model, f's3://bucket/{number}')
    client.set_registered_model_alias(model, 'champion', '1')
";

/// The ledger on the server as MLflow's client reads it, and what is live.
fn assert_server_is_intact(models: &Value, live: &Live) {
    let model = &models[&live.model];
    let mut entries = Vec::new();
    for (version, shown) in model["versions"].as_object().unwrap() {
        for (tag, text) in shown["tags"].as_object().unwrap() {
            let version = version.parse().unwrap();
            entries.push((version, tag.clone(), text.as_str().unwrap().to_owned()));
        }
    }
    assert_chain(entries, live);
    assert_eq!(model["aliases"]["champion"], live.version.to_string());
    let head = live.head.as_ref().map(Head::text);
    assert_eq!(
        model["tags"].get(HEAD_TAG).and_then(Value::as_str),
        head.as_deref()
    );
    assert_eq!(model["tags"].get(LEASE_TAG), None, "a lease is left");
}

#[test]
fn of_many_processes_at_a_server_one_wins_each_round_and_nobody_is_overwritten_unseen() {
    let folder = TempDir::new().unwrap();
    let Some(server) = Server::start(folder.path()) else {
        return;
    };
    let argument = format!("{} m {AT_A_SERVER}", server.url);
    script(REGISTER, &argument, folder.path());
    let start = |_| Promoter::start(&server.url, &[]);
    let mut promoters: Vec<_> = (0..AT_A_SERVER).map(start).collect();
    let mut live = Live::first("m");
    for round in 0..rounds(2) {
        let outcomes = race(&mut promoters, &live, AT_A_SERVER);
        live = Live::after(winner(round, &outcomes));
    }
    drop(promoters);
    assert_server_is_intact(&read_back(&server.url, folder.path()), &live);
}

/// Requests of a promotion that has nobody in its way.
const REQUESTS: usize = 14;

#[test]
fn a_process_that_is_killed_after_any_request_is_finished_by_the_next() {
    let folder = TempDir::new().unwrap();
    let Some(server) = Server::start(folder.path()) else {
        return;
    };
    let names: Vec<_> = (1..=REQUESTS).map(|number| format!("m{number}")).collect();
    let argument = format!("{} {} 3", server.url, names.join(","));
    script(REGISTER, &argument, folder.path());
    let lives: Mutex<Vec<Live>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for (number, name) in (1..).zip(&names) {
            let (lives, url) = (&lives, &server.url);
            scope.spawn(move || {
                let change = Live::first(name).promotion(2, 0);
                let variables = [("GATEWRIGHT_LEASE_TIMEOUT", "20")];
                let gallows = Gallows::build(url, number);
                let mut victim = Promoter::start(&gallows.url, &variables);
                victim.ask(&change);
                gallows.wait();
                victim.kill();
                assert_eq!(victim.answer(), None, "it was killed too late");
                drop(gallows);
                let mut next = Promoter::start(url, &variables);
                let said = next.run(&change);
                let finished = matches!(said.as_deref(), Some("now" | "before"));
                assert!(finished, "killed after {number} requests: {said:?}");
                let after = Live::after(&change);
                // Whoever was second finds the alias moved.
                let late = next.run(&Live::first(name).promotion(3, 1));
                assert!(late.unwrap().starts_with("conflict"), "{number}");
                lives.lock().unwrap().push(after);
            });
        }
    });
    let models = read_back(&server.url, folder.path());
    let lives = lives.into_inner().unwrap();
    assert_eq!(lives.len(), REQUESTS);
    for live in &lives {
        assert_server_is_intact_but_for_a_lease(&models, live);
    }
}

/// A process that died after everything was written leaves its lease; the next has nothing to do
/// and does not wait for it. It is given up by whoever promotes next.
fn assert_server_is_intact_but_for_a_lease(models: &Value, live: &Live) {
    let mut models = models.clone();
    let tags = models[&live.model]["tags"].as_object_mut().unwrap();
    tags.remove(LEASE_TAG);
    assert_server_is_intact(&models, live);
}

/// Stands between a process and the server: carries out so many requests, keeps the answer of the
/// last to itself, and says that it is time.
struct Gallows {
    url: String,
    is_time: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
}

impl Gallows {
    fn build(server: &str, requests: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (is_time, is_over) = (Arc::default(), Arc::default());
        let gallows = Self {
            url: format!("http://{address}"),
            is_time: Arc::clone(&is_time),
            is_over: Arc::clone(&is_over),
        };
        let server = server.strip_prefix("http://").unwrap().to_owned();
        let count = Arc::new(AtomicUsize::new(0));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(mut stream) = stream else { break };
                let (server, count) = (server.clone(), Arc::clone(&count));
                let (is_time, is_over) = (Arc::clone(&is_time), Arc::clone(&is_over));
                thread::spawn(move || {
                    let soon = Some(Duration::from_millis(20));
                    stream.set_read_timeout(soon).unwrap();
                    let is_done = || is_over.load(Ordering::Relaxed);
                    if let Some(request) = Received::next(&mut stream, &is_done) {
                        if count.load(Ordering::Relaxed) >= requests {
                            return;
                        }
                        let answer = forward(&server, &request);
                        if count.fetch_add(1, Ordering::Relaxed) + 1 >= requests {
                            is_time.store(true, Ordering::Relaxed);
                            // The connection stays open until the process is dead.
                            while !is_done() {
                                thread::sleep(Duration::from_millis(5));
                            }
                            return;
                        }
                        stream.write_all(&answer).unwrap();
                        // The answer ends with the connection.
                        drop(stream.shutdown(Shutdown::Both));
                    }
                });
            }
        });
        gallows
    }

    fn wait(&self) {
        let end = Instant::now() + Duration::from_mins(2);
        while !self.is_time.load(Ordering::Relaxed) {
            assert!(Instant::now() < end, "the requests never came");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Gallows {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(
            self.url.strip_prefix("http://").unwrap(),
        ));
    }
}

/// Sends a request on, and gives the whole answer.
fn forward(server: &str, request: &Received) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target());
    for (name, value) in &request.headers {
        let value = if name == "host" { server } else { value };
        if name != "connection" {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
    }
    head.push_str("connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(server).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&request.body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}
