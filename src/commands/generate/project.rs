//! The specs a command is about, as plans; and their files as they should be.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::clash;
use super::overlay::{self, Overlays};
use crate::cli::Generate;
use crate::commands::load::{self, FILE_NAME, Loaded, load, tell};
use crate::commands::specs::{Unsearched, find_all};
use crate::commands::validate::planned;
use crate::console::Console;
use crate::diagnostic::has_errors;
use crate::error::Error;
use crate::exit::Exit;
use crate::host;
use crate::plan::Process;
use crate::render::{self, PinsOnDisk, RenderError, RenderedFile};
use crate::spec::{Ci, Spec};
use crate::tree::{self, Scope, Snapshot, Wanted};

/// Rendering is all arithmetic: more threads than cores would only wait for each other.
const MOST_WORKERS: usize = 8;

/// How many specs are named before the rest is counted.
const NAMED: usize = 5;

/// One spec and what it plans.
pub(super) struct Project {
    pub(super) process: Process,
    /// How its files are made: templates of its own, files that are not generated.
    pub(super) ci: Ci,
}

/// The projects of one repository.
pub(super) struct Projects {
    pub(super) root: PathBuf,
    pub(super) all: Vec<Project>,
    /// Files that may be of a bundle whose spec is gone, from the root.
    pub(super) of_bundles: Vec<String>,
}

/// Reads and plans every spec that is asked for. What is wrong with one is told; then there is
/// nothing to generate.
pub(super) fn read(arguments: &Generate, console: &mut Console<'_>) -> Result<Projects, Error> {
    let (mut loaded, of_bundles) = loaded(arguments, console)?;
    let here = || host::repository_root(&console.folder);
    let root = loaded.first().map_or_else(here, Loaded::root);
    if arguments.all {
        // A repository within the repository generates its own.
        loaded.retain(|one| one.root() == root);
    } else if let Some(other) = loaded.iter().find(|one| one.root() != root) {
        let path = other.source.path.as_str();
        return Err(Error::usage(
            format!("`{path}` is in another repository than the specs before it"),
            "generate one repository after the other",
        ));
    }
    let mut all: Vec<Project> = Vec::new();
    let mut failed = false;
    for one in &loaded {
        let (diagnostics, process) = planned(one);
        tell(&one.source, &diagnostics, console)?;
        let process = process.filter(|_| !has_errors(&diagnostics));
        match process.zip(one.reading.spec.as_ref()) {
            Some((process, spec)) => all.push(Project {
                process,
                ci: spec.ci.clone(),
            }),
            None => failed = true,
        }
    }
    if failed {
        return Err(Error::Reported(Exit::Usage));
    }
    all.dedup_by(|one, other| one.process.spec_path == other.process.spec_path);
    clash::check(&all)?;
    Ok(Projects {
        root,
        all,
        of_bundles,
    })
}

/// The specs, from disk, in the order of their paths; and where all are asked for, what else may
/// have been generated.
fn loaded(
    arguments: &Generate,
    console: &Console<'_>,
) -> Result<(Vec<Loaded>, Vec<String>), Error> {
    let mut of_bundles = Vec::new();
    let paths = if arguments.all {
        let (specs, others) = everywhere(console)?;
        of_bundles = others;
        specs
    } else if arguments.specs.is_empty() {
        let named = arguments.spec.spec.as_deref();
        vec![load::find(named, console).map_err(|error| below(error, console))?]
    } else {
        arguments.specs.clone()
    };
    let mut loaded: Vec<_> = paths.iter().map(|path| load(path, console)).collect();
    loaded.sort_by(|one, other| one.file.cmp(&other.file));
    Ok((loaded, of_bundles))
}

/// The specs of the repository, and from its root what may be left of others. There may be no spec,
/// where the last one is gone.
fn everywhere(console: &Console<'_>) -> Result<(Vec<PathBuf>, Vec<String>), Error> {
    let root = host::repository_root(&console.folder);
    let found = find_all(&root).map_err(|error| unsearched(&error))?;
    let shown = |path: PathBuf| match path.strip_prefix(&console.folder) {
        Ok(inside) => inside.to_path_buf(),
        Err(_) => path,
    };
    let from_root = |path: &PathBuf| {
        let inside = path.strip_prefix(&root).ok()?.to_str()?;
        Some(inside.replace('\\', "/"))
    };
    let others = found.of_bundles.iter().filter_map(from_root).collect();
    Ok((found.specs.into_iter().map(shown).collect(), others))
}

/// Where there is no spec, and nothing is left of one.
pub(super) fn nothing() -> Error {
    Error::usage(
        format!("there is no `{FILE_NAME}` in the repository"),
        "`gatewright demo` writes an example",
    )
}

fn unsearched(error: &Unsearched) -> Error {
    Error::usage(
        error.to_string(),
        "check its permissions, or name the specs: `gatewright generate SPEC...`",
    )
}

/// Whoever stands above their specs is told where these are.
fn below(error: Error, console: &Console<'_>) -> Error {
    let specs = find_all(&console.folder).unwrap_or_default().specs;
    if specs.is_empty() {
        return error;
    }
    let shown = |path: &PathBuf| {
        let path = path.strip_prefix(&console.folder).unwrap_or(path);
        format!("`{}`", path.display())
    };
    let mut named: Vec<_> = specs.iter().take(NAMED).map(shown).collect();
    if specs.len() > NAMED {
        named.push(format!("{} more", specs.len() - NAMED));
    }
    Error::usage(
        format!("{error}; below there are {}", named.join(", ")),
        "`gatewright generate --all` generates every project of the repository, `gatewright \
         generate SPEC...` those that you name",
    )
}

/// The files of every project as they should be, and what is on disk in their place. Pins that a
/// bot put there are part of what should be, unless they are to be `reset`.
pub(super) fn wanted(projects: &Projects, reset: bool) -> Result<(Vec<Wanted>, Snapshot), Error> {
    let processes = || projects.all.iter().map(|project| &project.process);
    let paths: Vec<_> = processes().flat_map(render::paths).collect();
    let snapshot = Snapshot::take(&projects.root, &paths)?;
    let snapshot = snapshot.with_bundles(projects.of_bundles.clone());
    let on_disk = if reset {
        PinsOnDisk::new()
    } else {
        snapshot.pins()
    };
    let overlays = Overlays::read(&projects.root, &projects.all)?;
    let rendered = render_all(projects, &on_disk, &overlays);
    if rendered.len() != projects.all.len() {
        // What is not rendered would look like what is not wanted.
        return Err(Error::Internal("a project was not rendered".to_owned()));
    }
    let mut wanted = Vec::new();
    for (project, files) in projects.all.iter().zip(rendered) {
        let folder = project.ci.templates.as_deref();
        wanted.push(Wanted {
            spec_path: project.process.spec_path.clone(),
            files: files.map_err(|error| overlay::failed(error, folder))?,
            detached: project.ci.detach.clone(),
        });
    }
    Ok((wanted, snapshot))
}

/// The files of every project, in the order of the projects, whichever is done first.
fn render_all(
    projects: &Projects,
    on_disk: &PinsOnDisk,
    overlays: &Overlays,
) -> Vec<Result<Vec<RenderedFile>, RenderError>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(project) = projects.all.get(index) else {
                return;
            };
            let templates = overlays.of(project.ci.templates.as_deref());
            let files = render::files(&project.process, on_disk, templates);
            if let Ok(mut done) = done.lock() {
                done.insert(index, files);
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    std::thread::scope(|scope| {
        for _ in 1..workers.min(MOST_WORKERS).min(projects.all.len()) {
            scope.spawn(work);
        }
        work();
    });
    done.into_inner()
        .unwrap_or_default()
        .into_values()
        .collect()
}

/// Writes the pipelines of a spec below `root`; gives each file and its number of lines.
pub(in crate::commands) fn write_pipelines(
    root: &Path,
    spec: &Spec,
) -> Result<Vec<(String, usize)>, Error> {
    let process = crate::plan::process(spec).map_err(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        Error::usage(
            problems.join("; "),
            "`gatewright validate` shows the places",
        )
    })?;
    let projects = Projects {
        of_bundles: Vec::new(),
        root: root.to_path_buf(),
        all: vec![Project {
            process,
            ci: spec.ci.clone(),
        }],
    };
    let (wanted, snapshot) = wanted(&projects, false)?;
    let drifts = tree::drift(root, &wanted, Scope::TheseSpecs, &snapshot)?;
    tree::write(root, &drifts, false)?;
    let files = wanted.iter().flat_map(|one| &one.files);
    Ok(files
        .map(|file| (file.path.clone(), file.body.lines().count()))
        .collect())
}
