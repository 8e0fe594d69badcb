//! Evidence from a file, and whether it is evidence for this question.
//!
//! The one decision here: evidence is judged by the spec and the waivers that it was recorded for.
//! Another spec may ask for what nobody read, and what nobody read must not look as if it were
//! absent.

use std::path::Path;

use super::waivers::Waivers;
use crate::commands::document;
use crate::console::Console;
use crate::decision::{FileRecord, Recording};
use crate::error::Error;
use crate::spec::Spec;

/// The largest file that is read, in bytes.
const SIZE_LIMIT: u64 = 256 * 1024 * 1024;

/// Reads a recording.
pub(super) fn read(path: &Path, console: &Console<'_>) -> Result<Recording, Error> {
    let shown = path.display();
    let broken = |reason: String| {
        Error::evidence(
            format!("cannot use the evidence in `{shown}`: {reason}"),
            "record it again: `gatewright gate record -o FILE`",
        )
    };
    let text = document::text(&console.resolve(path), SIZE_LIMIT).map_err(broken)?;
    Recording::read(&text).map_err(|error| broken(error.to_string()))
}

/// Whether a recording was made for this spec, gate and waivers.
///
/// # Errors
/// A usage error that names what differs.
pub(super) fn require_same(
    recording: &Recording,
    spec: &Spec,
    named: Option<&str>,
    waivers: Option<&Waivers>,
) -> Result<(), Error> {
    if let Some(gate) = named.filter(|gate| *gate != recording.gate) {
        return Err(moved(&format!(
            "the evidence was recorded for gate `{}`, not for `{gate}`",
            recording.gate
        )));
    }
    let origin = spec.candidate_model_of(recording.environment.as_deref());
    if recording.project != spec.project || recording.model != origin.name {
        return Err(moved(&format!(
            "the evidence is about model `{}` of project `{}`",
            recording.model, recording.project
        )));
    }
    if recording.spec.digest != spec.digest {
        return Err(moved(&format!(
            "the spec is not the one that the evidence was recorded for ({}, now {})",
            short(&recording.spec.digest),
            short(&spec.digest)
        )));
    }
    let digest = |file: &FileRecord| file.digest.clone();
    if recording.waivers.as_ref().map(digest) != waivers.map(|waivers| digest(&waivers.file)) {
        return Err(moved(
            "the waivers are not those that the evidence was recorded with",
        ));
    }
    Ok(())
}

fn moved(message: &str) -> Error {
    Error::usage(
        message,
        "check out the commit it was recorded at, or record it again with `gatewright gate record`",
    )
}

fn short(digest: &str) -> &str {
    digest.get(..19).unwrap_or(digest)
}
