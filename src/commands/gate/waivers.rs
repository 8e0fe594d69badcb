//! The file of waivers that a gate names.
//!
//! The one decision here: a file that is not right in every line excuses nothing and is not ignored
//! either. It is a usage error, as a spec would be.

use jiff::Timestamp;

use super::files::Folder;
use crate::commands::load::Loaded;
use crate::decision::{FileRecord, sha256};
use crate::diagnostic::{Lines, Severity, Source};
use crate::error::Error;
use crate::evidence::File;
use crate::gate::{Gate, Waiver};
use crate::spec::{self, Spec};

/// A file of waivers.
pub(in crate::commands) struct Waivers {
    /// What the decision records.
    pub(in crate::commands) file: FileRecord,
    source: Source,
}

/// Reads the file of waivers, where the gate names one. One that is not there is a mistake: nobody
/// names it for nothing.
pub(in crate::commands) fn load(gate: &Gate, loaded: &Loaded) -> Result<Option<Waivers>, Error> {
    let Some(path) = &gate.waivers else {
        return Ok(None);
    };
    match Folder::beside(loaded.folder()).read(path) {
        Ok(File::Text(text)) => Ok(Some(Waivers {
            file: FileRecord {
                path: path.clone(),
                digest: sha256(text.as_bytes()),
            },
            source: Source {
                path: path.clone(),
                text,
            },
        })),
        Ok(File::Absent) => Err(Error::usage(
            format!("there is no file of waivers `{path}` beside the spec"),
            "write one without waivers, `{version: 1, waivers: []}`; or leave `waivers:` out of the gate",
        )),
        Err(error) => Err(Error::usage(error.to_string(), error.help())),
    }
}

impl Waivers {
    /// The waivers, as they stood at a moment, and what a reader should know about the file.
    ///
    /// # Errors
    /// A usage error with the first mistake and its place, and how many more there are.
    pub(super) fn at(
        &self,
        moment: &str,
        spec: &Spec,
    ) -> Result<(Vec<Waiver>, Vec<String>), Error> {
        let now_ms = moment
            .parse::<Timestamp>()
            .map_err(|_| Error::usage(format!("`{moment}` is no time"), "record it again"))?
            .as_millisecond();
        let (waivers, diagnostics) = spec::waivers(&self.source, &spec.gates, now_ms);
        let mut errors = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error);
        let Some(first) = errors.next() else {
            let warnings = diagnostics.iter().map(|warning| warning.message.clone());
            return Ok((waivers, warnings.collect()));
        };
        let place = Lines::of(&self.source).position(self.source.trim(first.span).start);
        let more = match errors.count() {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        Err(Error::usage(
            format!(
                "{}:{}:{}: {}{more}",
                self.source.path, place.line, place.column, first.message
            ),
            first.help.clone().unwrap_or_default(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "version: 1\nproject: taxi\ngates:\n  promote: {checks: [rmse <= 5.0]}\n";

    fn at(waivers: &str, moment: &str) -> Result<(Vec<Waiver>, Vec<String>), Error> {
        let source = |path: &str, text: &str| Source {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let spec = spec::read(&source("gatewright.yaml", SPEC), "0.1.0")
            .spec
            .unwrap();
        let waivers = Waivers {
            file: FileRecord {
                path: "waivers.yaml".to_owned(),
                digest: String::new(),
            },
            source: source("waivers.yaml", waivers),
        };
        waivers.at(moment, &spec)
    }

    #[test]
    fn waivers_count_at_the_moment_the_evidence_was_read() {
        let file = "version: 1\nwaivers:\n  - {check: rmse-le-5.0, versions: \"7\", reason: a, approver: b, expires: 2026-12-01}\n";
        assert_eq!(at(file, "2026-11-23T12:00:00.5Z").unwrap().0.len(), 1);
        assert!(at(file, "2026-01-01T00:00:00Z").is_err(), "too far ahead");
        assert!(at(file, "now").is_err());
    }

    #[test]
    fn a_file_with_a_mistake_is_a_usage_error_with_its_place() {
        let file = "version: 1\nwaivers:\n  - {check: rmse-le-5, versions: \"7\", reason: a}\n";
        let error = at(file, "2026-11-23T12:00:00Z").unwrap_err();
        assert_eq!(error.exit(), crate::exit::Exit::Usage);
        let text = error.to_string();
        assert!(text.starts_with("waivers.yaml:3:"), "{text}");
        assert!(text.ends_with("more)"), "{text}");
    }
}
