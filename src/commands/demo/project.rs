//! The project that the demo writes, and the store that real MLflow wrote for it.

use std::io::Read;
use std::path::Path;

use crate::error::Error;
use crate::host;

/// The project that is written, file by file.
const PROJECT: &[(&str, &str)] = &[
    (
        "gatewright.yaml",
        include_str!("../../../project-templates/classic/gatewright.yaml"),
    ),
    (
        "pyproject.toml",
        include_str!("../../../project-templates/classic/pyproject.toml"),
    ),
    (
        "README.md",
        include_str!("../../../project-templates/classic/README.md"),
    ),
    (
        ".gitignore",
        include_str!("../../../project-templates/classic/gitignore"),
    ),
    (
        "src/taxi_fare/__init__.py",
        include_str!("../../../project-templates/classic/src/taxi_fare/__init__.py"),
    ),
    (
        "src/taxi_fare/data.py",
        include_str!("../../../project-templates/classic/src/taxi_fare/data.py"),
    ),
    (
        "src/taxi_fare/evaluate.py",
        include_str!("../../../project-templates/classic/src/taxi_fare/evaluate.py"),
    ),
    (
        "src/taxi_fare/tracking.py",
        include_str!("../../../project-templates/classic/src/taxi_fare/tracking.py"),
    ),
    (
        "src/taxi_fare/train.py",
        include_str!("../../../project-templates/classic/src/taxi_fare/train.py"),
    ),
    (
        "tests/test_data.py",
        include_str!("../../../project-templates/classic/tests/test_data.py"),
    ),
    (
        "tests/test_evaluate.py",
        include_str!("../../../project-templates/classic/tests/test_evaluate.py"),
    ),
    (
        "tests/test_train.py",
        include_str!("../../../project-templates/classic/tests/test_train.py"),
    ),
];

/// Written by MLflow while `demo/make_store.py` trained four versions of the model.
const STORE: &[u8] = include_bytes!("../../../demo/mlflow.db.gz");

/// A store of this size, unpacked, is some 1 MB.
const STORE_LIMIT: u64 = 16 * 1024 * 1024;

/// Where the run of version 3 keeps its files: what is logged for it goes there.
const ARTIFACTS: &str = "mlruns/1/b24571ec6c9047fcbb7544d173d73b39/artifacts";

/// Writes the project and its store into a fresh folder; `shown` is what the user calls it.
///
/// # Errors
/// When the folder is in use, or cannot be written.
pub(super) fn make(folder: &Path, shown: &Path) -> Result<(), Error> {
    require_fresh(folder, shown)?;
    for (path, text) in PROJECT {
        write(&folder.join(path), text.as_bytes())?;
    }
    write(&folder.join("mlflow.db"), &unpack()?)?;
    let artifacts = folder.join(ARTIFACTS);
    std::fs::create_dir_all(&artifacts).map_err(|error| Error::write(&artifacts, &error))?;
    // The project is a repository of its own, so that `generate` writes beside its spec.
    host::make_repository(folder);
    Ok(())
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

/// The part of the spec that the story is about.
pub(super) fn gates() -> &'static str {
    let spec = PROJECT.first().map_or("", |(_, text)| text);
    let gates = spec.split_once("\ngates:").map_or("", |(_, rest)| rest);
    gates
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .trim_start_matches('\n')
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

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
