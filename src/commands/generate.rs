//! `gatewright generate`: the spec to files, or how the files differ from the spec.

use std::path::Path;

use super::load::{Loaded, find, load, tell};
use super::validate::diagnose;
use crate::cli::Generate;
use crate::console::Console;
use crate::diagnostic::has_errors;
use crate::error::Error;
use crate::exit::Exit;
use crate::plan;
use crate::render::{self, RenderedFile};
use crate::spec::Spec;
use crate::tree::{self, Drift, Kind};

pub(super) fn run(arguments: &Generate, console: &mut Console<'_>) -> Result<Exit, Error> {
    let loaded = load(&find(arguments.spec.spec.as_deref(), console)?, console);
    let diagnostics = diagnose(&loaded);
    tell(&loaded.source, &diagnostics, console)?;
    let Some(spec) = loaded
        .reading
        .spec
        .as_ref()
        .filter(|_| !has_errors(&diagnostics))
    else {
        return Err(Error::Reported(Exit::Usage));
    };
    let files = render(spec)?;
    let drifts = tree::drift(&loaded.root(), &spec.path, &files)?;
    if arguments.diff {
        for drift in &drifts {
            console.stdout.write_all(drift.diff().as_bytes())?;
        }
    }
    if arguments.check || arguments.diff {
        report_drift(&drifts, &files, &loaded, console)
    } else {
        let settled = tree::write(&loaded.root(), &spec.path, &files, arguments.force)?;
        report_written(&settled, &files, console)?;
        Ok(Exit::Yes)
    }
}

/// Writes the pipelines of a spec below `root`; gives each file and its number of lines.
pub(super) fn write_pipelines(root: &Path, spec: &Spec) -> Result<Vec<(String, usize)>, Error> {
    let files = render(spec)?;
    tree::write(root, &spec.path, &files, false)?;
    Ok(files
        .iter()
        .map(|file| (file.path.clone(), file.body.lines().count()))
        .collect())
}

fn render(spec: &Spec) -> Result<Vec<RenderedFile>, Error> {
    let process = plan::process(spec).map_err(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        Error::usage(
            problems.join("; "),
            "`gatewright validate` shows the places",
        )
    })?;
    render::files(&process).map_err(|error| Error::Internal(error.to_string()))
}

fn report_drift(
    drifts: &[Drift],
    files: &[RenderedFile],
    loaded: &Loaded,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    if drifts.is_empty() {
        told_unless_quiet(console, &nothing_or(files, "current"))?;
        return Ok(Exit::Yes);
    }
    for drift in drifts {
        console.tell(format!("{:<9}{}", drift.kind.name(), drift.path))?;
    }
    let one = drifts.len() == 1;
    let edited = drifts.iter().any(|drift| drift.loses_work);
    console.tell(format!(
        "\n{} not what {} says",
        if one {
            "1 file is".to_owned()
        } else {
            format!("{} files are", drifts.len())
        },
        loaded.source.path
    ))?;
    console.tell(if edited {
        "  help: `gatewright generate --diff` shows how; put what was edited into the spec, or let `gatewright generate --force` replace it"
    } else {
        "  help: run `gatewright generate` and commit what it writes; `--diff` shows the change"
    })?;
    Ok(Exit::No)
}

fn report_written(
    settled: &[Drift],
    files: &[RenderedFile],
    console: &mut Console<'_>,
) -> Result<(), Error> {
    for drift in settled {
        let done = match drift.kind {
            Kind::Missing => "wrote",
            Kind::Stale => "updated",
            Kind::Edited | Kind::Foreign => "replaced",
            Kind::Orphaned => "removed",
        };
        told_unless_quiet(console, &format!("{done:<9}{}", drift.path))?;
    }
    if settled.is_empty() {
        told_unless_quiet(console, &nothing_or(files, "current already"))?;
    }
    Ok(())
}

/// How many files are as they should be, or why there are none.
fn nothing_or(files: &[RenderedFile], state: &str) -> String {
    match files.len() {
        0 => "nothing to generate: the spec asks for no pipelines\n  help: add `ci: {github: {}, azure: {}}`".to_owned(),
        1 => format!("1 file is {state}"),
        count => format!("{count} files are {state}"),
    }
}

fn told_unless_quiet(console: &mut Console<'_>, text: &str) -> Result<(), Error> {
    if !console.quiet {
        console.tell(text)?;
    }
    Ok(())
}
