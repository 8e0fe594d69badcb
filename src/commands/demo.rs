//! `gatewright demo`: the whole story in a fresh folder, on a store that real MLflow wrote.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::gate::{Question, Surroundings, checkout, decide, exit};
use super::generate::write_pipelines;
use super::load::{FILE_NAME, load};
use crate::cli::Demo;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::host;
use crate::report::{Format, Style, report};

/// The project that is written, file by file.
const PROJECT: &[(&str, &str)] = &[
    (
        "gatewright.yaml",
        include_str!("../../project-templates/classic/gatewright.yaml"),
    ),
    (
        "pyproject.toml",
        include_str!("../../project-templates/classic/pyproject.toml"),
    ),
    (
        "README.md",
        include_str!("../../project-templates/classic/README.md"),
    ),
    (
        ".gitignore",
        include_str!("../../project-templates/classic/gitignore"),
    ),
    (
        "src/taxi_fare/__init__.py",
        include_str!("../../project-templates/classic/src/taxi_fare/__init__.py"),
    ),
    (
        "src/taxi_fare/data.py",
        include_str!("../../project-templates/classic/src/taxi_fare/data.py"),
    ),
    (
        "src/taxi_fare/evaluate.py",
        include_str!("../../project-templates/classic/src/taxi_fare/evaluate.py"),
    ),
    (
        "src/taxi_fare/tracking.py",
        include_str!("../../project-templates/classic/src/taxi_fare/tracking.py"),
    ),
    (
        "src/taxi_fare/train.py",
        include_str!("../../project-templates/classic/src/taxi_fare/train.py"),
    ),
    (
        "tests/test_data.py",
        include_str!("../../project-templates/classic/tests/test_data.py"),
    ),
    (
        "tests/test_evaluate.py",
        include_str!("../../project-templates/classic/tests/test_evaluate.py"),
    ),
    (
        "tests/test_train.py",
        include_str!("../../project-templates/classic/tests/test_train.py"),
    ),
];

/// Written by MLflow while `demo/make_store.py` trained four versions of the model.
const STORE: &[u8] = include_bytes!("../../demo/mlflow.db.gz");

/// A store of this size, unpacked, is some 1 MB.
const STORE_LIMIT: u64 = 16 * 1024 * 1024;

pub(super) fn run(arguments: &Demo, console: &mut Console<'_>) -> Result<Exit, Error> {
    let folder = console.resolve(&arguments.folder);
    require_fresh(&folder, &arguments.folder)?;
    for (path, text) in PROJECT {
        write(&folder.join(path), text.as_bytes())?;
    }
    write(&folder.join("mlflow.db"), &unpack()?)?;
    // The project is a repository of its own, so that `generate` writes beside its spec.
    host::make_repository(&folder);
    let story = Story {
        folder,
        shown: arguments.folder.clone(),
    };
    story.tell(console)
}

fn require_fresh(folder: &Path, shown: &Path) -> Result<(), Error> {
    let is_fresh = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if is_fresh {
        return Ok(());
    }
    Err(Error::usage(
        format!(
            "`{}` is there already, and the demo overwrites nothing",
            shown.display()
        ),
        "name another folder: `gatewright demo FOLDER`",
    ))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Error::write(folder, &error))?;
    }
    std::fs::write(path, bytes).map_err(|error| Error::write(path, &error))
}

fn unpack() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(STORE)
        .take(STORE_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::Internal(format!("the embedded store is damaged: {error}")))?;
    Ok(bytes)
}

struct Story {
    folder: PathBuf,
    shown: PathBuf,
}

impl Story {
    fn tell(&self, console: &mut Console<'_>) -> Result<Exit, Error> {
        console.say(format!("A taxi-fare model, in {}/\n", self.shown.display()))?;
        console.say("1. One spec says how the model is made, and what it must show\n")?;
        console.say(indent(gates_of(PROJECT)))?;
        console.say("2. The pipelines follow from it\n")?;
        let spec = load(&self.folder.join(FILE_NAME), console)
            .reading
            .spec
            .ok_or_else(invalid)?;
        for (path, lines) in write_pipelines(&self.folder, &spec)? {
            console.say(format!("   {path:<44}{lines:>4} lines"))?;
        }
        console
            .say("\n3. Version 2: somebody left a debug setting in, and trained on 400 trips\n")?;
        let blocked = self.judge("2", console)?;
        console.say("4. Version 3: more trips, more trees\n")?;
        let passed = self.judge("3", console)?;
        if (blocked, passed) != (Exit::No, Exit::Yes) {
            return Err(Error::Internal(
                "the demo's own verdicts are not what they must be".to_owned(),
            ));
        }
        self.next(console)?;
        Ok(Exit::Yes)
    }

    fn judge(&self, candidate: &str, console: &mut Console<'_>) -> Result<Exit, Error> {
        let spec = self.folder.join(FILE_NAME);
        let question = Question {
            gate: Some("promote"),
            candidate: Some(candidate),
            tracking_uri: Some("sqlite:///mlflow.db"),
            ..Question::default()
        };
        let loaded = load(&spec, console);
        let spec = loaded.reading.spec.clone().ok_or_else(invalid)?;
        let checkout = checkout(loaded.folder(), console);
        let around = Surroundings::of(console, &checkout);
        let decision = decide(question, &loaded, &spec, around)?;
        let style = Style {
            coloured: console.stdout_coloured,
            width: console.width.saturating_sub(3),
        };
        let exit = exit(&decision);
        console.say(format!(
            "   $ gatewright gate check promote --candidate {candidate}\n"
        ))?;
        console.say(indent(&report(&decision, Format::Text, style)))?;
        console.say(format!("   exit code {}\n", exit.code()))?;
        Ok(exit)
    }

    fn next(&self, console: &mut Console<'_>) -> Result<(), Error> {
        let program = console.program_from(&self.shown);
        console.say("Try next:\n")?;
        console.say(format!("   cd {}", self.shown.display()))?;
        let store = match console.environment.get("MLFLOW_TRACKING_URI") {
            Some(_) => " --tracking-uri sqlite:///mlflow.db",
            None => "",
        };
        for (command, why) in [
            (
                format!("gate check --candidate 4{store}"),
                "its evaluation went NaN",
            ),
            (
                "validate".to_owned(),
                "after you changed a line of gatewright.yaml",
            ),
            (
                "generate --check".to_owned(),
                "are the pipelines what the spec says?",
            ),
        ] {
            console.say(format!("   {program} {command:<24}  # {why}"))?;
        }
        Ok(())
    }
}

fn invalid() -> Error {
    Error::Internal("the demo's own spec is not valid".to_owned())
}

/// The part of the spec that the story is about.
fn gates_of(project: &[(&str, &'static str)]) -> &'static str {
    let spec = project.first().map_or("", |(_, text)| text);
    let gates = spec.split_once("\ngates:").map_or("", |(_, rest)| rest);
    gates
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .trim_start_matches('\n')
}

fn indent(text: &str) -> String {
    let lines = text.trim_end().lines();
    let indented: Vec<_> = lines
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("   {line}")
            }
        })
        .collect();
    indented.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_project_is_written() {
        fn files(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                if path.is_dir() && !name.starts_with(['.', '_']) {
                    files(&path, found);
                } else if path.is_file() {
                    found.push(path);
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("project-templates/classic");
        let mut found = Vec::new();
        files(&root, &mut found);
        let mut found: Vec<_> = found
            .iter()
            .map(|path| {
                path.strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace("gitignore", ".gitignore")
            })
            .collect();
        let mut written: Vec<_> = PROJECT.iter().map(|(path, _)| (*path).to_owned()).collect();
        found.sort();
        written.sort();
        assert_eq!(written, found);
    }
}
