//! `cargo bench`: whole commands against a peer that does the same, measured in turn (A B A B ...),
//! so that the ratio holds when the machine's speed drifts. Not a test: nothing fails by being slow.
//!
//! The peers need what `tests/tools/provision` installs; a peer that is missing is said to be.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a program that prints a table"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot run has nothing to say"
)]
#![allow(
    missing_docs,
    clippy::allow_attributes,
    reason = "a program, not a library"
)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[path = "ratios/bootstrap.rs"]
mod bootstrap;
#[path = "ratios/fleet.rs"]
mod fleet;
#[path = "ratios/projects.rs"]
mod projects;
use support::fake_server::{Behaviour, FakeServer};

#[path = "../tests/support/mod.rs"]
mod support;

const ROUNDS: usize = 9;

fn main() {
    // This program is its own subject where what is measured is no command yet.
    if let Some(score) = std::env::args()
        .skip_while(|word| word != "bootstrap")
        .nth(1)
    {
        return bootstrap::run(&score);
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tools = std::env::var_os("GATEWRIGHT_TOOLS")
        .map_or_else(|| repository.join("target/tools"), PathBuf::from);
    let folder = repository.join("target/bench");
    std::fs::create_dir_all(&folder).unwrap();
    println!("median of {ROUNDS} runs each, in turn\n");
    println!(
        "{:<56}{:>12}{:>12}{:>18}",
        "", "gatewright", "peer", "peer/gatewright"
    );
    let parts: [(&str, &dyn Fn()); 7] = [
        ("start", &|| start(&folder)),
        ("validate", &|| validate(repository, &tools, &folder)),
        ("gate", &|| gate(repository, &tools, &folder)),
        ("fleet", &|| fleet::measure(repository, &tools, &folder)),
        ("projects", &|| {
            projects::measure(repository, &tools, &folder);
        }),
        ("statistics", &|| bootstrap::measure(repository, &tools)),
        ("rest", &|| gate_over_rest(&folder)),
    ];
    // `cargo bench -- projects` measures that part alone; cargo itself adds options.
    let words = std::env::args().skip(1);
    let wanted: Vec<_> = words.filter(|word| !word.starts_with('-')).collect();
    for (name, measure) in parts {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            measure();
        }
    }
}

fn gatewright(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("MLFLOW_TRACKING_URI");
    command
}

/// The floor is a process that does nothing.
fn start(folder: &Path) {
    compare(
        "--version, against `true`",
        &mut gatewright(&["--version"], folder),
        &mut Command::new("true"),
    );
}

fn validate(repository: &Path, tools: &Path, folder: &Path) {
    let spec = folder.join("gatewright.yaml");
    std::fs::write(&spec, long_spec()).unwrap();
    let lines = long_spec().lines().count();
    let mut peer = Command::new(tools.join("lint/bin/check-jsonschema"));
    peer.arg("--schemafile")
        .arg(repository.join("schemas/gatewright.schema.json"))
        .arg(&spec);
    compare(
        &format!("validate, {lines} lines, against check-jsonschema"),
        &mut gatewright(&["validate"], folder),
        &mut peer,
    );
}

/// A spec of some 200 lines.
fn long_spec() -> String {
    let mut spec =
        "version: 1\nproject: bench\nstages:\n  stage-0:\n    run: python -m bench.stage\n"
            .to_owned();
    for stage in 1..25 {
        let _ = write!(
            spec,
            "  stage-{stage}:\n    run: python -m bench.stage --number {stage}\n    needs: [stage-{}]\n    env:\n      NUMBER: \"{stage}\"\n    timeout: 30m\n",
            stage - 1
        );
    }
    spec.push_str("gates:\n  promote:\n    checks:\n");
    for check in 0..42 {
        let _ = writeln!(spec, "      - metric_{check} >= champion - 0.{check:02}1");
    }
    spec
}

fn gate(repository: &Path, tools: &Path, folder: &Path) {
    let python = tools.join("mlflow/bin/python");
    let store = folder.join("bench.db");
    if !store.exists() && python.exists() {
        let script = repository.join("benches/make_store.py");
        assert!(
            Command::new(&python)
                .arg(script)
                .arg(&store)
                .status()
                .unwrap()
                .success()
        );
    }
    let spec = "version: 1\nproject: bench\ngates:\n  promote:\n    checks: [r2 >= champion - 0.01, rmse <= 5.0, rmse <= champion + 2%]\n";
    let gate_folder = folder.join("gate");
    std::fs::create_dir_all(&gate_folder).unwrap();
    std::fs::write(gate_folder.join("gatewright.yaml"), spec).unwrap();
    let uri = format!("sqlite:///{}", store.display());
    let arguments = ["gate", "check", "--tracking-uri", &uri];
    for (script, name) in [
        ("gate_with_mlflow_client.py", "against MlflowClient"),
        ("gate_with_sqlite3.py", "against Python's sqlite3"),
    ] {
        let mut peer = Command::new(&python);
        peer.arg(repository.join("benches").join(script))
            .arg(&store);
        let what = format!("gate check, 1,000,000 metric rows, {name}");
        compare(&what, &mut gatewright(&arguments, &gate_folder), &mut peer);
    }
}

/// The floor is curl, which sends the same requests over one connection and judges nothing.
fn gate_over_rest(folder: &Path) {
    const RUN: &str = include_str!("../tests/support/recorded/run_get.json");
    const MODEL: &str = include_str!("../tests/support/recorded/lm_get.json");
    const VERSION: &str = include_str!("../tests/support/recorded/mv_alias.json");
    const RUN_ID: &str = "417876c6bf2146f986c37b5b35869030";
    const MODEL_ID: &str = "m-6a7f6bd0c07647f4990f5c272c047904";
    let server = FakeServer::start();
    let mut requests = vec!["--silent".to_owned(), "--fail".to_owned()];
    for (alias, number, run, model) in [
        ("challenger", "2", RUN_ID, MODEL_ID),
        ("champion", "1", "1".repeat(32).as_str(), "m-1"),
    ] {
        let about = |text: &str| {
            let text = text.replace(RUN_ID, run).replace(MODEL_ID, model);
            let text = text.replace("\"challenger\"", &format!("\"{alias}\""));
            text.replace("\"version\": \"2\"", &format!("\"version\": \"{number}\""))
        };
        let model_path = format!("logged-models/{model}");
        for (path, parameters, body) in [
            (
                "registered-models/alias",
                &[("name", "churn-clf"), ("alias", alias)][..],
                VERSION,
            ),
            ("runs/get", &[("run_id", run)][..], RUN),
            (&model_path, &[][..], MODEL),
        ] {
            let path = format!("/api/2.0/mlflow/{path}");
            server.on(
                "GET",
                &path,
                parameters,
                Behaviour::Answer(200, about(body)),
            );
            let query: Vec<_> = parameters
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            requests.push("--output".to_owned());
            requests.push("/dev/null".to_owned());
            requests.push(format!("{}{path}?{}", server.url(), query.join("&")));
        }
    }
    let spec = "version: 1\nproject: bench\nmodel: {name: churn-clf}\ngates:\n  promote:\n    checks: [accuracy >= champion - 0.01, f1 >= 0.5]\n";
    let folder = folder.join("rest");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("gatewright.yaml"), spec).unwrap();
    let url = server.url();
    let arguments = ["gate", "check", "--tracking-uri", &url];
    compare(
        "gate check over REST, against curl's six requests",
        &mut gatewright(&arguments, &folder),
        Command::new("curl").args(&requests),
    );
}

fn compare(what: &str, ours: &mut Command, peer: &mut Command) {
    compare_times(ROUNDS, what, ours, peer);
}

fn compare_times(rounds: usize, what: &str, ours: &mut Command, peer: &mut Command) {
    if time(peer).is_none() {
        println!("{what:<56}  the peer is missing: run tests/tools/provision");
        return;
    }
    time(ours).unwrap();
    let pairs: Vec<_> = (0..rounds)
        .map(|_| (time(ours).unwrap(), time(peer).unwrap()))
        .collect();
    let ratio = median(
        pairs
            .iter()
            .map(|(ours, peer)| peer.as_secs_f64() / ours.as_secs_f64()),
    );
    let milliseconds =
        |times: Vec<Duration>| median(times.iter().map(|time| time.as_secs_f64() * 1e3));
    println!(
        "{what:<56}{:>9.1} ms{:>9.1} ms{ratio:>18.1}",
        milliseconds(pairs.iter().map(|pair| pair.0).collect()),
        milliseconds(pairs.iter().map(|pair| pair.1).collect()),
    );
    if let (Some(mine), Some(theirs)) = (peak(ours), peak(peer)) {
        println!(
            "{:<56}{mine:>9.1} MB{theirs:>9.1} MB{:>18.1}",
            "  peak memory",
            theirs / mine
        );
    }
}

/// The most memory a command had at once, in MB, as Linux tells it while the command runs.
fn peak(command: &mut Command) -> Option<f64> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut process = command.spawn().ok()?;
    let status = format!("/proc/{}/status", process.id());
    let mut most = None;
    while process.try_wait().ok()?.is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = kibibytes.or(most);
    }
    most.map(|kibibytes: f64| kibibytes * 1.024e-3)
}

/// `None` when the command cannot be started.
fn time(command: &mut Command) -> Option<Duration> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status().ok()?;
    let taken = started.elapsed();
    assert!(status.success(), "{command:?} failed: {status}");
    Some(taken)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
