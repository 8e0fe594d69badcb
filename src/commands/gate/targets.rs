//! The files that a command is about to write.
//!
//! The one decision here: a report never takes the place of what it is about, or of another report.

use std::path::PathBuf;

use crate::cli::Output;
use crate::commands::load::Loaded;
use crate::console::Console;
use crate::error::Error;

/// Refuses paths that are the spec, the evidence that is judged, or named twice.
///
/// # Errors
/// A usage error that names the path.
pub(super) fn require_free(
    outputs: &[Output],
    record: Option<&PathBuf>,
    evidence: Option<&PathBuf>,
    loaded: &Loaded,
    console: &Console<'_>,
) -> Result<(), Error> {
    let real = |path: &PathBuf| {
        let path = console.resolve(path);
        path.canonicalize().unwrap_or(path)
    };
    let spec = loaded.file.canonicalize().unwrap_or(loaded.file.clone());
    let mut taken: Vec<_> = evidence.map(real).into_iter().chain([spec]).collect();
    for path in outputs.iter().map(|output| &output.path).chain(record) {
        let file = real(path);
        if taken.contains(&file) {
            return Err(Error::usage(
                format!(
                    "`{}` cannot be written: it is read, or written already",
                    path.display()
                ),
                "give every report a file of its own",
            ));
        }
        taken.push(file);
    }
    Ok(())
}
