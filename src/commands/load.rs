//! Spec files from disk, bounded, and their diagnostics to whoever reads them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::console::Console;
use crate::diagnostic::{self, Code, Diagnostic, Lines, Source, Span};
use crate::error::Error;
use crate::exit::Exit;
use crate::host;
use crate::report;
use crate::spec::{self, Spec};

/// A spec of a thousand lines has 40 KB.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// The name a spec has by default.
pub(super) const FILE_NAME: &str = "gatewright.yaml";

/// A spec file and what reading it gave.
pub(super) struct Loaded {
    /// The file.
    pub(super) file: PathBuf,
    /// Its text, under the path that messages show.
    pub(super) source: Source,
    /// The spec and the diagnostics.
    pub(super) reading: spec::Reading,
}

impl Loaded {
    /// The folder the spec is in: where stages run, and where relative stores are.
    pub(super) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    /// The repository the spec is in: where pipelines are written.
    pub(super) fn root(&self) -> PathBuf {
        host::repository_root(self.folder())
    }
}

/// The spec a command is about: the one named, or the nearest at or above the current folder.
pub(super) fn find(named: Option<&Path>, console: &Console<'_>) -> Result<PathBuf, Error> {
    if let Some(path) = named {
        return Ok(path.to_path_buf());
    }
    let found = console
        .folder
        .ancestors()
        .find(|folder| folder.join(FILE_NAME).is_file());
    match found {
        Some(folder) if folder == console.folder => Ok(PathBuf::from(FILE_NAME)),
        Some(folder) => Ok(folder.join(FILE_NAME)),
        None => Err(Error::usage(
            format!("there is no `{FILE_NAME}` here or in a folder above"),
            "name the spec with `--spec PATH`; `gatewright demo` writes an example",
        )),
    }
}

/// Reads a spec file. Whatever is wrong with it is a diagnostic.
pub(super) fn load(path: &Path, console: &Console<'_>) -> Loaded {
    let file = console.resolve(path);
    // Without `..` and links, so that the path from the repository root is the same for everyone.
    let file = std::fs::canonicalize(&file).unwrap_or(file);
    let shown = path.display().to_string().replace('\\', "/");
    console
        .observer
        .note(|| format!("reading the spec {shown}"));
    match read_text(&file) {
        Ok(text) => {
            let mut source = Source { path: shown, text };
            let mut reading = spec::read(&source, env!("CARGO_PKG_VERSION"));
            for diagnostic in &reading.diagnostics {
                if diagnostic.code == Code::SecretInSpec {
                    source.mask(diagnostic.span);
                }
            }
            let mut loaded = Loaded {
                file,
                source,
                reading: reading.clone(),
            };
            if let Some(spec) = &mut reading.spec {
                spec.path = path_in(&loaded.root(), &loaded.file);
            }
            loaded.reading = reading;
            loaded
        }
        Err(diagnostic) => Loaded {
            file,
            source: Source {
                path: shown,
                text: String::new(),
            },
            reading: spec::Reading {
                spec: None,
                tree: None,
                diagnostics: vec![diagnostic],
            },
        },
    }
}

/// The path from `root` with `/`, or the file's own path where it is elsewhere.
fn path_in(root: &Path, file: &Path) -> String {
    file.strip_prefix(root)
        .unwrap_or(file)
        .display()
        .to_string()
        .replace('\\', "/")
}

fn read_text(file: &Path) -> Result<String, Diagnostic> {
    let unreadable = |message: String, help: &str| {
        Diagnostic::error(Code::Unreadable, Span::default(), message).help(help)
    };
    let metadata = std::fs::metadata(file)
        .map_err(|error| unreadable(format!("cannot read the spec: {error}"), "check the path"))?;
    if !metadata.is_file() {
        let message = "the spec is not a file".to_owned();
        return Err(unreadable(
            message,
            "name the file itself, such as `gatewright.yaml`",
        ));
    }
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|file| file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes))
        .map_err(|error| {
            unreadable(
                format!("cannot read the spec: {error}"),
                "check its permissions",
            )
        })?;
    if bytes.len() as u64 > SIZE_LIMIT {
        let message = "the spec is larger than 1 MiB".to_owned();
        return Err(unreadable(
            message,
            "this is probably another file: a spec has some KB",
        ));
    }
    let not_text = |message: String| {
        Diagnostic::error(Code::NotText, Span::default(), message).help("save it as UTF-8 text")
    };
    if bytes.contains(&0) {
        return Err(not_text(
            "the spec is not text: it holds NUL bytes".to_owned(),
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error
            .as_bytes()
            .iter()
            .take(valid)
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        not_text(format!(
            "the spec is not UTF-8: line {line} holds other bytes"
        ))
    })
}

/// Loads the spec a command is about, or reports why it cannot be used.
///
/// Warnings are left to `validate` and `generate`: a gate in a pipeline has other things to say.
pub(super) fn require(
    named: Option<&Path>,
    console: &mut Console<'_>,
) -> Result<(Loaded, Spec), Error> {
    let loaded = load(&find(named, console)?, console);
    if let Some(spec) = loaded.reading.spec.clone() {
        return Ok((loaded, spec));
    }
    tell(&loaded.source, &loaded.reading.diagnostics, console)?;
    Err(Error::Reported(Exit::Usage))
}

/// Writes diagnostics to stderr, as people read them.
pub(super) fn tell(
    source: &Source,
    diagnostics: &[Diagnostic],
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let lines = Lines::of(source);
    for diagnostic in diagnostics {
        let text = diagnostic::render(diagnostic, &lines, console.stderr_coloured, console.width);
        console.tell(format!("{}\n", report::disarmed(&text)))?;
    }
    Ok(())
}
