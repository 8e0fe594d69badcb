//! GitHub's own command line, asked whether an attestation holds.
//!
//! The one decision here: it is a program with arguments and never a line for a shell, it gets a
//! bounded time and a bounded answer, and what it says is for somebody else to judge.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::http::excerpt;

/// How long it may take: it asks GitHub, and Sigstore's list of keys.
const LONGEST: Duration = Duration::from_mins(2);

/// The most that is read of its answer, in bytes.
const LARGEST_ANSWER: u64 = 64 << 20;

/// What is asked.
pub(crate) struct GhQuestion<'a> {
    /// The file that the attestation has to be about.
    pub(crate) file: &'a Path,
    /// The file with the attestation; `None` to have GitHub asked for it.
    pub(crate) bundle: Option<&'a Path>,
    /// `owner/name`.
    pub(crate) repository: &'a str,
    /// The workflow, by its path in the repository.
    pub(crate) workflow: Option<&'a str>,
    /// The type of the predicate.
    pub(crate) predicate_type: &'a str,
}

/// Why `gh` gave no answer.
///
/// `Display` is a lowercase fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GhFailure {
    /// There is no such program.
    Absent,
    /// It could not be started, or broke.
    Broken(String),
    /// It took too long.
    TimedOut,
    /// It said no, or that it cannot tell: it has the same exit code for both.
    Denied {
        /// Its exit code; `None` where a signal ended it.
        code: Option<i32>,
        /// The end of what it said.
        said: String,
    },
    /// Its answer is too large.
    TooLarge,
}

impl fmt::Display for GhFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("there is no program `gh` on this machine"),
            Self::Broken(reason) => write!(f, "cannot run `gh`: {reason}"),
            Self::TimedOut => write!(f, "`gh` gave no answer within {} s", LONGEST.as_secs()),
            Self::Denied { code, said } => {
                f.write_str("`gh attestation verify` ")?;
                match code {
                    Some(code) => write!(f, "ended with {code}")?,
                    None => f.write_str("was ended")?,
                }
                write!(f, ": {said}")
            }
            Self::TooLarge => f.write_str("the answer of `gh` is too large"),
        }
    }
}

/// Asks `gh attestation verify`, and gives what it wrote to stdout.
pub(crate) fn gh_verify(question: &GhQuestion<'_>) -> Result<Vec<u8>, GhFailure> {
    let mut command = Command::new("gh");
    command
        .args(["attestation", "verify"])
        .arg(question.file)
        .args(["--repo", question.repository])
        .args(["--predicate-type", question.predicate_type])
        .args(["--format", "json"]);
    if let Some(bundle) = question.bundle {
        command.arg("--bundle").arg(bundle);
    }
    if let Some(workflow) = question.workflow {
        let workflow = format!("{}/{workflow}", question.repository);
        command.arg("--signer-workflow").arg(workflow);
    }
    run(command)
}

fn run(mut command: Command) -> Result<Vec<u8>, GhFailure> {
    let broken = |error: std::io::Error| GhFailure::Broken(error.to_string());
    let child = command
        .env("GH_PROMPT_DISABLED", "1")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(GhFailure::Absent),
        other => other.map_err(broken)?,
    };
    let end = Instant::now() + LONGEST;
    let outputs = (reader(child.stdout.take()), reader(child.stderr.take()));
    let stdout = next(&outputs.0, end);
    let stderr = next(&outputs.1, end);
    let (Some(stdout), Some(stderr)) = (stdout, stderr) else {
        finish(&mut child);
        return Err(GhFailure::TimedOut);
    };
    if stdout.len() as u64 > LARGEST_ANSWER {
        finish(&mut child);
        return Err(GhFailure::TooLarge);
    }
    // Both of its streams are closed: it has ended, or is about to.
    let status = child.wait().map_err(broken)?;
    if status.success() {
        return Ok(stdout);
    }
    let said = String::from_utf8_lossy(&stderr);
    Err(GhFailure::Denied {
        code: status.code(),
        said: excerpt(said.trim()),
    })
}

/// Reads a stream to its end on a thread of its own.
fn reader(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            // What came before an error is all there is.
            let _ = stream.take(LARGEST_ANSWER + 1).read_to_end(&mut bytes);
        }
        let _ = send.send(bytes);
    });
    receive
}

fn next(stream: &mpsc::Receiver<Vec<u8>>, end: Instant) -> Option<Vec<u8>> {
    let left = end.saturating_duration_since(Instant::now());
    stream.recv_timeout(left).ok()
}

fn finish(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
