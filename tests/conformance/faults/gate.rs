//! The gate under test, bounded in time and memory, and what it answered.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The most address space the gate may take, in KiB: four times what it needs at rest.
const MOST_MEMORY_KIB: u64 = 1_500_000;

/// What starting and ending may cost on a busy machine, beside the deadline that a run is given.
const OVERHEAD: Duration = Duration::from_secs(15);

/// What the gate answered.
pub(super) struct Answer {
    pub(super) code: Option<i32>,
    /// The decision without the moment it was made; `None` where there is none.
    pub(super) decision: Option<Value>,
    pub(super) talk: String,
}

/// Judges by one gate of the spec in `folder`. `patience` is how many seconds one answer may take.
pub(super) fn check(folder: &Path, gate: &str, uri: &str, patience: u32) -> Answer {
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(format!("ulimit -v {MOST_MEMORY_KIB}; exec \"$0\" \"$@\""))
        .arg(env!("CARGO_BIN_EXE_gatewright"))
        .args(["gate", "check", gate, "--format", "json"])
        .args(["--tracking-uri", uri])
        .env_clear()
        .env("MLFLOW_HTTP_REQUEST_TIMEOUT", patience.to_string())
        .env("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
        .env("GATEWRIGHT_HTTP_DEADLINE", (3 * patience).to_string())
        .env("GATEWRIGHT_LOCK_TIMEOUT", "1")
        .current_dir(folder)
        .stdin(Stdio::null())
        .process_group(0);
    let begun = Instant::now();
    let output = command.output().unwrap();
    let longest = OVERHEAD + Duration::from_secs(3 * u64::from(patience));
    assert!(begun.elapsed() < longest, "it took {:?}", begun.elapsed());
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!talk.contains("panicked at"), "{talk}");
    assert!(!talk.contains("internal error"), "{talk}");
    Answer {
        code: output.status.code(),
        decision: serde_json::from_slice(&output.stdout).ok().map(timeless),
        talk,
    }
}

/// A decision without what differs between two runs on the same evidence: the moment, the place of
/// the store, and the digest of the evidence, which has the moment in it.
fn timeless(mut decision: Value) -> Value {
    for key in ["judged_at", "stores", "evidence"] {
        decision[key] = Value::Null;
    }
    decision
}
