//! What generating found or did, for people, programs and the CI system around the command.

use serde_json::{Map, Value, json};

use crate::cli::GenerateFormat;
use crate::console::Console;
use crate::decision::canonical;
use crate::error::Error;
use crate::exit::Exit;
use crate::host::Host;
use crate::report::{azure_file, github_file, printable};
use crate::tree::{Drift, Kind};

/// GitHub shows this many annotations per step.
const ANNOTATIONS: usize = 10;

/// Whether the files were compared or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Summary {
    Compared,
    Written,
}

/// What there is to report.
pub(super) struct Report<'a> {
    pub(super) drifts: &'a [Drift],
    /// How many files are wanted.
    pub(super) files: usize,
    /// The spec, where there is one only.
    pub(super) spec: Option<&'a str>,
    pub(super) with_diff: bool,
    pub(super) summary: Summary,
}

impl Report<'_> {
    /// No, where files were compared and one is not as it should be.
    pub(super) fn exit(&self) -> Exit {
        match self.summary {
            Summary::Compared if self.changes().next().is_some() => Exit::No,
            _ => Exit::Yes,
        }
    }

    pub(super) fn tell(
        &self,
        format: GenerateFormat,
        console: &mut Console<'_>,
    ) -> Result<(), Error> {
        match format {
            GenerateFormat::Json => console.say(canonical(&self.json()).trim_end())?,
            GenerateFormat::Text => self.text(console)?,
        }
        if self.summary == Summary::Compared {
            self.annotate(console)?;
        }
        Ok(())
    }

    fn changes(&self) -> impl Iterator<Item = &Drift> {
        self.drifts.iter().filter(|drift| !drift.kind.is_kept())
    }

    fn count(&self, kind: Kind) -> usize {
        self.drifts.iter().filter(|one| one.kind == kind).count()
    }

    /// How many files are as they should be, those with pins of their own among them.
    fn current(&self) -> usize {
        let wanted = self.changes().filter(|one| one.kind != Kind::Orphaned);
        let others = wanted.count() + self.count(Kind::Detached);
        self.files.saturating_sub(others)
    }

    fn text(&self, console: &mut Console<'_>) -> Result<(), Error> {
        if self.with_diff {
            for drift in self.drifts {
                console.stdout.write_all(drift.diff().as_bytes())?;
            }
        }
        match self.summary {
            Summary::Compared => self.compared(console)?,
            Summary::Written => self.written(console)?,
        }
        let kept = self.count(Kind::PinsOnly);
        if kept > 0 && !console.quiet {
            console.tell(format!(
                "{} pins of its own, as a bot writes them\n  help: they are kept; `gatewright generate --update-pins` puts back those of the spec and of gatewright",
                count(kept, "file has", "files have")
            ))?;
        }
        Ok(())
    }

    fn compared(&self, console: &mut Console<'_>) -> Result<(), Error> {
        for drift in self.drifts {
            if !(console.quiet && drift.kind.is_kept()) {
                let about = match drift.about.join(", ") {
                    about if about.is_empty() => about,
                    about => format!(" ({})", printable(&about)),
                };
                let kind = drift.kind.name();
                let path = printable(&drift.path);
                console.tell(format!("{kind:<10}{path}{about}"))?;
            }
        }
        let changes = self.changes().count();
        if changes == 0 {
            return self.nothing("current", console);
        }
        let kinds = Kind::ALL.iter().filter(|kind| !kind.is_kept());
        let counts: Vec<_> = kinds
            .filter_map(|kind| match self.count(*kind) {
                0 => None,
                count => Some(format!("{count} {}", kind.name())),
            })
            .collect();
        console.tell(format!(
            "\n{} not what {}: {}",
            count(changes, "file is", "files are"),
            match self.spec {
                Some(spec) => format!("{spec} says"),
                None => "their specs say".to_owned(),
            },
            counts.join(", ")
        ))?;
        console.tell(if self.changes().any(|drift| drift.loses_work) {
            "  help: `gatewright generate --diff` shows how; put what was edited into the spec, or let `gatewright generate --force` replace it"
        } else {
            "  help: run `gatewright generate` and commit what it writes; `--diff` shows the change"
        })?;
        Ok(())
    }

    fn written(&self, console: &mut Console<'_>) -> Result<(), Error> {
        for drift in self.changes() {
            if console.quiet {
                return Ok(());
            }
            let path = printable(&drift.path);
            console.tell(format!("{:<9}{path}", done(drift.kind)))?;
        }
        if self.changes().next().is_none() {
            self.nothing("current already", console)?;
        }
        Ok(())
    }

    /// How many files are as they should be, or why there are none.
    fn nothing(&self, state: &str, console: &mut Console<'_>) -> Result<(), Error> {
        if console.quiet {
            return Ok(());
        }
        console.tell(match self.files {
            0 => "nothing to generate: the spec asks for no pipelines\n  help: add `ci: {github: {}, azure: {}}`".to_owned(),
            _ => format!("{} {state}", count(self.current(), "file is", "files are")),
        })?;
        Ok(())
    }

    fn json(&self) -> Value {
        let counts: Map<_, _> = Kind::ALL
            .iter()
            .map(|kind| (kind.name().to_owned(), json!(self.count(*kind))))
            .collect();
        let file = |drift: &Drift| {
            let diff = self.with_diff.then(|| drift.diff());
            json!({
                "path": drift.path,
                "spec": drift.spec_path,
                "kind": drift.kind.name(),
                "loses_work": drift.loses_work,
                "about": drift.about,
                "diff": diff,
            })
        };
        json!({
            "version": 1,
            "exit": self.exit().code(),
            "written": self.summary == Summary::Written,
            "current": self.current(),
            "counts": counts,
            "files": self.drifts.iter().map(file).collect::<Vec<_>>(),
        })
    }

    /// One annotation for each file that is not as it should be, where a CI system shows them.
    fn annotate(&self, console: &mut Console<'_>) -> Result<(), Error> {
        let host = Host::detect(&console.environment);
        for drift in self.changes().take(ANNOTATIONS) {
            let title = format!("generated file is {}", drift.kind.name());
            let message = format!("{drift}; `gatewright generate --diff` shows how it should be");
            match host {
                Host::GithubActions => console.tell(github_file(&drift.path, &title, &message))?,
                Host::AzurePipelines => console.tell(azure_file(&drift.path, &title, &message))?,
                Host::Local => {}
            }
        }
        Ok(())
    }
}

fn done(kind: Kind) -> &'static str {
    match kind {
        Kind::Missing => "wrote",
        Kind::Stale => "updated",
        Kind::Edited | Kind::Foreign => "replaced",
        Kind::Orphaned => "removed",
        Kind::PinsOnly | Kind::Detached => "kept",
    }
}

fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
