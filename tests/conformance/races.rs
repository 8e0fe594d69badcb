//! Races and deaths of whole processes: the real `gatewright promote` and `gatewright rollback`, at
//! a SQLite file and at a real MLflow server.
//!
//! A few rounds of each; `GATEWRIGHT_RACE_ROUNDS` says how many instead. A thousand want an optimised
//! `gatewright`:
//!
//! ```sh
//! GATEWRIGHT_RACE_ROUNDS=1000 cargo test --release --test conformance -- \
//!     --exact races::file::of_many_processes_at_a_file_exactly_one_wins_each_round
//! ```

mod file;
mod gallows;
mod server;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gatewright::promotion::Record;
use serde_json::Value;

/// A spec whose gate everybody passes.
const SPEC: &str = "version: 1
project: race
model: {name: MODEL}
gates:
  promote: {checks: [rmse <= 100, rmse <= champion + 10]}
";

/// How long anything is waited for.
const LONGEST: Duration = Duration::from_mins(5);

fn rounds(default: u64) -> u64 {
    let asked = std::env::var("GATEWRIGHT_RACE_ROUNDS").ok();
    asked.map_or(default, |text| text.parse().unwrap())
}

/// A project: a folder with a spec, and where its store is.
#[derive(Clone, Copy)]
struct Project<'a> {
    folder: &'a Path,
    uri: &'a str,
}

impl<'a> Project<'a> {
    fn new(folder: &'a Path, uri: &'a str, model: &str) -> Self {
        let spec = SPEC.replace("MODEL", model);
        std::fs::write(folder.join("gatewright.yaml"), spec).unwrap();
        Self { folder, uri }
    }

    /// Starts `gatewright` with words split at spaces.
    fn start(self, words: &str) -> Process {
        let child = Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(words.split_whitespace())
            .args(["--format", "json"])
            .current_dir(self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("USER", "racer")
            .env("MLFLOW_TRACKING_URI", self.uri)
            .env("GATEWRIGHT_LOCK_TIMEOUT", "300")
            .env("GATEWRIGHT_LEASE_TIMEOUT", "20")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Process { child: Some(child) }
    }

    /// The same, to its end, which has to be a yes; gives the status.
    fn succeed(self, words: &str) -> String {
        let said = self.start(words).said();
        assert_eq!(said.code, Some(0), "{words}: {}", said.stderr);
        said.status
    }
}

/// A running `gatewright`; killed when dropped.
struct Process {
    child: Option<Child>,
}

/// What one said in the end.
#[derive(Debug)]
struct Said {
    /// The exit code; `None` for one that was killed.
    code: Option<i32>,
    /// What came of it.
    status: String,
    /// The codes of its refusals.
    refusals: Vec<String>,
    stderr: String,
}

impl Process {
    fn said(mut self) -> Said {
        Said::of(&self.child.take().unwrap().wait_with_output().unwrap())
    }

    fn is_over(&mut self) -> bool {
        let child = self.child.as_mut().unwrap();
        child.try_wait().unwrap().is_some()
    }

    /// SIGKILL; whether it came in time.
    fn kill(mut self) -> bool {
        let child = self.child.as_mut().unwrap();
        drop(child.kill());
        child.wait().unwrap().code().is_none()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let refusals = document["refusals"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            code: output.status.code(),
            status: text(&document["status"]),
            refusals: refusals.iter().map(|one| text(&one["code"])).collect(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Where a run keeps its files; a promotion logs its decision there right before it writes.
struct Decisions {
    folder: PathBuf,
}

impl Decisions {
    fn of(run: &Path) -> Self {
        Self {
            folder: run.join("gatewright/decisions"),
        }
    }

    fn count(&self) -> usize {
        let Ok(files) = std::fs::read_dir(&self.folder) else {
            return 0;
        };
        let names = files.map(|file| file.unwrap().file_name());
        names
            .filter(|name| Path::new(name).extension().is_some_and(|it| it == "json"))
            .count()
    }
}

/// Waits until something is so.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + LONGEST;
    while !is_so() {
        assert!(Instant::now() < end, "{what}: it never came");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Everybody who wants a version of its own live, at once: each has looked at what is live and has
/// judged before `release` lets the first of them write.
fn race(
    project: Project<'_>,
    racers: &[(u64, Decisions)],
    release: impl FnOnce(),
) -> Vec<(u64, Said)> {
    let before: Vec<_> = racers
        .iter()
        .map(|(_, decisions)| decisions.count())
        .collect();
    let mut running: Vec<_> = racers
        .iter()
        .map(|(version, _)| {
            let words = format!("promote --candidate {version} --reason race");
            (*version, project.start(&words))
        })
        .collect();
    for (((_, decisions), before), (version, process)) in
        racers.iter().zip(before).zip(&mut running)
    {
        wait_until(&format!("the decision about version {version}"), || {
            assert!(!process.is_over(), "version {version} did not wait");
            decisions.count() > before
        });
    }
    release();
    let running = running.into_iter();
    running
        .map(|(version, process)| (version, process.said()))
        .collect()
}

/// The version that won, after a look at what all the others said.
fn winner(round: u64, outcomes: &[(u64, Said)]) -> u64 {
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.iter().partition(|(_, said)| said.code == Some(0));
    let [(winner, said)] = won[..] else {
        panic!("round {round}: {} won: {outcomes:#?}", won.len());
    };
    assert_eq!(said.status, "done", "round {round}");
    for (_, said) in lost {
        let knows = said.code == Some(5) && said.refusals == ["conflict"];
        assert!(knows, "round {round}: {said:?}");
    }
    *winner
}

/// A ledger as it is in the registry: the version, the name and the text of each entry; and the
/// head.
struct Found {
    entries: Vec<(u64, String, String)>,
    head: Option<String>,
    live: u64,
}

/// That each entry is there once and carries the digest of the one before, that each replaces what
/// the one before made live, up to the head and the alias.
fn assert_chain(mut found: Found, entries: usize, live: u64) {
    let number = |tag: &str| -> u64 {
        tag.strip_prefix("gatewright.promotion.")
            .unwrap()
            .parse()
            .unwrap()
    };
    found.entries.sort_by_key(|(_, tag, _)| number(tag));
    let (mut before, mut replaced) = (None, 1);
    for (place, (version, tag, text)) in (1..).zip(&found.entries) {
        assert_eq!(number(tag), place, "{:#?}", found.entries);
        let entry: Value = serde_json::from_str(text).unwrap();
        assert_eq!(entry["version"].as_u64(), Some(*version));
        assert_eq!(entry["previous"].as_str(), before.as_deref(), "{tag}");
        assert_eq!(entry["replaces"].as_u64(), Some(replaced), "{tag}");
        before = Some(Record::digest_of(text));
        replaced = *version;
    }
    let head = found.head.map(|text| serde_json::from_str(&text).unwrap());
    let head: Value = head.unwrap_or_default();
    assert_eq!(head["digest"].as_str(), before.as_deref());
    assert_eq!(found.entries.len(), entries);
    assert_eq!((replaced, found.live), (live, live));
}
