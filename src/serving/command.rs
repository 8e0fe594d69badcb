//! An endpoint that a program of the user's turns: a reverse proxy, a mesh, a load balancer.
//!
//! The one decision here: the program is run for one thing at a time and has to end; what it says
//! on stdout is one JSON document and nothing else, and no shell is in between.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{Change, Endpoint, ServingError};
use crate::rollout::{Measurement, Routes, Seen, Update};

/// The most that the program may say, in bytes.
const LARGEST_ANSWER: u64 = 1 << 20;

/// How long it is waited between two looks at whether the program has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// An endpoint that a program turns.
pub struct CommandEndpoint {
    name: String,
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    limit: Duration,
    metrics: RefCell<Option<BTreeMap<String, BTreeMap<String, f64>>>>,
}

/// What the program says when it is asked for the status.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    /// The share of each version in percent, by its number.
    routes: BTreeMap<String, u8>,
    /// What was measured of each version since `GATEWRIGHT_SINCE_MS`.
    #[serde(default)]
    metrics: BTreeMap<String, BTreeMap<String, f64>>,
    /// Whether everything that is deployed answers.
    #[serde(default = "yes")]
    ready: bool,
}

fn yes() -> bool {
    true
}

impl CommandEndpoint {
    /// An endpoint that the first word of `command` turns, run in `folder`, for at most `limit`
    /// each time.
    #[must_use]
    pub fn new(name: &str, command: &[String], folder: &Path, limit: Duration) -> Self {
        let (program, arguments) = command.split_first().map_or_else(
            || (String::new(), Vec::new()),
            |(program, arguments)| (program.clone(), arguments.to_vec()),
        );
        // A path is meant from the spec, a plain name as the shell would find it.
        let program = if program.contains('/') {
            folder.join(program)
        } else {
            PathBuf::from(program)
        };
        Self {
            name: name.to_owned(),
            program,
            arguments,
            folder: folder.to_owned(),
            limit,
            metrics: RefCell::new(None),
        }
    }

    fn run(&self, action: &str, variables: &[(&str, String)]) -> Result<String, ServingError> {
        let said = |reason: &io::Error| {
            ServingError::silent(format!("cannot run `{}`: {reason}", self.program.display()))
        };
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .current_dir(&self.folder)
            .env("GATEWRIGHT_ACTION", action)
            .env("GATEWRIGHT_ENDPOINT", &self.name)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| said(&error))?;
        let stdout = child.stdout.take().map(listen);
        let stderr = child.stderr.take().map(listen);
        let status = self.end(&mut child).map_err(|error| said(&error))?;
        let Some(status) = status else {
            let seconds = self.limit.as_secs();
            return Err(ServingError::silent(format!(
                "`{action}` was not done within {seconds} s"
            )));
        };
        if !status.success() {
            let words = heard(stderr, self.limit);
            let words = crate::mlflow::excerpt(&words.unwrap_or_default());
            let reason = format!("`{action}` ended with {status}: {words}");
            return Err(ServingError::silent(reason.trim_end_matches([':', ' '])));
        }
        let words = heard(stdout, self.limit);
        words.ok_or_else(|| ServingError::silent(format!("`{action}` did not say one text")))
    }

    /// Waits for the program; `None` when it took too long and was ended.
    fn end(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        let deadline = Instant::now() + self.limit;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            pause();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a wait with a deadline: the standard library waits for a process without one or not at all"
)]
fn pause() {
    thread::sleep(PAUSE);
}

/// Reads a stream to its end beside the program, so that neither waits for the other.
fn listen(stream: impl Read + Send + 'static) -> mpsc::Receiver<Option<String>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stream.take(LARGEST_ANSWER + 1).read_to_end(&mut bytes);
        let is_whole = read.is_ok() && bytes.len() as u64 <= LARGEST_ANSWER;
        let text = String::from_utf8(bytes).ok().filter(|_| is_whole);
        // Nobody listens any more where the program took too long.
        let _ = sender.send(text);
    });
    receiver
}

/// What was said. A child of the program may hold the stream open beyond its end.
fn heard(stream: Option<mpsc::Receiver<Option<String>>>, limit: Duration) -> Option<String> {
    stream?.recv_timeout(limit).ok().flatten()
}

impl Endpoint for CommandEndpoint {
    fn location(&self) -> String {
        self.name.clone()
    }

    fn route_of(&self, version: u64) -> String {
        version.to_string()
    }

    fn look(&self, since_ms: i64) -> Result<Seen, ServingError> {
        let since = [("GATEWRIGHT_SINCE_MS", since_ms.to_string())];
        let text = self.run("status", &since)?;
        let status: Status = serde_json::from_str(&text).map_err(|error| {
            ServingError::silent(format!("`status` did not say what it should: {error}"))
        })?;
        let versions: BTreeMap<String, u64> = status
            .routes
            .keys()
            .filter_map(|name| Some((name.clone(), name.parse().ok()?)))
            .collect();
        let whole: u32 = status.routes.values().copied().map(u32::from).sum();
        if whole != 100 || versions.len() != status.routes.len() {
            let reason = "`status` did not say shares of versions that make 100 %";
            return Err(ServingError::silent(reason));
        }
        self.metrics.replace(Some(status.metrics));
        Ok(Seen {
            routes: status.routes.into_iter().collect::<Routes>(),
            versions,
            update: Update::None,
            ready: status.ready,
        })
    }

    fn set(&self, change: Change<'_>) -> Result<(), ServingError> {
        let Change { from, to, routes } = change;
        let variables = [
            ("GATEWRIGHT_VERSION", to.version.to_string()),
            ("GATEWRIGHT_PREVIOUS", from.version.to_string()),
            ("GATEWRIGHT_TRAFFIC", routes.share(&to.route).to_string()),
        ];
        self.run("set", &variables).map(drop)
    }

    fn measure(&self) -> Result<Measurement, ServingError> {
        let metrics = self.metrics.borrow().clone();
        metrics
            .map(Measurement::Values)
            .ok_or_else(|| ServingError::silent("it was not looked at"))
    }
}
