//! Files beside the spec that evidence needs.
//!
//! The one decision here: a spec reaches no file outside its repository, neither by `..` nor by a
//! link, and none that is too large to be what it says.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::evidence::File;
use crate::gather::GatherError;
use crate::host;

/// The largest file that is read, in bytes.
const SIZE_LIMIT: u64 = 64 * 1024 * 1024;

/// The folder of a spec, in its repository.
pub(super) struct Folder {
    folder: PathBuf,
    root: PathBuf,
}

impl Folder {
    /// The folder of a spec.
    pub(super) fn beside(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            root: host::repository_root(folder),
        }
    }

    /// Reads a text by its path from the folder.
    pub(super) fn read(&self, path: &str) -> Result<File, GatherError> {
        match self.text(path) {
            Ok(Some(text)) => Ok(File::Text(text)),
            Ok(None) => Ok(File::Absent),
            Err((reason, help)) => Err(GatherError::File {
                message: format!("cannot read `{path}`: {reason}"),
                help: help.to_owned(),
            }),
        }
    }

    /// The text, or `None` where there certainly is no such file.
    fn text(&self, path: &str) -> Result<Option<String>, (String, &'static str)> {
        let broken = |error: &std::io::Error| (error.to_string(), "check its permissions");
        let root = std::fs::canonicalize(&self.root).map_err(|error| broken(&error))?;
        let file = match std::fs::canonicalize(self.folder.join(path)) {
            Ok(file) => file,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(broken(&error)),
        };
        if !file.starts_with(&root) {
            let reason = "it is outside the repository".to_owned();
            return Err((
                reason,
                "name a file of the repository, without links out of it",
            ));
        }
        // Looked at before it is opened: opening a pipe would wait for whoever writes to it.
        let metadata = std::fs::metadata(&file).map_err(|error| broken(&error))?;
        if !metadata.is_file() {
            return Err(("it is not a file".to_owned(), "name the file itself"));
        }
        let mut bytes = Vec::new();
        std::fs::File::open(&file)
            .and_then(|file| file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes))
            .map_err(|error| broken(&error))?;
        if bytes.len() as u64 > SIZE_LIMIT {
            let reason = "it is larger than 64 MiB".to_owned();
            return Err((reason, "this is probably another file"));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| ("it is not UTF-8".to_owned(), "save it as UTF-8 text"))?;
        Ok(Some(text))
    }
}

fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().unwrap();
        let inside = root.path().join("repository/services/fare");
        std::fs::create_dir_all(&inside).unwrap();
        std::fs::create_dir(root.path().join("repository/.git")).unwrap();
        std::fs::write(root.path().join("outside.json"), "{}").unwrap();
        std::fs::write(root.path().join("repository/shared.json"), "{}").unwrap();
        std::fs::write(inside.join("gx.xml"), "<a/>").unwrap();
        std::fs::write(inside.join("latin.txt"), [0xe9, 0xe8]).unwrap();
        let folder = Folder::beside(&inside);
        (root, folder)
    }

    #[test]
    fn files_of_the_repository_are_read_and_missing_ones_are_known_to_be() {
        let (_root, folder) = folder();
        let text = |path: &str| folder.read(path).unwrap();
        assert_eq!(text("gx.xml"), File::Text("<a/>".to_owned()));
        assert_eq!(text("../../shared.json"), File::Text("{}".to_owned()));
        assert_eq!(text("nope.xml"), File::Absent);
        assert_eq!(text("gx.xml/nope.xml"), File::Absent);
    }

    #[test]
    fn nothing_outside_the_repository_is_read() {
        let (root, folder) = folder();
        let outside = root.path().join("outside.json");
        let link = root.path().join("repository/services/fare/link.json");
        std::os::unix::fs::symlink(&outside, link).unwrap();
        for path in [
            "../../../outside.json",
            outside.to_str().unwrap(),
            "link.json",
            "/etc/passwd",
        ] {
            let error = folder.read(path).unwrap_err().to_string();
            assert!(error.contains("outside the repository"), "{error}");
        }
    }

    #[test]
    fn what_is_no_text_is_an_error_and_not_an_absence() {
        let (_root, folder) = folder();
        for (path, reason) in [(".", "not a file"), ("latin.txt", "not UTF-8")] {
            let error = folder.read(path).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
